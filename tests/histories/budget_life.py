"""What befalls the budget of a client in a remembered life: set, raised for a cycle, told of, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.budget import BudgetSeen

if TYPE_CHECKING:
    from tests.histories.life import Life


def a_budget(life: Life, tree_id: UUID, child_id: UUID, person_id: UUID, reason: str) -> None:
    agency = life.agency
    agency.set_budget(child_id, person_id, 50_000_000, True, because=life.by(person_id))
    agency.raise_budget(child_id, person_id, 75_500_000, reason, because=life.by(person_id))
    seen = BudgetSeen(
        workspace_id=child_id,
        tree_id=tree_id,
        cycle_started_at=life.cycle[0],
        cycle_ends_at=life.cycle[1],
        limit_micros=75_500_000,
        stops=True,
        used_micros=38_000_000,
    )
    agency.note_budget(seen, because=life.by_clock("budget"))
    agency.remove_budget(child_id, person_id, because=life.by(person_id))
