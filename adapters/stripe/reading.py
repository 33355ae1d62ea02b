"""What Stripe's objects mean to us: each of theirs into one of ours, in the pinned version's shapes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import stripe

from domain.billing import CheckoutSeen, DisputeSeen, InvoiceLine, InvoiceSeen, SubscriptionSeen
from domain.plans import MICROS_PER_CENT

PLAN_LOOKUP_KEY = re.compile(r"heartwood_(?P<plan>[a-z_]+)_v[0-9]+")
LICENSED = "licensed"


def subscription_seen(subscription: stripe.Subscription) -> SubscriptionSeen:
    item = plan_item_of(subscription)
    cycle_ends_at = instant(item.current_period_end)
    details = subscription.cancellation_details
    next_plan, next_plan_at = _next_plan(subscription, cycle_ends_at)
    return SubscriptionSeen(
        subscription_id=subscription.id,
        customer_id=id_of(subscription.customer),
        tree_id=tree_id_in(subscription.metadata),
        plan=_plan_of(item.price),
        status=subscription.status,
        cycle_started_at=instant(item.current_period_start),
        cycle_ends_at=cycle_ends_at,
        ends_at=_scheduled_end(subscription, cycle_ends_at),
        ended_at=instant_or_none(subscription.ended_at),
        ended_because=details.reason if details else None,
        is_paused=subscription.pause_collection is not None,
        next_plan=next_plan,
        next_plan_at=next_plan_at,
    )


def plan_item_of(subscription: stripe.Subscription) -> stripe.SubscriptionItem:
    """The item of the plan, which is licensed; overage is metered and says nothing about the plan.

    Someone may have changed the price in Stripe: then no plan is named, and any item gives the cycle.
    """
    items = subscription.items.data
    return next((item for item in items if _plan_of(item.price)), items[0])


def _plan_of(price: stripe.Price) -> str | None:
    named = PLAN_LOOKUP_KEY.fullmatch(price.lookup_key or "")
    licensed = price.recurring is not None and price.recurring.usage_type == LICENSED
    return named["plan"] if named and licensed else None


def _next_plan(
    subscription: stripe.Subscription, cycle_ends_at: datetime
) -> tuple[str | None, datetime | None]:
    """The plan of the schedule's next phase, where the schedule was read with its prices."""
    schedule = subscription.schedule
    for phase in schedule.phases if isinstance(schedule, stripe.SubscriptionSchedule) else ():
        if phase.start_date < cycle_ends_at.timestamp():
            continue
        prices = [item.price for item in phase.items if isinstance(item.price, stripe.Price)]
        for plan in filter(None, map(_plan_of, prices)):
            return plan, instant(phase.start_date)
    return None, None


def _scheduled_end(subscription: stripe.Subscription, cycle_ends_at: datetime) -> datetime | None:
    """Flexible billing sets the instant, classic billing the flag; either one means scheduled."""
    if subscription.cancel_at is not None:
        return instant(subscription.cancel_at)
    return cycle_ends_at if subscription.cancel_at_period_end else None


def invoice_seen(invoice: stripe.Invoice) -> InvoiceSeen:
    details = invoice.parent.subscription_details if invoice.parent else None
    untaxed = invoice.total_excluding_tax
    return InvoiceSeen(
        invoice_id=invoice.id,
        number=invoice.number,
        customer_id=id_of(invoice.customer) if invoice.customer else "",
        subscription_id=id_of(details.subscription) if details else None,
        status=invoice.status or "draft",
        billing_reason=invoice.billing_reason,
        currency=invoice.currency,
        subtotal_cents=invoice.subtotal,
        tax_cents=invoice.total - untaxed if untaxed is not None else 0,
        total_cents=invoice.total,
        due_cents=invoice.amount_due,
        paid_cents=invoice.amount_paid,
        created_at=instant(invoice.created),
        paid_at=instant_or_none(invoice.status_transitions.paid_at),
        period_started_at=instant(invoice.period_start),
        period_ends_at=instant(invoice.period_end),
        lines=tuple(_line(line) for line in invoice.lines.auto_paging_iter()),
    )


def _line(line: stripe.InvoiceLineItem) -> InvoiceLine:
    unit_cents = line.pricing.unit_amount_decimal if line.pricing else None
    quantity = line.quantity or 0
    if unit_cents is None:  # what was not priced by the piece has no unit but itself
        unit_cents = Decimal(line.amount) / max(quantity, 1)
    details = line.pricing.price_details if line.pricing else None
    return InvoiceLine(
        line_id=line.id,
        price_id=id_of(details.price) if details else None,
        description=line.description or "",
        quantity=quantity,
        unit_micros=int(unit_cents * MICROS_PER_CENT),
        amount_cents=line.amount,
        period_started_at=instant(line.period.start),
        period_ends_at=instant(line.period.end),
        is_proration=_is_proration(line),
    )


def checkout_seen(session: stripe.checkout.Session) -> CheckoutSeen:
    return CheckoutSeen(
        checkout_id=session.id,
        url=session.url,
        status=session.status or "open",
        tree_id=tree_id_in(session.metadata),
        customer_id=id_or_none(session.customer),
        subscription_id=id_or_none(session.subscription),
    )


def _is_proration(line: stripe.InvoiceLineItem) -> bool:
    """Whichever of the two it came from says so."""
    parent = line.parent
    if parent is None:
        return False
    origins = (parent.subscription_item_details, parent.invoice_item_details)
    return any(origin.proration for origin in origins if origin is not None)


def dispute_seen(dispute: stripe.Dispute, subscription_id: str | None) -> DisputeSeen:
    """Of a dispute that was read with its charge: only the charge names the customer."""
    charge = dispute.charge
    customer = charge.customer if isinstance(charge, stripe.Charge) else None
    return DisputeSeen(
        dispute_id=dispute.id,
        customer_id=id_or_none(customer),
        status=dispute.status,
        reason=dispute.reason,
        amount_cents=dispute.amount,
        currency=dispute.currency,
        subscription_id=subscription_id,
    )


def tree_id_in(metadata: stripe.StripeObject | None) -> UUID | None:
    """The tree that our checkout wrote there; anything else in its place is nobody's."""
    return uuid_or_none(metadata["tree_id"]) if metadata is not None and "tree_id" in metadata else None


def uuid_or_none(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def id_of(reference: str | stripe.StripeObject) -> str:
    """The id of a reference, which is an object where someone asked to have it expanded."""
    return reference if isinstance(reference, str) else str(reference["id"])


def id_or_none(reference: str | stripe.StripeObject | None) -> str | None:
    return None if reference is None else id_of(reference)


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def instant_or_none(seconds: int | None) -> datetime | None:
    return None if seconds is None else instant(seconds)
