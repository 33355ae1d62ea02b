"""What each member of a body about agents means, in one sentence."""

from __future__ import annotations

AGENT_WORDS: dict[tuple[str, str], str] = {
    **{
        (schema, "name"): "What the agent is called, on one line."
        for schema in ("AgentBody", "AgentChangeBody", "AgentAnswer", "AgentOfList")
    },
    **{
        (schema, name): meaning
        for schema in ("AgentSettingsBody", "AgentSettingsAnswer")
        for name, meaning in {
            "language": "The language that it speaks.",
            "voice": "The voice that it speaks with.",
            "model": "Which kind of model answers.",
            "temperature_hundredths": "How freely it chooses its words, from 0 to 200.",
            "max_call_seconds": "After so many seconds it ends a call.",
            "record_calls": "Whether its calls are recorded.",
            "greeting": "What it says first; empty if it waits.",
            "timezone": "In which time zone it tells the time.",
        }.items()
    },
    **{
        (schema, "agent_id"): "The agent’s own id."
        for schema in (
            *("AgentAnswer", "AgentOfList", "PromptWrittenAnswer", "AgentDeletedAnswer", "api.agent"),
            *(
                "api.change_agent",
                "api.delete_agent",
                "api.prompts",
                "api.write_prompt",
                "api.restore_prompt",
            ),
        )
    },
    ("AgentSettingsAnswer", "number"): "How often it has been configured.",
    ("PromptOfAgent", "number"): "The number of the version that holds now; 0 if none was written.",
    ("PromptOfAgent", "text"): "What the agent is told; empty if nothing was written.",
    ("PromptVersion", "number"): "The number of the version, from 1 on.",
    ("PromptVersion", "text"): "What the agent was told.",
    ("PromptVersion", "characters"): "How long the text is.",
    ("PromptVersion", "restored_from"): "The version whose words it brought back, if it did.",
    ("PromptVersion", "written_at"): "When it was written.",
    ("PromptWrittenAnswer", "number"): "The number of that version.",
    ("PromptsAnswer", "prompts"): "At most 20 of them.",
    (
        "PromptsAnswer",
        "next_before",
    ): "What to send as `before` for older ones; null if there are none.",
    ("PromptsQuery", "before"): "Only versions below this number.",
    ("PromptBody", "text"): "What the agent is to be told.",
    ("PromptBody", "based_on"): "The number of the version that was read before; 0 if there was none.",
    ("AgentChangeBody", "status"): "Whether it answers.",
    ("AgentChangeBody", "configuration"): "How it is to speak.",
    ("AgentChangeBody", "configuration_based_on"): (
        "The number of the configuration that was read before; if another holds by now, nothing is changed."
    ),
    ("AgentChangeBody", "attach_knowledge_base_ids"): "Knowledge bases of the workspace that it is to know.",
    ("AgentChangeBody", "detach_knowledge_base_ids"): "Knowledge bases that it is not to know any more.",
    ("AgentChangeBody", "attach_action_ids"): "Actions of the workspace that it is to do.",
    ("AgentChangeBody", "detach_action_ids"): "Actions that it is not to do any more.",
    ("AgentAnswer", "status"): "Whether it answers.",
    ("AgentAnswer", "created_at"): "When it was made.",
    ("AgentAnswer", "changed_at"): "When it was changed last.",
    ("AgentAnswer", "prompt"): "What it is told.",
    ("AgentAnswer", "configuration"): "How it speaks.",
    ("AgentAnswer", "knowledge_base_ids"): "The knowledge bases that it knows.",
    ("AgentAnswer", "action_ids"): "The actions that it does.",
    ("AgentOfList", "status"): "Whether it answers.",
    ("AgentOfList", "prompt_number"): "The version of its prompt that holds now; 0 if none was written.",
    ("AgentOfList", "created_at"): "When it was made.",
    ("AgentsAnswer", "agents"): "In the order in which they were made.",
    ("AgentsAnswer", "agents_max"): "How many the plan has room for.",
    ("AgentDeletedAnswer", "deleted"): "Always true.",
}
