"""Usage in the cycle of this moment: of a tree's pool, or of one workspace."""

from __future__ import annotations

from domain.cycles import Cycle, month_after
from projections import running
from projections.catalogue import POOLED_USAGE
from projections.dashboard import DashboardRow
from projections.pooled_usage import CycleUsage, DrawnRow
from projections.running import OwnUsage
from projections.subscriptions import SubscriptionRow
from web.access import db, now


def cycle_of(subscription: SubscriptionRow | None) -> Cycle:
    return running.cycle_of(subscription, now())


def usage_of_pool(subscription: SubscriptionRow) -> CycleUsage:
    return running.usage_of_pool(db(), subscription, now())


def cycles_of_tree(subscription: SubscriptionRow) -> list[CycleUsage]:
    """The newest first; the running one is among them, whether Stripe has named it yet or not."""
    return running.cycles_of_tree(db(), subscription, now())


def usage_in_workspace(row: DashboardRow) -> OwnUsage:
    return running.usage_in_workspace(db(), row, now())


def cycles_in_workspace(row: DashboardRow) -> list[OwnUsage]:
    """The running one, then the earlier ones in which anything was counted, the newest first."""
    first = usage_in_workspace(row)
    known = [_own(drawn) for drawn in POOLED_USAGE.drawn_in_workspace(db(), row.workspace_id)]
    return [first, *(one for one in known if (one.pool_id, one.cycle) != (first.pool_id, first.cycle))]


def _own(drawn: DrawnRow) -> OwnUsage:
    """A cycle that Stripe has not named lasts a month, as the calendar's do."""
    ends_at = drawn.cycle_ends_at or month_after(drawn.cycle_started_at)
    cycle = Cycle(started_at=drawn.cycle_started_at, ends_at=ends_at)
    return OwnUsage(pool_id=drawn.pool_id, cycle=cycle, events=drawn.events)


__all__ = [
    "OwnUsage",
    "cycle_of",
    "cycles_in_workspace",
    "cycles_of_tree",
    "usage_in_workspace",
    "usage_of_pool",
]
