"""Running: the cycle of an instant, and what was used in it so far, of a pool or of one workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.cycles import Cycle, calendar_month, cycle_at
from projections.catalogue import POOLED_USAGE, SUBSCRIPTIONS
from projections.dashboard import DashboardRow
from projections.pooled_usage import CycleUsage
from projections.projection import Db
from projections.subscriptions import SubscriptionRow


@dataclass(frozen=True, kw_only=True)
class OwnUsage:
    """What one workspace tracked in the cycle."""

    pool_id: UUID
    cycle: Cycle
    events: int


def cycle_of(subscription: SubscriptionRow | None, at: datetime) -> Cycle:
    """Also between the end of a period and Stripe's word of the next one."""
    if subscription is None or subscription.cycle_started_at is None or subscription.cycle_ends_at is None:
        return calendar_month(at)
    known = Cycle(started_at=subscription.cycle_started_at, ends_at=subscription.cycle_ends_at)
    return cycle_at(known, at)


def usage_of_pool(db: Db, subscription: SubscriptionRow, at: datetime) -> CycleUsage:
    """Also before Stripe has named the cycle."""
    cycle = cycle_of(subscription, at)
    if known := POOLED_USAGE.cycle_of_tree(db, subscription.tree_id, cycle.started_at):
        return known
    drawn = POOLED_USAGE.of_tree(db, subscription.tree_id, cycle.started_at)
    return CycleUsage(
        cycle_started_at=cycle.started_at,
        cycle_ends_at=cycle.ends_at,
        pool_events=subscription.pool_events,
        used=sum(row.events for row in drawn),
    )


def cycles_of_tree(db: Db, subscription: SubscriptionRow, at: datetime) -> list[CycleUsage]:
    """The newest first; the running one is among them, whether Stripe has named it yet or not."""
    running = usage_of_pool(db, subscription, at)
    known = POOLED_USAGE.cycles_of_tree(db, subscription.tree_id)
    return [running, *(cycle for cycle in known if cycle.cycle_started_at != running.cycle_started_at)]


def usage_in_workspace(db: Db, row: DashboardRow, at: datetime) -> OwnUsage:
    subscription = SUBSCRIPTIONS.of_tree(db, row.tree_id) if row.tree_id else None
    cycle = cycle_of(subscription, at)
    pool_id = row.tree_id or row.workspace_id
    events = POOLED_USAGE.in_workspace(db, row.workspace_id, pool_id, cycle.started_at)
    return OwnUsage(pool_id=pool_id, cycle=cycle, events=events)
