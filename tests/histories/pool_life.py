"""What befalls a pool in a remembered life: notices that are given and taken back, and a credit note."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from domain.overage import CreditDue
from domain.quota import QuotaSeen

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
