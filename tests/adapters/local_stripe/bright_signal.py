"""Bright Signal at a local Stripe: what most tests of Stripe begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import stripe

from adapters.local_stripe import LocalStripe
from adapters.stripe.client import client_for
from adapters.stripe.gateway import StripeGateway, connect
from domain.billing import SubscriptionSeen

NEW_YEAR = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
BRIGHT_SIGNAL = UUID("b51a0000-0000-4000-8000-000000000001")
ANAS_EMAIL = "ana@brightsignal.example"
SECRET = "whsec_of_the_tests"
KEY = "sk_test_bright_signal"
BASE_URL = "http://stripe.localhost"
SUCCESS_URL = "http://heartwood.localhost/billing?checkout={CHECKOUT_SESSION_ID}"
CANCEL_URL = "http://heartwood.localhost/billing"


@dataclass(frozen=True, kw_only=True)
class World:
    """A local Stripe, our gateway to it, and Bright Signal's subscription as it began."""

    stripe: LocalStripe
    gateway: StripeGateway
    seen: SubscriptionSeen

    def again(self) -> SubscriptionSeen:
        seen = self.gateway.subscription(self.seen.subscription_id)
        assert seen is not None
        return seen


def a_stripe(state_dir: Path | None = None, *, at: datetime = NEW_YEAR) -> LocalStripe:
    return LocalStripe(state_dir, lambda: at, SECRET)


def a_gateway(local: LocalStripe, *, key: str = KEY) -> StripeGateway:
    return connect(
        key,
        base_url=BASE_URL,
        webhook_secret=SECRET,
        timeout_seconds=5,
        http_client=local.http_client(),
    )


def a_client(local: LocalStripe, *, key: str = KEY) -> stripe.StripeClient:
    """The SDK itself, for what our gateway never asks."""
    return client_for(key, base_url=BASE_URL, timeout_seconds=5, http_client=local.http_client())


def a_checkout(gateway: StripeGateway, *, key: str = "checkout-1", plan: str = "agency") -> str:
    seen = gateway.open_checkout(
        tree_id=BRIGHT_SIGNAL,
        plan=plan,
        customer_id=None,
        email=ANAS_EMAIL,
        success_url=SUCCESS_URL,
        cancel_url=CANCEL_URL,
        idempotency_key=key,
    )
    return seen.checkout_id


def a_subscription(
    local: LocalStripe | None = None, *, at: datetime = NEW_YEAR, plan: str = "agency"
) -> World:
    local = local or a_stripe(at=at)
    gateway = a_gateway(local)
    return paid(local, gateway, a_checkout(gateway, plan=plan))


def a_classic_subscription() -> World:
    """Billed in the older mode, which our own checkout never asks for."""
    local = a_stripe()
    gateway = a_gateway(local)
    catalogue = gateway.ensure_catalogue()
    session = a_client(local).v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [
                {"price": catalogue.plan_price_ids["agency"], "quantity": 1},
                {"price": catalogue.overage_price_id},
            ],
            "subscription_data": {
                "billing_mode": {"type": "classic"},
                "metadata": {"tree_id": str(BRIGHT_SIGNAL)},
            },
            "success_url": SUCCESS_URL,
        }
    )
    return paid(local, gateway, session.id)


def paid(local: LocalStripe, gateway: StripeGateway, checkout_id: str) -> World:
    local.pay(checkout_id)
    checkout = gateway.checkout(checkout_id)
    assert checkout is not None
    assert checkout.subscription_id is not None
    seen = gateway.subscription(checkout.subscription_id)
    assert seen is not None
    return World(stripe=local, gateway=gateway, seen=seen)


def types_of(local: LocalStripe) -> list[str]:
    """What Stripe told us since it was last asked."""
    return [notice.type for notice in local.take_notices()]
