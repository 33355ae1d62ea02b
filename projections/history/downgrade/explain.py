"""Downgrade: how did it happen, from Stripe's notice to what every member kept?

Folded from the facts of one tree, and from nothing else: no clock, no table, no Stripe.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from domain.fact import Fact
from domain.invoice import Invoice
from domain.notice import StripeNotice
from domain.plans import FREE, PLANS
from domain.tree import Tree
from domain.workspace import Workspace
from projections.history.downgrade.payments import WARNINGS
from projections.history.downgrade.story import (
    DowngradeStory,
    End,
    Hand,
    How,
    InvoiceUnpaid,
    Notice,
    Spans,
    Step,
    WayOut,
)
from projections.history.downgrade.subscription import (
    SubscriptionTold,
    hand_of,
    notice_behind,
    notices_in,
    told_subscription,
)
from projections.history.downgrade.workspaces import told_workspaces

NOT_PAID = frozenset({"payment_failed", "unpaid", "incomplete_expired"})
DISPUTED = frozenset({"payment_disputed"})
ASKED_FOR = frozenset({"cancellation_requested", "canceled"})
OPEN_INVOICES = frozenset({"open", "uncollectible"})
TELLING = (  # facts that are steps of the story by themselves
    Tree.SubscriptionStarted,
    Tree.CancellationRequested,
    Tree.EndRequested,
    Tree.RequestRefused,
    Tree.PlanChangeRequested,
    Tree.PlanChangeScheduled,
    Tree.PlanChangeWithdrawn,
    Tree.PlanChanged,
    Tree.CancellationScheduled,
    Tree.ReactivationRequested,
    Tree.Reactivated,
    Tree.SubscriptionEnded,
    Workspace.Downgraded,
)
ENDED = "customer.subscription.deleted"


def explain(facts: Sequence[Fact]) -> DowngradeStory | None:
    """The story of the tree that these facts are of; None if they are of no tree.

    A tree that has not ended has no `end`: the story then says whether, and when, it is going to.
    """
    notices = notices_in(facts)
    told = told_subscription(facts, notices)
    if told is None:
        return None
    workspaces = told_workspaces(facts, told)
    end = _end(facts, told, notices)
    unpaid = _invoices_unpaid(facts, told)
    return DowngradeStory(
        tree_id=told.tree_id,
        anchor_id=told.anchor_id,
        status=told.status,
        plan=told.plan,
        customer_id=told.customer_id,
        subscription_id=told.subscription_id,
        started_at=told.started_at,
        cycle_ends_at=told.cycle_ends_at,
        cancellation=told.cancellation,
        earlier=told.earlier,
        asked=_asked(told, end),
        releases=workspaces.releases(),
        end=end,
        spans=_spans(end),
        workspaces=tuple(workspaces.told if end else workspaces.foretell()),
        deleted=tuple(workspaces.deleted),
        invoices_unpaid=unpaid,
        features_lost=tuple(sorted(PLANS[told.plan].features - FREE.features)),
        ways_out=_ways_out(told, end, unpaid),
        steps=_steps(facts, told),
    )


def _end(facts: Sequence[Fact], told: SubscriptionTold, notices: dict[str, Notice]) -> End | None:
    if told.end is None:
        return None
    event, hand = told.end.event, hand_of(told.end, notices)
    together = {fact.stream for fact in facts if _is_downgrade(fact, told) and fact.append == told.end.append}
    return End(
        how=_how(told, event.reason or event.status, event.ended_at),
        reason=event.reason or event.status,
        ended_at=event.ended_at,
        recorded_at=event.timestamp,
        hand=hand,
        word_of_stripe=_word_of_stripe(told, hand, notices),
        one_transaction=together == {told.anchor_id, *event.children},
    )


def _word_of_stripe(told: SubscriptionTold, hand: Hand, notices: dict[str, Notice]) -> Notice | None:
    """A notice is a signal to ask; whichever came first made us ask, and it need not be the last word."""
    words = [
        notice
        for notice in notices.values()
        if notice.type == ENDED and notice.object_id == told.subscription_id and notice != hand.notice
    ]
    return words[0] if words else None


def _how(told: SubscriptionTold, reason: str, ended_at: datetime) -> How:
    if reason in NOT_PAID:
        return How.NOT_PAID
    if reason in DISPUTED:
        return How.DISPUTED
    if told.cancellation is not None and ended_at >= told.cancellation.ends_at:
        return How.AS_SCHEDULED
    if told.cycle_ends_at is not None and ended_at >= told.cycle_ends_at:
        return How.AT_PERIOD_END
    return How.AT_ONCE


def _asked(told: SubscriptionTold, end: End | None) -> Hand | None:
    """Before an end: whose request is open. After it: whose request it followed from, if from any.

    A request to cancel sets a date and ends nothing before it; what had ended when somebody asked did not
    end because of them; and what Stripe gives another reason for nobody asked for.
    """
    if end is None:
        return told.asked
    kinds = {How.AT_ONCE: "end", How.AT_PERIOD_END: "cancel"}
    asked = told.asks.get(kinds.get(end.how, ""))
    before = (
        asked is not None and asked.at.replace(microsecond=0) <= end.ended_at
    )  # Stripe’s are whole seconds
    return asked if before and end.reason in ASKED_FOR else None


def _spans(end: End | None) -> Spans | None:
    if end is None:
        return None
    notice = end.hand.notice
    sent_at = notice.created_at if notice else None
    received_at = notice.received_at if notice else None
    return Spans(
        notice_sent_after=sent_at - end.ended_at if sent_at else None,
        notice_took=received_at - sent_at if received_at and sent_at else None,
        acting_took=end.recorded_at - received_at if received_at else None,
        whole=end.recorded_at - end.ended_at,
    )


def _invoices_unpaid(facts: Sequence[Fact], told: SubscriptionTold) -> tuple[InvoiceUnpaid, ...]:
    """As they stood when the tree ended, or stand now."""
    seen: dict[str, InvoiceUnpaid] = {}
    for fact in facts:
        if told.end is not None and fact.position > told.end.position:
            break
        event = fact.event
        if isinstance(event, Invoice.Event) and event.tree_id == told.tree_id:
            fields = {name: getattr(event, name) for name in InvoiceUnpaid.__dataclass_fields__}
            seen[event.invoice_id] = InvoiceUnpaid(**fields)
    return tuple(one for one in seen.values() if one.status in OPEN_INVOICES)


def _ways_out(
    told: SubscriptionTold, end: End | None, unpaid: tuple[InvoiceUnpaid, ...]
) -> tuple[WayOut, ...]:
    if end is None:
        return tuple(_still_open(told, unpaid))
    kind, since, until = "reactivate", None, end.ended_at
    match end.how:
        case How.AS_SCHEDULED if told.cancellation is not None:
            since = told.cancellation.scheduled.at
        case How.NOT_PAID:
            kind, since = "pay_invoice", min((invoice.created_at for invoice in unpaid), default=None)
        case How.DISPUTED:
            kind = "answer_dispute"
        case How.AT_ONCE:
            kind, since, until = "cancel_at_period_end", end.ended_at, told.cycle_ends_at or end.ended_at
    return (WayOut(kind=kind, since=since, until=until, still_open=False),)


def _still_open(told: SubscriptionTold, unpaid: tuple[InvoiceUnpaid, ...]) -> Iterator[WayOut]:
    if told.cancellation is not None:
        scheduled = told.cancellation
        yield WayOut(
            kind="reactivate", since=scheduled.scheduled.at, until=scheduled.ends_at, still_open=True
        )
    if unpaid:
        since = min(invoice.created_at for invoice in unpaid)
        yield WayOut(kind="pay_invoice", since=since, until=None, still_open=True)


def _is_downgrade(fact: Fact, told: SubscriptionTold) -> bool:
    return isinstance(fact.event, Workspace.Downgraded) and told.ends_with(fact)


def _steps(facts: Sequence[Fact], told: SubscriptionTold) -> tuple[Step, ...]:
    chosen = [fact for fact in facts if _is_telling(fact, told)]
    behind = {notice_behind(fact) for fact in chosen if not isinstance(fact.event, Tree.SubscriptionStarted)}
    last = notice_behind(told.end) if told.end else None
    chosen += [fact for fact in facts if _is_notice_of(fact, behind, last)]
    chosen.sort(key=lambda fact: fact.position)
    before = [chosen[0], *chosen] if chosen else []
    return tuple(_step(fact, prior.event.timestamp) for fact, prior in zip(chosen, before, strict=False))


def _is_telling(fact: Fact, told: SubscriptionTold) -> bool:
    if isinstance(fact.event, Workspace.Downgraded):
        return told.ends_with(fact) or fact.event.cause in told.releases
    return fact.stream == told.tree_id and isinstance(fact.event, TELLING)


def _is_notice_of(fact: Fact, behind: set[str | None], last: str | None) -> bool:
    event = fact.event
    if isinstance(event, StripeNotice.Received):
        return event.notice_id in behind or event.type in (*WARNINGS, ENDED)
    return isinstance(event, StripeNotice.ActedOn) and last is not None and notice_behind(fact) == last


def _step(fact: Fact, before: datetime) -> Step:
    return Step(
        position=fact.position,
        append=fact.append,
        stream=fact.stream,
        version=fact.version,
        name=fact.name,
        fields=json.loads(fact.state),
        at=fact.event.timestamp,
        after=max(fact.event.timestamp - before, timedelta()),
    )
