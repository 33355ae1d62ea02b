"""Sentences of voice agents: what does a fact about one say?"""

from __future__ import annotations

from domain.agent import Agent
from projections.history.either import Either, has

AGENT_SENTENCES: dict[type, str | Either] = {
    Agent.Created: "{actor:actor} made the agent {:called} in {workspace_id:workspace}",
    Agent.Renamed: "{actor:actor} renamed an agent from {:called_before} to {:called}",
    Agent.PromptWritten: Either(
        has("restored_from"),
        "{actor:actor} brought back version {restored_from} of the prompt of {:called}, as version {number}",
        "{actor:actor} wrote version {number} of the prompt of {:called}",
    ),
    Agent.Configured: "{actor:actor} configured {:called}: {language}, voice {voice}, model {model}",
    Agent.Activated: "{actor:actor} activated the agent {:called}",
    Agent.Paused: Either(
        has("by_suspension"),
        "The agent {:called} was paused with its customer",
        "{actor:actor} paused the agent {:called}",
    ),
    Agent.KnowledgeAttached: "{actor:actor} gave {:called} a knowledge base",
    Agent.KnowledgeDetached: "{actor:actor} took a knowledge base from {:called}",
    Agent.ActionAttached: "{actor:actor} gave {:called} an action",
    Agent.ActionDetached: "{actor:actor} took an action from {:called}",
    Agent.Deleted: "{actor:actor} deleted the agent {:called} from {workspace_id:workspace}",
}
