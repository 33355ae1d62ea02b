"""What befalls a pool in a remembered life: notices that are given and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.overage import OverageDue
from domain.quota import QuotaSeen

if TYPE_CHECKING:
    from tests.histories.life import Life


def notices_of_pool(life: Life, due: OverageDue) -> None:
    """Both at once, and the higher one no longer."""
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
