"""What a program says of a call, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.calls.call import Call, Direction, Ending, Kind


@dataclass(frozen=True, kw_only=True)
class CallTold:
    """Without seconds it is one that begins."""

    call_id: UUID
    agent_id: UUID | None
    kind: Kind
    direction: Direction
    started_at: datetime
    seconds: int | None
    outcome: Ending | None
    hold_seconds: int
    details: str | None  # which are sealed


@dataclass(frozen=True, kw_only=True)
class EndTold:
    """How one ended that was running."""

    seconds: int
    outcome: Ending
    details: str | None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is recorded by now; `conflicts` where something else had been told under the same key."""

    call: Call
    is_new: bool
    conflicts: bool = False
