"""A notice that a pool is nearly or wholly used: given once a cycle, taken back if it ceases to hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from domain.because import Because
from domain.ids import stream_of_quota_notice
from domain.recorded import Recorded

PERCENTS = (80, 100)


@dataclass(frozen=True, kw_only=True)
class QuotaSeen:
    """How a pool stands in the cycle that runs, or in one of which a notice was given."""

    pool_id: UUID
    tree_id: UUID | None  # None for a workspace that stands alone; the pool is named after it
    cycle_started_at: datetime
    cycle_ends_at: datetime
    pool_events: int
    used: int
    in_use: bool  # somebody draws on it, and the cycle runs

    @property
    def workspace_id(self) -> UUID | None:
        return self.pool_id if self.tree_id is None else None

    def reaches(self, percent: int) -> bool:
        return self.in_use and self.used * 100 >= self.pool_events * percent


class QuotaNotice(Recorded):
    """One for each pool, cycle and percent: the stream is there once, so the notice is given once."""

    def __init__(
        self,
        workspace_id: UUID | None,
        tree_id: UUID | None,
        pool_id: UUID,
        cycle_started_at: datetime,
        cycle_ends_at: datetime,
        percent: int,
    ) -> None:
        self.workspace_id = workspace_id
        self.tree_id = tree_id
        self.pool_id = pool_id
        self.cycle_started_at = cycle_started_at
        self.cycle_ends_at = cycle_ends_at
        self.percent = percent
        self.holds = True

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID | None
        tree_id: UUID | None
        pool_id: UUID
        cycle_started_at: datetime
        percent: int
        used: int
        pool_events: int

    class Raised(Event, Recorded.Created):
        cycle_ends_at: datetime

    class Resolved(Event):
        def apply(self, notice: QuotaNotice) -> None:
            notice.holds = False

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def give(cls, seen: QuotaSeen, percent: int, *, because: Because) -> Self:
        assert seen.reaches(percent)
        return cls._begin(
            cls.Raised,
            stream_of_quota_notice(seen.pool_id, seen.cycle_started_at, percent),
            because,
            workspace_id=seen.workspace_id,
            tree_id=seen.tree_id,
            pool_id=seen.pool_id,
            cycle_started_at=seen.cycle_started_at,
            cycle_ends_at=seen.cycle_ends_at,
            percent=percent,
            used=seen.used,
            pool_events=seen.pool_events,
        )

    def look(self, seen: QuotaSeen, *, because: Because) -> None:
        """Take it back if it no longer holds; what is taken back is not given again in this cycle."""
        if not self.holds or seen.reaches(self.percent):
            return
        self.record(
            self.Resolved,
            because,
            workspace_id=self.workspace_id,
            tree_id=self.tree_id,
            pool_id=self.pool_id,
            cycle_started_at=self.cycle_started_at,
            percent=self.percent,
            used=seen.used,
            pool_events=seen.pool_events,
        )
