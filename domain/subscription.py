"""How a tree follows the one subscription that pays for it, and what may be asked of it.

Each command decides, and what Stripe says twice is recorded once.
"""

from __future__ import annotations

from datetime import datetime

from domain.because import Because
from domain.billing import BillingFault, DisputeSeen, PaymentStanding, SubscriptionSeen
from domain.cycles import month_after
from domain.plans import FREE, PLANS
from domain.refusals import Refusal, Refused
from domain.request import Request
from domain.tree import Tree, TreeStatus

# What Stripe says.


def start(tree: Tree, seen: SubscriptionSeen, *, because: Because) -> None:
    if tree.status is not TreeStatus.AWAITING_PAYMENT:
        return
    if seen.plan not in PLANS:
        raise BillingFault(f"subscription {seen.subscription_id} has no plan of ours")
    plan = PLANS[seen.plan]
    tree.record(
        tree.SubscriptionStarted,
        because,
        customer_id=seen.customer_id,
        subscription_id=seen.subscription_id,
        plan=plan.name,
        pool_events=plan.pool_events,
        workspaces_max=plan.workspaces_max,
        cycle_started_at=seen.cycle_started_at,
        cycle_ends_at=seen.cycle_ends_at,
    )


def start_cycle(tree: Tree, started_at: datetime, ends_at: datetime, *, because: Because) -> None:
    """The cycle that Stripe names, after those that nobody told us of: what they hold is counted too."""
    assert tree.cycle_started_at is not None
    assert tree.cycle_ends_at is not None
    if tree.status is not TreeStatus.ACTIVE or started_at <= tree.cycle_started_at:
        return
    while tree.cycle_ends_at < started_at:
        missed_ends_at = min(month_after(tree.cycle_ends_at), started_at)
        _start_cycle(tree, tree.cycle_ends_at, missed_ends_at, because=because)
    _start_cycle(tree, started_at, ends_at, because=because)


def _start_cycle(tree: Tree, started_at: datetime, ends_at: datetime, *, because: Because) -> None:
    tree.record(
        tree.CycleStarted,
        because,
        subscription_id=tree.subscription_id,
        pool_events=PLANS[tree.plan].pool_events,
        cycle_started_at=started_at,
        cycle_ends_at=ends_at,
    )


def change_plan(tree: Tree, plan_to: str | None, *, with_its_cycle: bool, because: Because) -> None:
    """A price that names no plan of ours changes nothing. The pool of a cycle that runs never shrinks."""
    if tree.status is not TreeStatus.ACTIVE or plan_to not in PLANS or plan_to == tree.plan:
        return
    plan = PLANS[plan_to]
    tree.record(
        tree.PlanChanged,
        because,
        subscription_id=tree.subscription_id,
        plan_from=tree.plan,
        plan_to=plan.name,
        pool_events=plan.pool_events if with_its_cycle else max(plan.pool_events, tree.pool_events),
        workspaces_max=plan.workspaces_max,
        cycle_started_at=tree.cycle_started_at,
        children_released=() if plan.may_be_agency else tuple(tree.children),
    )


def schedule_plan(tree: Tree, plan: str | None, at: datetime | None, *, because: Because) -> None:
    """What Stripe is set to change to at the end of the cycle; None takes it back."""
    if tree.status is not TreeStatus.ACTIVE or (plan, at) == (tree.next_plan, tree.next_plan_at):
        return
    if plan in PLANS and plan != tree.plan:
        tree.record(tree.PlanChangeScheduled, because, subscription_id=tree.subscription_id, plan=plan, at=at)
    elif tree.next_plan is not None:
        tree.record(
            tree.PlanChangeWithdrawn, because, subscription_id=tree.subscription_id, plan=tree.next_plan
        )


def refuse_request(tree: Tree, code: str | None, *, because: Because) -> None:
    """Stripe said no to what was asked for last."""
    if tree.asked is not None:
        tree.record(
            tree.RequestRefused,
            because,
            subscription_id=tree.subscription_id,
            request=tree.asked[0],
            code=code,
        )


def schedule_cancellation(tree: Tree, ends_at: datetime, *, because: Because) -> None:
    if tree.status is not TreeStatus.ACTIVE or tree.ends_at == ends_at:
        return
    tree.record(tree.CancellationScheduled, because, subscription_id=tree.subscription_id, ends_at=ends_at)


def reactivate(tree: Tree, *, because: Because) -> None:
    if tree.status is not TreeStatus.ACTIVE or tree.ends_at is None:
        return
    tree.record(tree.Reactivated, because, subscription_id=tree.subscription_id, ends_at=tree.ends_at)


def note_standing(tree: Tree, seen: SubscriptionSeen, *, because: Because) -> None:
    if tree.status is not TreeStatus.ACTIVE or tree.standing is seen.standing:
        return
    tree.record(
        tree.PaymentStandingChanged,
        because,
        subscription_id=tree.subscription_id,
        standing_from=tree.standing,
        standing_to=seen.standing,
    )


def note_dispute(tree: Tree, seen: DisputeSeen, *, because: Because) -> None:
    """Also of a tree that has ended: payments are disputed for months."""
    if tree.subscription_id is None or tree.disputes.get(seen.dispute_id) == seen.status:
        return
    tree.record(
        tree.PaymentDisputed,
        because,
        subscription_id=tree.subscription_id,
        dispute_id=seen.dispute_id,
        status=seen.status,
        reason=seen.reason,
        amount_cents=seen.amount_cents,
        currency=seen.currency,
    )


def end(tree: Tree, status: str, reason: str | None, ended_at: datetime, *, because: Because) -> None:
    if tree.status is not TreeStatus.ACTIVE:
        return
    tree.record(
        tree.SubscriptionEnded,
        because,
        customer_id=tree.customer_id,
        subscription_id=tree.subscription_id,
        status=status,
        reason=reason,
        ended_at=ended_at,
        plan_from=tree.plan,
        plan_to=FREE.name,
        children=tuple(tree.children),
    )


# What people ask for. It is carried out at Stripe, and comes back from there; asked again meanwhile, it is
# the same request.


def request_cancellation(tree: Tree, *, because: Because) -> None:
    _refuse(why_not_cancel(tree))
    if tree.asked != (Request.CANCEL, None):
        tree.record(tree.CancellationRequested, because, subscription_id=tree.subscription_id)


def request_reactivation(tree: Tree, *, because: Because) -> None:
    _refuse(why_not_reactivate(tree))
    if tree.asked != (Request.REACTIVATE, None):
        tree.record(
            tree.ReactivationRequested, because, subscription_id=tree.subscription_id, ends_at=tree.ends_at
        )


def request_end(tree: Tree, *, because: Because) -> None:
    """At once, also when the end is scheduled already."""
    _refuse(why_not_change(tree))
    if tree.asked != (Request.END, None):
        tree.record(tree.EndRequested, because, subscription_id=tree.subscription_id)


def request_plan(tree: Tree, plan: str, *, because: Because) -> None:
    """Another plan, or the one that it has, which takes a scheduled change back."""
    _refuse(why_not_change_plan(tree, plan))
    if tree.asked != (Request.PLAN, plan):
        tree.record(tree.PlanChangeRequested, because, subscription_id=tree.subscription_id, plan=plan)


# Rules. The first refusal that applies, in the order `Refusal` lists them.


def why_not_change(tree: Tree) -> Refusal | None:
    if tree.status is TreeStatus.ENDED:
        return Refusal.TREE_ENDED
    return Refusal.NOT_SUBSCRIBED if tree.status is not TreeStatus.ACTIVE else None


def why_not_cancel(tree: Tree) -> Refusal | None:
    return why_not_change(tree) or (Refusal.ALREADY_SCHEDULED if tree.ends_at is not None else None)


def why_not_reactivate(tree: Tree) -> Refusal | None:
    return why_not_change(tree) or (Refusal.NOTHING_SCHEDULED if tree.ends_at is None else None)


def why_not_change_plan(tree: Tree, plan: str) -> Refusal | None:
    if refusal := why_not_change(tree):
        return refusal
    if tree.ends_at is not None:
        return Refusal.CANCELLATION_SCHEDULED
    if tree.standing is not PaymentStanding.CURRENT:
        return Refusal.PAYMENT_OUTSTANDING
    return Refusal.SAME_PLAN if plan == (tree.next_plan or tree.plan) else None


def _refuse(refusal: Refusal | None) -> None:
    if refusal:
        raise Refused(refusal)
