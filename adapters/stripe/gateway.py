"""All that we ever ask of Stripe, and the only way to ask it."""

from __future__ import annotations

from datetime import datetime

import stripe

from adapters.stripe.checkouts import Checkouts
from adapters.stripe.client import client_for
from adapters.stripe.events import Events
from adapters.stripe.invoices import InvoiceLinks, Invoices
from adapters.stripe.metering import Metering
from adapters.stripe.notices import Notice, read_notice
from adapters.stripe.subscriptions import Subscriptions
from adapters.stripe.top_up_invoices import TopUpInvoices

__all__ = ["InvoiceLinks", "StripeGateway", "connect"]


class StripeGateway(Checkouts, Subscriptions, Invoices, TopUpInvoices, Metering, Events):
    def __init__(self, client: stripe.StripeClient, *, webhook_secret: str, livemode: bool) -> None:
        super().__init__(client)
        self._webhook_secret = webhook_secret
        self._livemode = livemode

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
