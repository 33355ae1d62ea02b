"""What we understand of Stripe: its objects, as far as a decision of ours depends on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


class BillingFault(Exception):
    """Stripe did not answer, or said no; what was recorded before stays recorded."""


LIVE_STATUSES = frozenset({"trialing", "active", "past_due", "incomplete", "paused"})
ENDED_STATUSES = frozenset({"canceled", "unpaid", "incomplete_expired"})


@dataclass(frozen=True, kw_only=True)
class SubscriptionSeen:
    """A subscription as Stripe showed it to us just now."""

    subscription_id: str
    customer_id: str
    tree_id: UUID | None  # from the metadata that our checkout set
    plan: str
    status: str
    cycle_started_at: datetime  # of the plan's subscription item
    cycle_ends_at: datetime
    ends_at: datetime | None  # a scheduled cancellation, in either billing mode
    ended_at: datetime | None
    ended_because: str | None  # Stripe's cancellation_details.reason

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED_STATUSES

    @property
    def has_started(self) -> bool:
        """Paid for at least once. An incomplete subscription gives nobody a plan."""
        return self.status in {"trialing", "active", "past_due", "paused"} or (
            self.status in {"canceled", "unpaid"}
        )


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One line of an invoice."""

    description: str
    quantity: int
    unit_micros: int  # price of one piece, in millionths of the currency unit
    amount_cents: int


@dataclass(frozen=True, kw_only=True)
class InvoiceSeen:
    """An invoice as Stripe showed it to us just now."""

    invoice_id: str
    number: str | None  # a draft has none
    subscription_id: str | None
    status: str  # draft, open, paid, void or uncollectible
    currency: str
    total_cents: int
    paid_cents: int
    created_at: datetime
    paid_at: datetime | None
    cycle_started_at: datetime  # of the invoice itself: the cycle that just ended
    cycle_ends_at: datetime
    hosted_url: str | None
    pdf_url: str | None
    lines: tuple[InvoiceLine, ...]


@dataclass(frozen=True, kw_only=True)
class CheckoutSeen:
    """A checkout session as Stripe showed it to us just now."""

    checkout_id: str
    url: str | None  # where the buyer pays, while it is open
    status: str  # open, complete or expired
    tree_id: UUID | None
    customer_id: str | None
    subscription_id: str | None


@dataclass(frozen=True, kw_only=True)
class NoticeSeen:
    """A notice whose signature held, as far as it is remembered."""

    notice_id: str
    type: str
    object_id: str
    subscription_id: str | None
    stripe_created_at: datetime
    api_version: str | None  # a thin notice has none
    livemode: bool
    body_sha256: str
