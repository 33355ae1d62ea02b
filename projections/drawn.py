"""A pool and what is drawn from it, as the `pools` projection answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.cycles import Cycle, calendar_month, cycle_at


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A pool; without a cycle of its own it is counted over the calendar month."""

    pool_id: UUID
    tree_id: UUID | None
    pool_events: int
    stops_at_limit: bool
    cycle_started_at: datetime | None
    cycle_ends_at: datetime | None

    def cycle_at(self, at: datetime) -> Cycle:
        if self.cycle_started_at is None or self.cycle_ends_at is None:
            return calendar_month(at)
        return cycle_at(Cycle(started_at=self.cycle_started_at, ends_at=self.cycle_ends_at), at)


@dataclass(frozen=True, kw_only=True)
class Draw(Pool):
    """What ingest must know of a workspace, and of the pool that it draws on."""

    workspace_id: UUID
    plan: str
    hourly_rate_cents: int | None  # None until somebody has set one
