"""What Stripe would have said of a subscription, as far as it follows from what is known of its tree."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.billing import PaymentStanding, SubscriptionSeen
from domain.commands.subscriptions import CANCELLATION_REQUESTED
from domain.cycles import month_after
from domain.tree import Tree, TreeStatus

OF_PAYMENT = frozenset({"payment_failed", "payment_disputed", "unpaid"})


def as_it_is(tree: Tree) -> SubscriptionSeen:
    """A look at Stripe that finds nothing new."""
    assert tree.subscription_id is not None, "only a tree that was paid for has a subscription"
    assert tree.customer_id is not None
    assert tree.cycle_started_at is not None
    assert tree.cycle_ends_at is not None
    return SubscriptionSeen(
        subscription_id=tree.subscription_id,
        customer_id=tree.customer_id,
        tree_id=tree.id,
        plan=tree.plan,
        cycle_started_at=tree.cycle_started_at,
        cycle_ends_at=tree.cycle_ends_at,
        ends_at=tree.ends_at,
        ended_at=None,
        ended_because=None,
        next_plan=tree.next_plan,
        next_plan_at=tree.next_plan_at,
        **standing(tree.standing),
    )


def standing(of_payments: PaymentStanding) -> dict[str, Any]:
    return {
        "status": "past_due" if of_payments is PaymentStanding.PAST_DUE else "active",
        "is_paused": of_payments is PaymentStanding.PAUSED,
    }


def ended(tree: Tree, at: datetime) -> SubscriptionSeen:
    """Because somebody had asked for it."""
    return replace(as_it_is(tree), status="canceled", ended_at=at, ended_because=CANCELLATION_REQUESTED)


def next_cycle(tree: Tree) -> SubscriptionSeen:
    """A month, with the plan that was to come with it."""
    seen = as_it_is(tree)
    begins = seen.cycle_ends_at
    seen = replace(seen, cycle_started_at=begins, cycle_ends_at=month_after(begins))
    return with_next_plan(seen) if is_due(seen) else seen


def with_next_plan(seen: SubscriptionSeen) -> SubscriptionSeen:
    return replace(seen, plan=seen.next_plan, next_plan=None, next_plan_at=None)


def is_due(seen: SubscriptionSeen) -> bool:
    """Whether the cycle is one from which on another plan was to hold."""
    return seen.next_plan_at is not None and seen.next_plan_at <= seen.cycle_started_at


# What the record says of why something was done at Stripe.


def came_of_schedule(event: Any, before: Tree) -> bool:
    """Whether an end or a change of plan is one that had been scheduled, given the tree just before it."""
    if isinstance(event, Tree.SubscriptionEnded):
        return before.ends_at is not None and event.ended_at >= before.ends_at
    if isinstance(event, Tree.PlanChanged):
        due = before.next_plan_at is not None and event.cycle_started_at >= before.next_plan_at
        return due and before.next_plan == event.plan_to
    return False


def same_schedule(event: Any, before: Tree, supposed: Tree) -> bool:
    if isinstance(event, Tree.SubscriptionEnded):
        return supposed.ends_at == before.ends_at
    return (supposed.next_plan, supposed.next_plan_at) == (before.next_plan, before.next_plan_at)


def for_want_of_payment(event: Any) -> bool:
    if isinstance(event, Tree.SubscriptionEnded):
        return not OF_PAYMENT.isdisjoint({event.reason, event.status})
    return isinstance(event, Tree.PaymentStandingChanged) and event.standing_to is PaymentStanding.PAST_DUE


def lives(tree: Tree | None) -> bool:
    return tree is not None and tree.status is TreeStatus.ACTIVE
