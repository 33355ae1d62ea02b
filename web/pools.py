"""A pool in one cycle: who drew how much from it, on which days, and where will it end?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.forecast import Forecast, forecast
from domain.plans import overage_cost_micros
from projections.catalogue import DAILY_USAGE, DASHBOARD, POOLED_USAGE
from projections.daily_usage import DAY
from projections.history.names import NAMELESS, digests_in_tree
from projections.pooled_usage import CycleUsage
from projections.subscriptions import SubscriptionRow
from web.access import db, now
from web.services import services


@dataclass(frozen=True, kw_only=True)
class Draw:
    """What one workspace drew in the cycle."""

    workspace_id: UUID
    name: str
    is_here: bool  # part of the tree still, and neither deleted nor gone
    events: int


@dataclass(frozen=True, kw_only=True)
class End:
    """The pool at the end of a cycle, after so many events."""

    used: int
    overage_events: int

    @property
    def overage_micros(self) -> int:
        return overage_cost_micros(self.overage_events)


@dataclass(frozen=True, kw_only=True)
class PoolUse:
    """One cycle of a pool, as far as it is told to those who may see the pool."""

    usage: CycleUsage
    days: Sequence[int]  # events of each day so far: 24 hours from the cycle's beginning on
    draws: Sequence[Draw]  # the most first
    forecast: Forecast | None  # none within the first day of a cycle, nor after its end

    @property
    def is_over(self) -> bool:
        return now() >= self.usage.cycle_ends_at

    @property
    def likely(self) -> End | None:
        """What it comes to; of a cycle that is over, what it came to."""
        if self.is_over:
            return self.end_at(self.usage.used)
        return self.end_at(self.forecast.likely) if self.forecast else None

    def end_at(self, events: int) -> End:
        """What was claimed already is never taken back, so there is at least that much overage."""
        over = max(self.usage.overage_events, events - self.usage.pool_events)
        return End(used=events, overage_events=over)


def use_of_tree(subscription: SubscriptionRow, usage: CycleUsage) -> PoolUse:
    ends_at = usage.cycle_ends_at
    if subscription.ends_at is not None:
        ends_at = min(ends_at, subscription.ends_at)
    return PoolUse(
        usage=usage,
        days=days_of_pool(subscription.tree_id, usage),
        draws=_draws_of_tree(subscription.tree_id, usage),
        forecast=forecast_of_pool(subscription.tree_id, usage, ends_at),
    )


def use_alone(workspace_id: UUID, name: str, usage: CycleUsage) -> PoolUse:
    """Of a workspace that stands alone: its quota, from which nobody else draws."""
    return PoolUse(
        usage=usage,
        days=days_of_pool(workspace_id, usage),
        draws=[Draw(workspace_id=workspace_id, name=name, is_here=True, events=usage.used)],
        forecast=forecast_of_pool(workspace_id, usage, usage.cycle_ends_at),
    )


def days_of_pool(pool_id: UUID, usage: CycleUsage) -> list[int]:
    """Events of each day of a cycle, until now or its end; a day without any has 0."""
    rows = DAILY_USAGE.of_tree(db(), pool_id, usage.cycle_started_at)
    last = rows[-1].day if rows else 0
    elapsed = min(now(), usage.cycle_ends_at) - usage.cycle_started_at
    days = [0] * max(last + 1, -(-elapsed // DAY))
    for row in rows:
        days[row.day] = row.events
    return days


def forecast_of_pool(pool_id: UUID, usage: CycleUsage, ends_at: datetime) -> Forecast | None:
    if now() >= usage.cycle_ends_at:
        return None
    return forecast(days_of_pool(pool_id, usage), now() - usage.cycle_started_at, ends_at - now())


def names_in_tree(tree_id: UUID) -> Mapping[UUID, str]:
    """What the workspaces of a tree are called, also those that were deleted or have left."""
    digests = digests_in_tree(db(), tree_id)
    texts = services().vault.texts(list(digests.items()))
    return {one: texts.get((one, digest), NAMELESS) for one, digest in digests.items()}


def _draws_of_tree(tree_id: UUID, usage: CycleUsage) -> list[Draw]:
    """A workspace that drew nothing is named too, as long as it is there."""
    here = {row.workspace_id for row in DASHBOARD.of_tree(db(), tree_id)}
    rows = POOLED_USAGE.of_tree(db(), tree_id, usage.cycle_started_at)
    drawn = {row.workspace_id: row.events for row in rows}
    names = names_in_tree(tree_id)
    found = [
        Draw(
            workspace_id=one,
            name=names.get(one, NAMELESS),
            is_here=one in here,
            events=drawn.get(one, 0),
        )
        for one in here | drawn.keys()
    ]
    return sorted(found, key=lambda draw: (-draw.events, draw.name.casefold(), draw.workspace_id))
