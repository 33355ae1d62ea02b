"""All that we ever ask of Stripe, and the only way to ask it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import stripe

from adapters.stripe.catalogue import METER_CUSTOMER_KEY, METER_EVENT_NAME, METER_VALUE_KEY, Catalogue
from adapters.stripe.catalogue import ensure_catalogue as ensure_catalogue_with
from adapters.stripe.client import client_for
from adapters.stripe.errors import StripeMisconfigured, StripeRefused, none_if_missing, our_faults
from adapters.stripe.notices import Notice, read_notice
from adapters.stripe.reading import checkout_seen, invoice_seen, subscription_seen
from domain.billing import LIVE_STATUSES, CheckoutSeen, InvoiceSeen, SubscriptionSeen

if TYPE_CHECKING:
    from stripe.params import SubscriptionUpdateParams
    from stripe.params.checkout import SessionCreateParams

OBJECT_ID = re.compile(r"[a-z]+_[A-Za-z0-9_]+")
INVOICES_MAX = 100
SUBSCRIPTIONS_MAX = 100


@dataclass(frozen=True, kw_only=True)
class InvoiceLinks:
    """Secrets for whoever may see the invoice; made on click, kept nowhere."""

    page_url: str
    pdf_url: str


class StripeGateway:
    """Every call either answers or raises one of our three kinds of fault."""

    def __init__(self, client: stripe.StripeClient, *, webhook_secret: str, livemode: bool) -> None:
        self._client = client
        self._webhook_secret = webhook_secret
        self._livemode = livemode
        self._catalogue: Catalogue | None = None

    # What is sold.

    def ensure_catalogue(self) -> Catalogue:
        with our_faults():
            self._catalogue = ensure_catalogue_with(self._client)
            return self._catalogue

    def catalogue(self) -> Catalogue:
        return self._catalogue or self.ensure_catalogue()

    # Checkout.

    def open_checkout(
        self,
        *,
        tree_id: UUID,
        plan: str,
        customer_id: str | None,
        email: str | None,
        success_url: str,
        cancel_url: str,
        idempotency_key: str,
    ) -> CheckoutSeen:
        catalogue = self.catalogue()
        if plan not in catalogue.plan_price_ids:
            raise StripeMisconfigured(f"the plan {plan} is not sold", code="plan_unknown")
        metadata = {"tree_id": str(tree_id)}
        params: SessionCreateParams = {
            "mode": "subscription",
            "client_reference_id": str(tree_id),
            "metadata": metadata,
            "subscription_data": {"metadata": metadata},
            "line_items": [
                {"price": catalogue.plan_price_ids[plan], "quantity": 1},
                {"price": catalogue.overage_price_id},  # a metered price takes no quantity
            ],
            "success_url": success_url,
            "cancel_url": cancel_url,
        }
        if customer_id is not None:
            params["customer"] = customer_id
        elif email is not None:
            params["customer_email"] = email
        with our_faults():
            session = self._client.v1.checkout.sessions.create(params, {"idempotency_key": idempotency_key})
            return checkout_seen(session)

    def checkout(self, checkout_id: str) -> CheckoutSeen | None:
        if not _is_id(checkout_id):
            return None
        return none_if_missing(lambda: checkout_seen(self._client.v1.checkout.sessions.retrieve(checkout_id)))

    # Subscriptions.

    def subscription(self, subscription_id: str) -> SubscriptionSeen | None:
        if not _is_id(subscription_id):
            return None
        return none_if_missing(
            lambda: subscription_seen(self._client.v1.subscriptions.retrieve(subscription_id))
        )

    def live_subscriptions(self, customer_id: str) -> list[SubscriptionSeen]:
        """Whatever this customer still has, so that nobody buys a second one by accident."""
        with our_faults():
            found = self._client.v1.subscriptions.list({"customer": customer_id, "limit": SUBSCRIPTIONS_MAX})
            seen = [subscription_seen(subscription) for subscription in found.auto_paging_iter()]
            return [subscription for subscription in seen if subscription.status in LIVE_STATUSES]

    def schedule_cancellation(self, subscription_id: str, idempotency_key: str) -> SubscriptionSeen:
        """At the end of the period that runs now. Asking twice changes nothing."""
        with our_faults():
            subscription = self._client.v1.subscriptions.retrieve(subscription_id)
            if not _is_scheduled(subscription):
                flexible = subscription.billing_mode.type == "flexible"
                params: SubscriptionUpdateParams = (
                    {"cancel_at": "min_period_end"} if flexible else {"cancel_at_period_end": True}
                )
                subscription = self._update(subscription_id, params, idempotency_key)
            return subscription_seen(subscription)

    def clear_cancellation(self, subscription_id: str, idempotency_key: str) -> SubscriptionSeen:
        """Clears whichever is set; Stripe refuses the two in one call."""
        with our_faults():
            subscription = self._client.v1.subscriptions.retrieve(subscription_id)
            if subscription.cancel_at_period_end:
                subscription = self._update(
                    subscription_id, {"cancel_at_period_end": False}, f"{idempotency_key}:flag"
                )
            if subscription.cancel_at is not None:
                self._update(subscription_id, {"cancel_at": ""}, f"{idempotency_key}:instant")
            subscription = self._client.v1.subscriptions.retrieve(subscription_id)
            if _is_scheduled(subscription):
                raise StripeRefused(
                    f"subscription {subscription_id} is still to be cancelled", code="still_scheduled"
                )
            return subscription_seen(subscription)

    def _update(
        self, subscription_id: str, params: SubscriptionUpdateParams, idempotency_key: str
    ) -> stripe.Subscription:
        return self._client.v1.subscriptions.update(
            subscription_id, params, {"idempotency_key": idempotency_key}
        )

    # Invoices.

    def invoices(self, subscription_id: str, limit: int = 12) -> list[InvoiceSeen]:
        """The newest first."""
        with our_faults():
            found = self._client.v1.invoices.list(
                {"subscription": subscription_id, "limit": min(limit, INVOICES_MAX)}
            )
            return [invoice_seen(invoice) for invoice in found.data]

    def invoice_links(self, invoice_id: str) -> InvoiceLinks | None:
        """Where the invoice can be read, from now on for a while; a draft can be read nowhere."""
        if not _is_id(invoice_id):
            return None
        found = none_if_missing(lambda: self._client.v1.invoices.retrieve(invoice_id))
        if found is None or found.hosted_invoice_url is None or found.invoice_pdf is None:
            return None
        return InvoiceLinks(page_url=found.hosted_invoice_url, pdf_url=found.invoice_pdf)

    # The portal.

    def open_portal(self, customer_id: str, return_url: str) -> str:
        """Whoever holds this URL is the customer: make it on the click, never store or log it."""
        configuration = self.catalogue().portal_configuration_id
        with our_faults():
            session = self._client.v1.billing_portal.sessions.create(
                {"customer": customer_id, "configuration": configuration, "return_url": return_url}
            )
            return session.url

    # Metering.

    def report_overage(self, *, customer_id: str, identifier: str, quantity: int, at: datetime) -> None:
        """Events above the pool. The identifier makes it happen once; that it did so before is success."""
        assert quantity > 0
        with our_faults():
            try:
                # No idempotency key beside the identifier: Stripe would repeat a stored failure
                # for a day, and the closed cycle's invoice stays open for an hour.
                self._client.v1.billing.meter_events.create(
                    {
                        "event_name": METER_EVENT_NAME,
                        "identifier": identifier,
                        "timestamp": int(at.timestamp()),
                        "payload": {METER_CUSTOMER_KEY: customer_id, METER_VALUE_KEY: str(quantity)},
                    }
                )
            except stripe.InvalidRequestError as error:
                if "already exists" not in (error.user_message or ""):
                    raise

    # Notices.

    def read_notice(self, body: bytes, signature: str, *, now: datetime) -> Notice:
        """Raises NoticeRefused unless it is Stripe's, fresh, of our mode and of the pinned version."""
        return read_notice(body, signature, secret=self._webhook_secret, livemode=self._livemode, now=now)


def connect(
    secret_key: str,
    *,
    base_url: str | None,
    webhook_secret: str,
    timeout_seconds: float,
    http_client: stripe.HTTPClient | None = None,
) -> StripeGateway:
    client = client_for(
        secret_key, base_url=base_url, timeout_seconds=timeout_seconds, http_client=http_client
    )
    return StripeGateway(
        client, webhook_secret=webhook_secret, livemode=secret_key.startswith(("sk_live_", "rk_live_"))
    )


def _is_id(text: str) -> bool:
    """An id may come from a URL that a stranger wrote, and becomes part of a path at Stripe."""
    return OBJECT_ID.fullmatch(text) is not None


def _is_scheduled(subscription: stripe.Subscription) -> bool:
    return subscription.cancel_at_period_end or subscription.cancel_at is not None
