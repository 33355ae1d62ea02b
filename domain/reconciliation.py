"""What a comparison of ours with Stripe mended, and what it found that nobody may mend by guessing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.because import Because
from domain.ids import stream_of_reconciliation
from domain.recorded import Recorded

DRIFTS_MAX = 100  # that are kept of one run; the rest comes to light as these are mended


class DriftKind(StrEnum):
    """How Stripe and we may differ, where it is not ours to say which of the two is right."""

    SECOND_SUBSCRIPTION = "second_subscription"  # it lives, and is not the one that the tree lives on
    SUBSCRIPTION_UNKNOWN = "subscription_unknown"  # a tree lives on it, and Stripe does not know it so
    BILLED_AFTER_END = "billed_after_end"  # the tree has ended, and its subscription lives
    HELD_TOO_MUCH = "held_too_much"  # Stripe's meter holds more of a cycle than was ever claimed
    HELD_TOO_LITTLE = "held_too_little"  # and less, where the invoice is final
    NOT_COMPARED = "not_compared"  # Stripe refused to answer, or says what cannot be followed


@dataclass(frozen=True, kw_only=True, order=True)
class Drift:
    """One thing that Stripe and we see differently."""

    kind: DriftKind
    tree_id: UUID
    subject: str  # Stripe's id of the subscription, or when the cycle began
    events_ours: int = 0
    events_theirs: int = 0


class Reconciliation(Recorded):
    """One for each job that compares; its drifts are those of the newest run."""

    # State.

    def __init__(self, job: str) -> None:
        self.job = job
        self.drifts: tuple[Drift, ...] = ()

    # Facts.

    class Event(Recorded.Event):
        job: str

    class Begun(Event, Recorded.Created):
        pass

    class Ran(Event):
        """A run that mended something, or after which other drifts stand than before."""

        checked: int
        repaired: int
        drifts: tuple[Drift, ...]

        def apply(self, reconciliation: Reconciliation) -> None:
            reconciliation.drifts = self.drifts

    # Commands.

    @classmethod
    def begin(cls, job: str, *, because: Because) -> Reconciliation:
        return cls._begin(cls.Begun, stream_of_reconciliation(job), because, job=job)

    def note_run(self, checked: int, repaired: int, drifts: set[Drift], *, because: Because) -> None:
        """A run that changed nothing and found what the one before had found is not worth a fact."""
        found = tuple(sorted(drifts)[:DRIFTS_MAX])
        if repaired or found != self.drifts:
            self.record(self.Ran, because, job=self.job, checked=checked, repaired=repaired, drifts=found)
