"""Which payments failed before a tree ended, and when: each was a warning, and a chance to pay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.fact import Fact
from domain.notice import StripeNotice
from projections.history.downgrade.subscription import SubscriptionTold
from projections.history.wording import instant

WARNINGS = {
    "invoice.payment_failed": "a payment failed",
    "invoice.payment_action_required": "a payment waited for the bank’s confirmation",
    "charge.dispute.created": "a payment was disputed with the bank",
}


@dataclass(frozen=True, kw_only=True)
class PaymentFailed:
    notice_id: str
    type: str
    object_id: str | None
    failed_at: datetime  # at Stripe, to the second
    received_at: datetime


def payments_failed(facts: Iterable[Fact], told: SubscriptionTold) -> tuple[PaymentFailed, ...]:
    """Of this tree’s subscription, until its end."""
    found = []
    for fact in facts:
        if told.end is not None and fact.position > told.end.position:
            break
        event = fact.event
        if not isinstance(event, StripeNotice.Received) or event.type not in WARNINGS:
            continue
        # A dispute names none, and neither does an invoice for credits, which warned of nothing.
        is_dispute = event.object_type == "dispute" and event.subscription_id is None
        if is_dispute or event.subscription_id == told.subscription_id:
            found.append(
                PaymentFailed(
                    notice_id=event.notice_id,
                    type=event.type,
                    object_id=event.object_id,
                    failed_at=event.stripe_created_at,
                    received_at=event.timestamp,
                )
            )
    return tuple(found)


def sentence_of(one: PaymentFailed) -> str:
    about = f" for {one.object_id}" if one.object_id else ""
    return (
        f"On {instant(one.failed_at)} {WARNINGS[one.type]}{about};"
        f" we heard of it on {instant(one.received_at)} through notice {one.notice_id}."
    )
