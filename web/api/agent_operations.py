"""What each route of agents takes and answers."""

from __future__ import annotations

from web.api.agent_types import (
    AGENT_ID,
    EXAMPLE,
    AgentAnswer,
    AgentBody,
    AgentChangeBody,
    AgentDeletedAnswer,
    AgentsAnswer,
    PromptBody,
    PromptsAnswer,
    PromptsQuery,
    PromptWrittenAnswer,
)
from web.api.operation import WITH_BODY, Operation

WRITTEN = {"agent_id": AGENT_ID, "number": 5}
VERSION = {
    "number": 4,
    "text": "You answer the phone of a small hotel. Be brief, and kind.",
    "characters": 57,
    "restored_from": None,
    "written_at": "2026-03-02T09:00:00Z",
}

AGENT_OPERATIONS: dict[str, Operation] = {
    "agents": Operation(
        summary="The agents of the workspace",
        scope="read",
        answers={200: ("The agents as they are now.", AgentsAnswer)},
        example={
            "agents": [
                {
                    "agent_id": AGENT_ID,
                    "name": "Concierge",
                    "status": "active",
                    "prompt_number": 4,
                    "created_at": "2026-03-01T09:00:00Z",
                }
            ],
            "agents_max": 50,
        },
    ),
    "agent": Operation(
        summary="One agent",
        scope="read",
        answers={200: ("The agent as it is now.", AgentAnswer)},
        example=EXAMPLE,
    ),
    "make_agent": Operation(
        summary="Make an agent",
        scope="manage",
        body=AgentBody,
        bodies={"With its name": {"name": "Concierge"}},
        idempotent_by_header=True,
        answers={
            201: ("The agent is made.", AgentAnswer),
            200: ("It was made before under the same Idempotency-Key.", AgentAnswer),
        },
        nos=(*WITH_BODY, 409),
        example=EXAMPLE,
    ),
    "change_agent": Operation(
        summary="Change an agent",
        scope="manage",
        body=AgentChangeBody,
        bodies={
            "Switched on": {"status": "active"},
            "Set up": {"configuration": {"voice": "amber", "greeting": "Good day, this is the Larkfield."}},
        },
        answers={200: ("The agent as it is now.", AgentAnswer)},
        nos=(*WITH_BODY, 409),
        example=EXAMPLE,
    ),
    "delete_agent": Operation(
        summary="Delete an agent",
        scope="manage",
        answers={200: ("It is not there any more.", AgentDeletedAnswer)},
        example={"agent_id": AGENT_ID, "deleted": True},
    ),
    "prompts": Operation(
        summary="The versions of a prompt",
        scope="read",
        query=PromptsQuery,
        answers={200: ("Versions, the newest first.", PromptsAnswer)},
        nos=(422,),
        example={"prompts": [VERSION], "next_before": None},
    ),
    "write_prompt": Operation(
        summary="Write a prompt",
        scope="manage",
        body=PromptBody,
        bodies={"The first version": {"text": "You answer the phone of a small hotel.", "based_on": 0}},
        answers={201: ("The version that has these words.", PromptWrittenAnswer)},
        nos=(*WITH_BODY, 409),
        example=WRITTEN,
    ),
    "restore_prompt": Operation(
        summary="Restore a prompt",
        scope="manage",
        answers={201: ("The version that has these words again.", PromptWrittenAnswer)},
        nos=(409,),
        example=WRITTEN,
    ),
}
