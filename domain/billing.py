"""What we understand of Stripe: its objects, as far as a decision of ours depends on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class BillingFault(Exception):
    """Stripe did not answer, or said no; what was recorded before stays recorded."""

    kind = "try_again"  # or refused, or misconfigured


LIVE_STATUSES = frozenset({"trialing", "active", "past_due", "incomplete", "paused"})
UNPAID = "unpaid"  # its payment was given up; it gives nobody a plan, and goes on once its invoice is paid
ENDED_STATUSES = frozenset({"canceled", UNPAID, "incomplete_expired"})


class PaymentStanding(StrEnum):
    """How the payments of a subscription stand while it lives. None of these takes a plan away."""

    CURRENT = "current"
    PAST_DUE = "past_due"  # an invoice was not paid, and Stripe tries again
    PAUSED = "paused"  # somebody stopped the collection in Stripe's dashboard


@dataclass(frozen=True, kw_only=True)
class SubscriptionSeen:
    """A subscription as Stripe showed it to us just now."""

    subscription_id: str
    customer_id: str
    tree_id: UUID | None  # from the metadata that our checkout set
    plan: str | None  # None: Stripe names no plan of ours
    status: str
    cycle_started_at: datetime  # of the plan's subscription item
    cycle_ends_at: datetime
    ends_at: datetime | None  # a scheduled cancellation, in either billing mode
    ended_at: datetime | None
    ended_because: str | None  # Stripe's cancellation_details.reason
    is_paused: bool = False  # its collection is
    next_plan: str | None = None  # a plan that it is set to change to
    next_plan_at: datetime | None = None

    @property
    def standing(self) -> PaymentStanding:
        if self.status == "past_due":
            return PaymentStanding.PAST_DUE
        paused = self.is_paused or self.status == "paused"
        return PaymentStanding.PAUSED if paused else PaymentStanding.CURRENT

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED_STATUSES

    @property
    def has_started(self) -> bool:
        """Paid for at least once. An incomplete subscription gives nobody a plan."""
        return self.status not in {"incomplete", "incomplete_expired"}


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One line of an invoice."""

    line_id: str
    price_id: str | None
    description: str
    quantity: int
    unit_micros: int  # price of one piece, in millionths of the currency unit
    amount_cents: int
    period_started_at: datetime
    period_ends_at: datetime
    is_proration: bool


@dataclass(frozen=True, kw_only=True)
class InvoiceSeen:
    """An invoice as Stripe showed it to us just now.

    Its links are left out: they show the customer's name and address to whoever holds them, and
    expire. They are asked for when someone clicks.
    """

    invoice_id: str
    number: str | None  # a draft has none
    customer_id: str
    subscription_id: str | None
    status: str  # draft, open, paid, void or uncollectible
    billing_reason: str | None  # Stripe's word for why there is an invoice
    currency: str
    subtotal_cents: int
    tax_cents: int
    total_cents: int
    due_cents: int
    paid_cents: int
    created_at: datetime
    paid_at: datetime | None
    period_started_at: datetime  # Stripe's period of the invoice, in arrears; not a cycle of a pool
    period_ends_at: datetime
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
class DisputeSeen:
    """A payment that its payer disputes, as Stripe showed it to us just now."""

    dispute_id: str
    customer_id: str | None
    status: str
    reason: str
    amount_cents: int
    currency: str
    subscription_id: str | None = None  # that the payment was for


class NoticeOutcome(StrEnum):
    """What came of a notice."""

    SYNCED = "synced"  # the tree is as Stripe says
    NOT_STARTED = "not_started"  # the tree's first payment is not done yet
    NOT_CURRENT = "not_current"  # the subscription is of our tree, but not the one that it lives on
    NOT_OURS = "not_ours"  # no tree of ours is named
    NOTHING_TO_DO = "nothing_to_do"  # the notice is about no subscription


@dataclass(frozen=True, kw_only=True)
class NoticeSeen:
    """A notice whose signature held, as far as it is remembered."""

    notice_id: str
    type: str
    object_type: str | None
    object_id: str | None
    customer_id: str | None
    subscription_id: str | None
    tree_id: UUID | None  # from the metadata that our checkout set
    stripe_created_at: datetime
    api_version: str | None  # a thin notice has none
    livemode: bool
    body_sha256: str
