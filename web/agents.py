"""What a page and a program take and tell of an agent alike."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from domain.agent_settings import TIMEZONE
from projections.agent_rows import AgentRow, PromptRow
from projections.catalogue import ACTIONS, AGENTS, KNOWLEDGE
from web.access import db
from web.sealed import texts_in
from web.services import services


@dataclass(frozen=True, kw_only=True)
class AgentSeen:
    """An agent with what lies in the vault of it; what was never written is empty."""

    row: AgentRow
    name: str
    prompt: str
    greeting: str


@dataclass(frozen=True, kw_only=True)
class PromptSeen:
    row: PromptRow
    text: str


def agents_in(workspace_id: UUID) -> list[AgentSeen]:
    return _seen(AGENTS.in_workspace(db(), workspace_id))


def agent_in(workspace_id: UUID, agent_id: UUID) -> AgentSeen | None:
    row = AGENTS.one_in_workspace(db(), workspace_id, agent_id)
    return _seen([row])[0] if row else None


def prompts_in(
    workspace_id: UUID, agent_id: UUID, *, before: int | None = None, limit: int
) -> list[PromptSeen]:
    """The newest version first."""
    return _read(AGENTS.prompts_in_workspace(db(), workspace_id, agent_id, before=before, limit=limit))


def prompt_in(workspace_id: UUID, agent_id: UUID, number: int) -> PromptSeen | None:
    row = AGENTS.prompt_in_workspace(db(), workspace_id, agent_id, number)
    return _read([row])[0] if row else None


def _seen(rows: Sequence[AgentRow]) -> list[AgentSeen]:
    wanted = [
        (row.workspace_id, digest)
        for row in rows
        for digest in (row.name_digest, row.prompt_digest, row.greeting_digest)
        if digest is not None
    ]
    texts = services().vault.texts(wanted)

    def text(row: AgentRow, digest: str | None) -> str:
        return texts[row.workspace_id, digest] if digest is not None else ""

    return [
        AgentSeen(
            row=row,
            name=text(row, row.name_digest),
            prompt=text(row, row.prompt_digest),
            greeting=text(row, row.greeting_digest),
        )
        for row in rows
    ]


def _read(rows: Sequence[PromptRow]) -> list[PromptSeen]:
    texts = services().vault.texts([(row.workspace_id, row.digest) for row in rows])
    return [PromptSeen(row=row, text=texts[row.workspace_id, row.digest]) for row in rows]


def knowledge_in(workspace_id: UUID) -> dict[UUID, str]:
    """The knowledge bases of a workspace by id, and their names."""
    bases = KNOWLEDGE.in_workspace(db(), workspace_id)
    texts = texts_in(workspace_id, (base.name_digest for base in bases))
    return {base.base_id: texts[base.name_digest] for base in bases}


def actions_in(workspace_id: UUID) -> dict[UUID, str]:
    """The actions of a workspace by id, and their names."""
    rows = ACTIONS.in_workspace(db(), workspace_id)
    texts = texts_in(workspace_id, (row.name_digest for row in rows))
    return {row.action_id: texts[row.name_digest] for row in rows}


def is_timezone(text: str) -> bool:
    """One that this machine knows; where it knows none, one that could be."""
    known = _timezones()
    return TIMEZONE.fullmatch(text) is not None and (not known or text in known)


@cache
def _timezones() -> set[str]:
    return zoneinfo.available_timezones()
