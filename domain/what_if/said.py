"""What Stripe was seen to say, read back out of the facts that came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from domain.billing import SubscriptionSeen
from domain.fact import Fact
from domain.tree import Tree
from domain.what_if.subscribed import standing

Said = Callable[[SubscriptionSeen, Any], SubscriptionSeen]


def started(facts: Iterable[Fact]) -> SubscriptionSeen | None:
    """The subscription as it was first seen, if it was."""
    for fact in facts:
        event = fact.event
        if isinstance(event, Tree.SubscriptionStarted):
            return SubscriptionSeen(
                subscription_id=event.subscription_id,
                customer_id=event.customer_id,
                tree_id=fact.stream,
                plan=event.plan,
                status="active",
                cycle_started_at=event.cycle_started_at,
                cycle_ends_at=event.cycle_ends_at,
                ends_at=None,
                ended_at=None,
                ended_because=None,
            )
    return None


def _cycle(seen: SubscriptionSeen, event: Tree.CycleStarted) -> SubscriptionSeen:
    return replace(seen, cycle_started_at=event.cycle_started_at, cycle_ends_at=event.cycle_ends_at)


def _end(seen: SubscriptionSeen, event: Tree.SubscriptionEnded) -> SubscriptionSeen:
    return replace(seen, status=event.status, ended_at=event.ended_at, ended_because=event.reason)


# Each fact that a look at Stripe may lead to, and what Stripe must have shown.
SAID: dict[type, Said] = {
    Tree.SubscriptionStarted: lambda seen, _: seen,
    Tree.CycleStarted: _cycle,
    Tree.PlanChanged: lambda seen, event: replace(
        seen, plan=event.plan_to, next_plan=None, next_plan_at=None
    ),
    Tree.PlanChangeScheduled: lambda seen, event: replace(seen, next_plan=event.plan, next_plan_at=event.at),
    Tree.PlanChangeWithdrawn: lambda seen, _: replace(seen, next_plan=None, next_plan_at=None),
    Tree.PaymentStandingChanged: lambda seen, event: replace(seen, **standing(event.standing_to)),
    Tree.CancellationScheduled: lambda seen, event: replace(seen, ends_at=event.ends_at),
    Tree.Reactivated: lambda seen, _: replace(seen, ends_at=None),
    Tree.SubscriptionEnded: _end,
}
