"""What was said on a call: out of the vault, as long as it is kept there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from projections.calls import CallRow, Place
from projections.catalogue import AGENTS
from web.access import db, read_again
from web.services import services

CURSOR = re.compile(r"([^~]{1,40})~([0-9a-f-]{36})")
ERASED = "erased"  # as the vault says of what it keeps no more


@dataclass(frozen=True, kw_only=True)
class Said:
    """`state` tells why nothing is there: nothing was told, or it is deleted by now."""

    state: Literal["kept", "none", "deleted"]
    caller: str | None = None
    transcript: str | None = None
    recording_url: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


def said_on(row: CallRow) -> Said:
    """Told when it began and when it ended; what was told last counts, and fields come together."""
    return said_on_each([row])[row.call_id]


def said_on_each(rows: list[CallRow]) -> dict[Any, Said]:
    wanted = [(row.workspace_id, digest) for row in rows for digest in row.digests]
    texts = services().vault.texts(wanted) if wanted else {}
    return {row.call_id: _said(row, texts) for row in rows}


def _said(row: CallRow, texts: Mapping[Any, str]) -> Said:
    if not row.digests:
        return Said(state="none")
    found = [texts[row.workspace_id, digest] for digest in row.digests]
    told = [json.loads(text) for text in found if text != ERASED]
    if not told:
        return Said(state="deleted")
    whole = {name: value for one in told for name, value in one.items()}
    fields = {name: value for one in told for name, value in one.get("fields", {}).items()}
    return Said(
        state="kept",
        caller=whole.get("caller"),
        transcript=whole.get("transcript"),
        recording_url=whole.get("recording_url"),
        fields=fields,
    )


def cursor_of(row: CallRow) -> str:
    """Where the next page begins."""
    return f"{row.started_at.isoformat().replace('+00:00', 'Z')}~{row.call_id}"


def place_of(text: str) -> Place:
    """Raises ValueError for what is no place in a list of calls."""
    found = CURSOR.fullmatch(text)
    if found is None:
        raise ValueError("no place in a list of calls")
    at = datetime.fromisoformat(found[1])
    if at.tzinfo is None:
        raise ValueError("an instant without an offset")
    return at, UUID(found[2])


def unknown_agents(workspace_id: UUID, agent_ids: Iterable[UUID | None]) -> set[UUID]:
    """Those of them that are no agents of a workspace; asked in a snapshot that is over then."""
    named = {one for one in agent_ids if one is not None}
    if not named:
        return named
    there = {row.agent_id for row in AGENTS.in_workspace(db(), workspace_id)}
    read_again()
    return named - there


def deleted_after(days: int, started_at: datetime, now: datetime) -> bool:
    """Whether the time is over for which the workspace keeps what was said on a call."""
    return (now - started_at).days >= days
