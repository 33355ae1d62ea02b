"""A cycle's overage of a tree: claimed bit by bit as it grows, and reported to Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.because import Because
from domain.ids import stream_of_overage
from domain.plans import overage_cost_micros
from domain.recorded import Recorded

SECOND = timedelta(seconds=1)  # to which Stripe counts
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)  # and within which it sums up
COUNTED_WITHIN = timedelta(hours=1)  # Stripe counts what it has confirmed in the background
INVOICE_OPEN = timedelta(hours=1)  # a cycle's invoice is a draft for about an hour after the cycle
ONCE_WITHIN = timedelta(hours=23)  # Stripe promises a day of counting an identifier once


@dataclass(frozen=True, kw_only=True)
class OverageDue:
    """What a cycle holds above its pool, as counted up to a position of the metering log."""

    tree_id: UUID
    cycle_started_at: datetime
    cycle_ends_at: datetime
    pool_events: int
    used: int
    metering_position: int


@dataclass(frozen=True, kw_only=True)
class CreditDue:
    """What a cycle holds of which events were voided."""

    tree_id: UUID
    cycle_started_at: datetime
    pool_events: int
    used: int  # without what was voided
    voided: int


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
        self.ends_at = cycle_ends_at  # or when the subscription ended within the cycle
        self.pool_events = pool_events
        self.claims = 0
        self.events_claimed = 0
        self.unreported: dict[str, int] = {}  # events by identifier, until Stripe has confirmed them
        self.unreported_since: dict[str, datetime] = {}
        self.events_reported = 0  # what Stripe confirmed, without what it was found to lack
        self.reported_at: datetime | None = None
        self.shortfalls = 0
        self.events_held: int | None = None  # as Stripe's meter showed them last
        self.events_credited = 0  # of the claimed: those of which a credit note was asked for
        self.credited_micros = 0

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
            overage.unreported_since[self.identifier] = self.timestamp

    class Reported(Event):
        identifier: str
        events: int

        def apply(self, overage: Overage) -> None:
            overage.unreported.pop(self.identifier, None)
            overage.unreported_since.pop(self.identifier, None)
            overage.events_reported += self.events
            overage.reported_at = self.timestamp

    class HeldByStripe(Event):
        """What Stripe's meter showed for the cycle, when that had changed."""

        events: int

        def apply(self, overage: Overage) -> None:
            overage.events_held = self.events

    class ShortfallFound(Event):
        """Stripe had confirmed what its meter does not hold; it is reported once more."""

        identifier: str  # under which Stripe counts it once
        events: int  # that are missing
        events_reported: int
        events_held: int

        def apply(self, overage: Overage) -> None:
            overage.shortfalls += 1
            overage.events_reported -= self.events
            overage.unreported[self.identifier] = self.events
            overage.unreported_since[self.identifier] = self.timestamp

    class CreditRequested(Event):
        """Events were voided that the cycle's invoice holds; somebody is to write a credit note."""

        events: int  # of this request
        amount_micros: int
        events_claimed: int
        events_voided: int  # in the cycle, as counted then
        used: int
        pool_events: int

        def apply(self, overage: Overage) -> None:
            overage.events_credited += self.events
            overage.credited_micros += self.amount_micros

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
        events_total = due.used - due.pool_events  # a pool may grow within a cycle; a claim never shrinks
        if events_total <= self.events_claimed:
            return
        self.record(
            self.Claimed,
            because,
            tree_id=self.tree_id,
            cycle_started_at=self.cycle_started_at,
            identifier=self._identifier(f"{self.claims + 1}"),
            events_added=events_total - self.events_claimed,
            events_total=events_total,
            used=due.used,
            metering_position=due.metering_position,
        )

    def note_reported(self, identifier: str, *, because: Because) -> None:
        if identifier in self.unreported:
            self.record(
                self.Reported,
                because,
                tree_id=self.tree_id,
                cycle_started_at=self.cycle_started_at,
                identifier=identifier,
                events=self.unreported[identifier],
            )

    def note_held(self, events: int, *, because: Because) -> None:
        """What Stripe's meter shows for the cycle."""
        if events != self.events_held:
            self.record(
                self.HeldByStripe,
                because,
                tree_id=self.tree_id,
                cycle_started_at=self.cycle_started_at,
                events=events,
            )

    def make_up(self, *, because: Because) -> None:
        """Claim once more what Stripe lacks.

        Not while anything is on its way or has just arrived: Stripe counts some time after it confirms.
        Nor once the cycle's invoice is final: then it could only be billed to the wrong cycle.
        """
        if self.missing == 0 or self.unreported or self.reported_at is None:
            return
        if because.at < self.reported_at + COUNTED_WITHIN or because.at > self.ends_at + INVOICE_OPEN:
            return
        self.record(
            self.ShortfallFound,
            because,
            tree_id=self.tree_id,
            cycle_started_at=self.cycle_started_at,
            identifier=self._identifier(f"s{self.shortfalls + 1}"),
            events=self.missing,
            events_reported=self.events_reported,
            events_held=self.events_held,
        )

    def request_credit(self, due: CreditDue, *, because: Because) -> None:
        """Ask for a credit note over what was claimed and is voided, once the cycle's invoice is closed.

        Until then what is tracked later takes its place. A pool that grew gives nothing back.
        """
        if because.at <= self.ends_at + INVOICE_OPEN:
            return
        too_many = self.events_claimed - max(0, due.used - due.pool_events)
        events = min(too_many, due.voided)
        if events <= self.events_credited:
            return
        micros = overage_cost_micros(self.events_claimed) - overage_cost_micros(self.events_claimed - events)
        self.record(
            self.CreditRequested,
            because,
            tree_id=self.tree_id,
            cycle_started_at=self.cycle_started_at,
            events=events - self.events_credited,
            amount_micros=micros - self.credited_micros,
            events_claimed=self.events_claimed,
            events_voided=due.voided,
            used=due.used,
            pool_events=due.pool_events,
        )

    # Rules. Questions about the present, with no effect on it.

    def within(self, ended_at: datetime | None) -> Overage:
        """What comes after the end of the subscription is the next one's, also at Stripe."""
        self.ends_at = min(self.cycle_ends_at, ended_at) if ended_at is not None else self.cycle_ends_at
        return self

    @property
    def counted_from(self) -> datetime:
        """Where Stripe sums this cycle up: the whole minutes within it, to which every claim is dated."""
        return -(-(self.cycle_started_at - EPOCH) // MINUTE) * MINUTE + EPOCH

    @property
    def counted_until(self) -> datetime:
        return (self.ends_at - EPOCH) // MINUTE * MINUTE + EPOCH

    def nearest_instant(self, at: datetime) -> datetime:
        """Of this cycle: a claim belongs to it, also where Stripe's clock and ours show different months."""
        return max(self.counted_from, min(at - MINUTE, self.counted_until - SECOND))

    @property
    def missing(self) -> int:
        """Events that Stripe confirmed and does not hold, as far as it was looked at."""
        return max(0, self.events_reported - self.events_held) if self.events_held is not None else 0

    def may_count_twice(self, identifier: str, at: datetime) -> bool:
        """Whether Stripe may have taken this long ago and forgotten by now that it did."""
        return at > self.unreported_since[identifier] + ONCE_WITHIN

    def is_held(self, identifier: str) -> bool:
        """Whether what Stripe held when last looked at has room for this beside what it confirmed."""
        return (self.events_held or 0) - self.events_reported >= self.unreported[identifier]

    def drift(self, at: datetime) -> int:
        """How many events Stripe holds too many or, below zero, too few, where nothing will mend it.

        What is too few mends itself while the cycle's invoice is open.
        """
        beyond = (self.events_held or 0) - self.events_claimed
        if beyond >= 0:
            return beyond
        settled_at = self.ends_at + INVOICE_OPEN
        if self.reported_at is not None:
            settled_at = max(settled_at, self.reported_at + COUNTED_WITHIN)
        return beyond if at > settled_at else 0

    def _identifier(self, number: str) -> str:
        return f"ov:{self.tree_id.hex}:{self.cycle_started_at:%Y%m%dT%H%M%S}:{number}"
