"""What programs send and are answered of agents, member by member."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from domain.agent import NAME_MAX, PROMPT_MAX, AgentStatus
from domain.agent_settings import (
    CALL_SECONDS_MAX,
    CALL_SECONDS_MIN,
    GREETING_MAX,
    LANGUAGES,
    MODELS,
    TEMPERATURE_MAX,
    VOICES,
)
from web.api.answers import Answer, Count, Instant

Unset = msgspec.UnsetType
UNSET = msgspec.UNSET

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=PROMPT_MAX)]
Greeting = Annotated[str, msgspec.Meta(max_length=GREETING_MAX)]
Language = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*LANGUAGES]})]
Voice = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*VOICES]})]
Model = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*MODELS]})]
Temperature = Annotated[int, msgspec.Meta(ge=0, le=TEMPERATURE_MAX)]
CallSeconds = Annotated[int, msgspec.Meta(ge=CALL_SECONDS_MIN, le=CALL_SECONDS_MAX)]
Timezone = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Sent(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What is sent; a member that is not known is refused."""


class AgentBody(Sent):
    """An agent to be made; it begins paused, without a prompt, and with settings that do for most."""

    name: Name


class AgentSettingsBody(Sent):
    """How an agent speaks; what is left out stays as it is."""

    language: Language | Unset = UNSET
    voice: Voice | Unset = UNSET
    model: Model | Unset = UNSET
    temperature_hundredths: Temperature | Unset = UNSET
    max_call_seconds: CallSeconds | Unset = UNSET
    record_calls: bool | Unset = UNSET
    greeting: Greeting | Unset = UNSET
    timezone: Timezone | Unset = UNSET


class AgentChangeBody(Sent):
    """What to change of an agent: all of it is done, or nothing; what is left out stays as it is."""

    name: Name | Unset = UNSET
    status: Literal["active", "paused"] | Unset = UNSET
    configuration: AgentSettingsBody | Unset = UNSET
    configuration_based_on: Count | Unset = UNSET
    attach_knowledge_base_ids: Annotated[list[UUID], msgspec.Meta(max_length=20)] | Unset = UNSET
    detach_knowledge_base_ids: Annotated[list[UUID], msgspec.Meta(max_length=20)] | Unset = UNSET
    attach_action_ids: Annotated[list[UUID], msgspec.Meta(max_length=20)] | Unset = UNSET
    detach_action_ids: Annotated[list[UUID], msgspec.Meta(max_length=20)] | Unset = UNSET


class PromptBody(Sent):
    """A new version of a prompt, and the one that was read before it was written."""

    text: Text
    based_on: Count


class AgentSettingsAnswer(Answer):
    """How an agent speaks."""

    number: Count
    language: Language
    voice: Voice
    model: Model
    temperature_hundredths: Count
    max_call_seconds: Count
    record_calls: bool
    greeting: str
    timezone: str


class PromptOfAgent(Answer):
    """The prompt that holds now; version 0 is an empty one."""

    number: Count
    text: str


class AgentAnswer(Answer):
    """An agent; what the agency does not show to a client's key is null."""

    agent_id: UUID
    workspace_id: UUID
    name: str
    status: AgentStatus | None
    created_at: Instant
    changed_at: Instant
    prompt: PromptOfAgent | None
    configuration: AgentSettingsAnswer | None
    knowledge_base_ids: list[UUID] | None
    action_ids: list[UUID] | None


class AgentOfList(Answer):
    """An agent in a list, which has no texts but its name."""

    agent_id: UUID
    name: str
    status: AgentStatus | None
    prompt_number: Count | None
    created_at: Instant


class AgentsAnswer(Answer):
    """The agents of the workspace, in the order in which they were made."""

    agents: list[AgentOfList]
    agents_max: Count


class PromptVersion(Answer):
    """One version of a prompt, which stays as it is for ever."""

    number: Count
    text: str
    characters: Count
    restored_from: Count | None
    written_at: Instant


class PromptsAnswer(Answer):
    """Versions of a prompt, the newest first."""

    prompts: list[PromptVersion]
    next_before: Count | None


class PromptsQuery(msgspec.Struct):
    """Which versions to tell."""

    before: Annotated[int, msgspec.Meta(ge=1)] | Unset = UNSET


class PromptWrittenAnswer(Answer):
    """The version that has these words."""

    agent_id: UUID
    number: Count


class AgentDeletedAnswer(Answer):
    """The agent that is not there any more."""

    agent_id: UUID
    deleted: bool


AGENT_ID = "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a0c"
EXAMPLE: dict[str, Any] = {
    "agent_id": AGENT_ID,
    "workspace_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a02",
    "name": "Concierge",
    "status": "active",
    "created_at": "2026-03-01T09:00:00Z",
    "changed_at": "2026-03-02T09:00:00Z",
    "prompt": {"number": 4, "text": "You answer the phone of a small hotel. Be brief, and kind."},
    "configuration": {
        "number": 1,
        "language": "en",
        "voice": "amber",
        "model": "balanced",
        "temperature_hundredths": 70,
        "max_call_seconds": 600,
        "record_calls": False,
        "greeting": "Good day, this is the Larkfield.",
        "timezone": "Europe/Berlin",
    },
    "knowledge_base_ids": [],
    "action_ids": [],
}
