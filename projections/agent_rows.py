"""Rows of agents and of the versions of their prompts, as the projection `agents` keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.agent_settings import AgentSettings


@dataclass(frozen=True, kw_only=True)
class AgentRow:
    agent_id: UUID
    workspace_id: UUID
    tree_id: UUID | None
    name_digest: str
    status: str
    suspended: bool
    prompt_number: int
    prompt_digest: str | None
    settings_number: int
    language: str
    voice: str
    model: str
    temperature_hundredths: int
    max_call_seconds: int
    record_calls: bool
    greeting_digest: str | None
    timezone: str
    created_at: datetime
    changed_at: datetime

    @property
    def settings(self) -> AgentSettings:
        return AgentSettings.said_by(self)


@dataclass(frozen=True, kw_only=True)
class PromptRow:
    agent_id: UUID
    workspace_id: UUID
    number: int
    digest: str
    characters: int
    restored_from: int | None
    written_by: str
    written_at: datetime
