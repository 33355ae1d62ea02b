"""What befalls a pool in a remembered life: overage that is compared, notices, and a credit note."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from domain.ids import stream_of_overage
from domain.overage import CreditDue
from domain.quota import QuotaSeen
from domain.reconciliation import Drift, DriftKind

if TYPE_CHECKING:
    from tests.histories.life import Life


def notices_and_credit(life: Life, first_cycle: datetime) -> None:
    """Both notices at once, the higher one no longer, and events that were voided after the invoice."""
    due = life.due(0)
    for used in (26_000, 24_000):
        seen = QuotaSeen(
            pool_id=due.tree_id,
            tree_id=due.tree_id,
            cycle_started_at=due.cycle_started_at,
            cycle_ends_at=due.cycle_ends_at,
            pool_events=due.pool_events,
            used=used,
            in_use=True,
        )
        life.agency.note_quota(seen, because=life.by_clock("quota"))
    credit = CreditDue(
        tree_id=due.tree_id, cycle_started_at=first_cycle, pool_events=25_000, used=84_900, voided=100
    )
    life.agency.request_credit(credit, because=life.by_clock("credit"))


def overage_compared(life: Life) -> None:
    """Claimed, reported, found missing at Stripe, and once more than there should be."""
    agency = life.agency
    overage = life.by_clock("overage")
    due = life.due(85_000)
    agency.claim_overage(due, because=overage)
    stream = stream_of_overage(due.tree_id, due.cycle_started_at)
    agency.note_overage_reported(stream, next(iter(agency.overage(stream).unreported)), because=overage)
    life.days_later(1)
    agency.compare_overage(stream, 59_000, because=life.by_clock("compare"))
    drift = Drift(
        kind=DriftKind.HELD_TOO_MUCH,
        tree_id=due.tree_id,
        subject=f"{due.cycle_started_at:%Y-%m-%d}",
        events_ours=60_000,
        events_theirs=60_100,
    )
    because = life.by_clock("reconcile-overage")
    agency.note_reconciliation("overage", checked=1, repaired=0, drifts={drift}, because=because)
