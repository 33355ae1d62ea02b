"""A cycle's overage of a tree: claimed bit by bit as it grows, and reported to Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.because import Because
from domain.ids import stream_of_overage
from domain.recorded import Recorded

SECOND = timedelta(seconds=1)  # to which Stripe counts


@dataclass(frozen=True, kw_only=True)
class OverageDue:
    """What a cycle holds above its pool, as counted up to a position of the metering log."""

    tree_id: UUID
    cycle_started_at: datetime
    cycle_ends_at: datetime
    pool_events: int
    used: int
    metering_position: int


class Overage(Recorded):
    # State.

    def __init__(
        self,
        tree_id: UUID,
        customer_id: str,
        cycle_started_at: datetime,
        cycle_ends_at: datetime,
        pool_events: int,
    ) -> None:
        self.tree_id = tree_id
        self.customer_id = customer_id
        self.cycle_started_at = cycle_started_at
        self.cycle_ends_at = cycle_ends_at
        self.pool_events = pool_events
        self.claims = 0
        self.events_claimed = 0
        self.unreported: dict[str, int] = {}  # events by identifier, until Stripe has confirmed them

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        tree_id: UUID
        cycle_started_at: datetime

    class Begun(Event, Recorded.Created):
        customer_id: str
        subscription_id: str
        cycle_ends_at: datetime
        pool_events: int

    class Claimed(Event):
        identifier: str  # under which Stripe counts it once
        events_added: int
        events_total: int  # claimed for this cycle until now, these included
        used: int  # all events of the cycle, those of the pool included
        metering_position: int  # the last fact of the metering log that is counted here

        def apply(self, overage: Overage) -> None:
            overage.claims += 1
            overage.events_claimed = self.events_total
            overage.unreported[self.identifier] = self.events_added

    class Reported(Event):
        identifier: str
        events: int

        def apply(self, overage: Overage) -> None:
            overage.unreported.pop(self.identifier, None)

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def begin(cls, due: OverageDue, customer_id: str, subscription_id: str, *, because: Because) -> Overage:
        return cls._begin(
            cls.Begun,
            stream_of_overage(due.tree_id, due.cycle_started_at),
            because,
            tree_id=due.tree_id,
            customer_id=customer_id,
            subscription_id=subscription_id,
            cycle_started_at=due.cycle_started_at,
            cycle_ends_at=due.cycle_ends_at,
            pool_events=due.pool_events,
        )

    def claim(self, due: OverageDue, *, because: Because) -> None:
        """Claim what the overage has grown by since the last claim."""
        events_total = due.used - self.pool_events
        if events_total <= self.events_claimed:
            return
        self._record(
            self.Claimed,
            because,
            tree_id=self.tree_id,
            cycle_started_at=self.cycle_started_at,
            identifier=f"ov:{self.tree_id.hex}:{self.cycle_started_at:%Y%m%dT%H%M%S}:{self.claims + 1}",
            events_added=events_total - self.events_claimed,
            events_total=events_total,
            used=due.used,
            metering_position=due.metering_position,
        )

    def note_reported(self, identifier: str, *, because: Because) -> None:
        if identifier in self.unreported:
            self._record(
                self.Reported,
                because,
                tree_id=self.tree_id,
                cycle_started_at=self.cycle_started_at,
                identifier=identifier,
                events=self.unreported[identifier],
            )

    # Rules. Questions about the present, with no effect on it.

    def nearest_instant(self, at: datetime) -> datetime:
        """Of this cycle: a claim belongs to it, also where Stripe's clock and ours show different months."""
        return max(self.cycle_started_at, min(at, self.cycle_ends_at - SECOND))
