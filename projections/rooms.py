"""Rooms: how much may a workspace spend just now? Asked of the inline projections, which know it at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.credits.room import Room
from domain.customer import CustomerStatus
from projections.catalogue import BUDGETS, CREDITS, CUSTOMERS
from projections.projection import Db


def room_of(db: Db, tree_id: UUID, workspace_id: UUID, cycle_started_at: datetime) -> Room:
    """Exact where nobody else records meanwhile: under the lock of the log of usage."""
    ledger = CREDITS.ledger(db, tree_id)
    use = CREDITS.use(db, workspace_id, cycle_started_at)
    given = BUDGETS.in_workspace(db, workspace_id)
    customer = CUSTOMERS.status_of(db, [workspace_id]).get(workspace_id, CustomerStatus.ACTIVE)
    return Room(
        balance_micros=ledger.balance_micros if ledger else None,
        held_micros=ledger.held_micros if ledger else 0,
        frozen=ledger.frozen if ledger else True,
        spent_here_micros=use.spent_micros if use else 0,
        held_here_micros=use.held_micros if use else 0,
        stops_at_micros=given.budget.limit_in(cycle_started_at) if given and given.stops else None,
        suspended=customer is not CustomerStatus.ACTIVE,
    )


def room_for_rent(db: Db, tree_id: UUID, workspace_id: UUID, cycle_started_at: datetime) -> Room:
    """A number that is kept costs its cycle also while its customer is suspended."""
    return replace(room_of(db, tree_id, workspace_id, cycle_started_at), suspended=False)
