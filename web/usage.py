"""Usage in the cycle of this moment: of a tree's pool, or of one workspace."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.cycles import Cycle, calendar_month, cycle_at, month_after
from projections.catalogue import POOLED_USAGE, SUBSCRIPTIONS
from projections.dashboard import DashboardRow
from projections.pooled_usage import CycleUsage, DrawnRow
from projections.subscriptions import SubscriptionRow
from web.access import db, now


@dataclass(frozen=True, kw_only=True)
class OwnUsage:
    """What one workspace tracked in the cycle."""

    pool_id: UUID
    cycle: Cycle
    events: int


def cycle_of(subscription: SubscriptionRow | None) -> Cycle:
    """Also between the end of a period and Stripe's word of the next one."""
    if subscription is None or subscription.cycle_started_at is None or subscription.cycle_ends_at is None:
        return calendar_month(now())
    known = Cycle(started_at=subscription.cycle_started_at, ends_at=subscription.cycle_ends_at)
    return cycle_at(known, now())


def usage_of_pool(subscription: SubscriptionRow) -> CycleUsage:
    """Of the cycle of this moment, also before Stripe has named it."""
    cycle = cycle_of(subscription)
    if known := POOLED_USAGE.cycle_of_tree(db(), subscription.tree_id, cycle.started_at):
        return known
    drawn = POOLED_USAGE.of_tree(db(), subscription.tree_id, cycle.started_at)
    return CycleUsage(
        cycle_started_at=cycle.started_at,
        cycle_ends_at=cycle.ends_at,
        pool_events=subscription.pool_events,
        used=sum(row.events for row in drawn),
    )


def cycles_of_tree(subscription: SubscriptionRow) -> list[CycleUsage]:
    """The newest first; the running one is among them, whether Stripe has named it yet or not."""
    running = usage_of_pool(subscription)
    known = POOLED_USAGE.cycles_of_tree(db(), subscription.tree_id)
    return [running, *(cycle for cycle in known if cycle.cycle_started_at != running.cycle_started_at)]


def usage_in_workspace(row: DashboardRow) -> OwnUsage:
    subscription = SUBSCRIPTIONS.of_tree(db(), row.tree_id) if row.tree_id else None
    cycle = cycle_of(subscription)
    pool_id = row.tree_id or row.workspace_id
    events = POOLED_USAGE.in_workspace(db(), row.workspace_id, pool_id, cycle.started_at)
    return OwnUsage(pool_id=pool_id, cycle=cycle, events=events)


def cycles_in_workspace(row: DashboardRow) -> list[OwnUsage]:
    """The running one, then the earlier ones in which anything was counted, the newest first."""
    running = usage_in_workspace(row)
    known = [_own(drawn) for drawn in POOLED_USAGE.drawn_in_workspace(db(), row.workspace_id)]
    return [running, *(one for one in known if (one.pool_id, one.cycle) != (running.pool_id, running.cycle))]


def _own(drawn: DrawnRow) -> OwnUsage:
    """A cycle that Stripe has not named lasts a month, as the calendar's do."""
    ends_at = drawn.cycle_ends_at or month_after(drawn.cycle_started_at)
    cycle = Cycle(started_at=drawn.cycle_started_at, ends_at=ends_at)
    return OwnUsage(pool_id=drawn.pool_id, cycle=cycle, events=drawn.events)
