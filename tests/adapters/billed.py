"""An agency that is billed: what it asks for, and what Stripe and the log say then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import stripe

from adapters.stripe.client import client_for
from tests.house import House
from tests.tracked import tracked

AWAY = 1_000  # calls that Stripe answers with 500: more than anybody makes


@contextmanager
def stripe_away(house: House) -> Iterator[None]:
    house.stripe.turn_knobs(fail_next=AWAY)
    yield
    house.stripe.turn_knobs(fail_next=0)


def names(house: House, tree_id: UUID) -> list[str]:
    """The facts of the tree itself, in order."""
    return [fact.name for fact in house.services.evidence.of_stream(tree_id)]


def sdk(house: House) -> stripe.StripeClient:
    """Stripe itself, for what our gateway never asks."""
    return client_for(
        "sk_test_1",
        base_url="http://stripe.localhost",
        timeout_seconds=5,
        http_client=house.stripe.http_client(),
    )


def told(house: House, type_: str) -> int:
    """How often Stripe says that this happened."""
    return len(sdk(house).v1.events.list({"type": type_, "limit": 100}).data)


def checkout(house: House, tree_id: UUID, person: UUID, email: str = "ana@example.com") -> str:
    return house.wiring.billing.open_checkout(
        tree_id,
        person,
        email=email,
        success_url="http://localhost/billing/returned?checkout_id={CHECKOUT_SESSION_ID}",
        cancel_url="http://localhost/",
        because=house.because(f"person:{person}"),
    )


def chosen(house: House, ana: UUID) -> UUID:
    """The plan is chosen and not paid for."""
    anchor_id, because = house.workspace(ana), house.because(f"person:{ana}")
    return house.agency.choose_plan(anchor_id, ana, "agency", uuid4(), because=because).id


def pay(house: House, url: str) -> str:
    """Pay the checkout that an address leads to; its id."""
    checkout_id = url.rsplit("/", 1)[1]
    house.stripe.pay(checkout_id)
    return checkout_id


def stripe_has(house: House, subscription_id: str, **fields: Any) -> None:
    """A state of a subscription that comes about in Stripe only: a payment that hangs, a dashboard."""
    with house.stripe.store.transaction():
        kept = house.stripe.account.find("subscription", subscription_id)
        house.stripe.account.save({**kept, **fields})


def custom_price(house: House, subscription_id: str) -> None:
    """Somebody agreed on a price in Stripe's dashboard: no lookup key of ours is left."""
    items = house.stripe.account.find("subscription", subscription_id)["items"]
    for item in items["data"]:
        item["price"]["lookup_key"] = None
    stripe_has(house, subscription_id, items=items)


def cancel(house: House, tree_id: UUID, ana: UUID) -> None:
    house.wiring.billing.cancel(tree_id, ana, because=house.because(f"person:{ana}"))


def reactivate(house: House, tree_id: UUID, ana: UUID) -> None:
    house.wiring.billing.reactivate(tree_id, ana, because=house.because(f"person:{ana}"))


def fill(house: House, workspace_id: UUID, events: int) -> None:
    for _ in range(events // 1_000):
        items = [tracked() for _ in range(1_000)]
        house.wiring.ingest.track(workspace_id, items, because=house.because("key:1"))
