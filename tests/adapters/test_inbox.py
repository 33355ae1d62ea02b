"""What comes of a notice: each kind of subscription has its outcome, and what Stripe wrote is kept sealed."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
import stripe

from adapters.local_stripe.notices import SignedNotice
from domain.ids import stream_of_notice
from tests.adapters.billed import checkout, chosen, custom_price, names, pay, sdk, stripe_has
from tests.house import WEBHOOK_SECRET, House


@pytest.fixture
def ana(house: House) -> UUID:
    return house.person("Ana")


@pytest.fixture
def tree_id(house: House, ana: UUID) -> UUID:
    return house.agency_of(ana)[0]


def hear(house: House) -> list[SignedNotice]:
    """What Stripe has to say, and the errands of it."""
    heard = house.stripe.take_notices()
    for notice in heard:
        assert house.wiring.inbox.receive(notice.body, notice.signature)
    house.wiring.deliver_due()
    return heard


def acted_on(house: House, heard: list[SignedNotice]) -> set[tuple[str, UUID | None]]:
    """What came of these notices, each of which was acted on once."""
    found = set()
    for notice in heard:
        stream = stream_of_notice(json.loads(notice.body)["id"])
        received, acted = house.services.evidence.of_stream(stream)
        assert (received.name, acted.name) == ("StripeNotice.Received", "StripeNotice.ActedOn")
        found.add((acted.event.outcome.value, acted.event.tree_id))
    return found


def troubles(house: House) -> list[dict[str, Any]]:
    """Errands that were not done at the first attempt."""
    with house.database.connection() as db:
        return db.execute("SELECT * FROM outbox WHERE done_at IS NULL OR attempts > 1").fetchall()


def a_paid_checkout(house: House, **params: Any) -> str:
    """Of somebody who does not come through our pages: the subscription that it made."""
    session = sdk(house).v1.checkout.sessions.create(
        {"mode": "subscription", "success_url": "http://elsewhere/", **params}
    )
    house.stripe.pay(session.id)
    paid = sdk(house).v1.checkout.sessions.retrieve(session.id)
    return str(paid.subscription)


def test_a_first_payment_is_synced_with_the_tree_it_is_for(house, ana):
    tree_id = chosen(house, ana)
    pay(house, checkout(house, tree_id, ana))

    heard = hear(house)

    assert acted_on(house, heard) == {("synced", tree_id)}


def test_a_second_subscription_of_our_tree_is_remembered_as_not_current_with_the_trees_id(house, tree_id):
    recorded = names(house, tree_id)
    second = a_paid_checkout(
        house,
        line_items=[{"price": house.wiring.gateway.catalogue().plan_price_ids["agency"], "quantity": 1}],
        metadata={"tree_id": str(tree_id)},
        subscription_data={"metadata": {"tree_id": str(tree_id)}},
    )

    heard = hear(house)
    sdk(house).v1.subscriptions.cancel(second)
    heard += hear(house)

    assert acted_on(house, heard) == {("not_current", tree_id)}
    assert names(house, tree_id) == recorded
    assert house.agency.tree(tree_id).status == "active"
    assert troubles(house) == []


@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired"])
def test_a_subscription_whose_first_payment_hangs_is_not_started(house, ana, status):
    tree_id = chosen(house, ana)
    checkout_id = pay(house, checkout(house, tree_id, ana))
    paid = house.wiring.gateway.checkout(checkout_id)
    stripe_has(house, paid.subscription_id, status=status)

    heard = hear(house)

    assert acted_on(house, heard) == {("not_started", tree_id)}
    assert house.agency.tree(tree_id).status == "awaiting_payment"
    assert troubles(house) == []


def test_a_payment_that_hung_and_then_came_starts_the_tree(house, ana):
    tree_id = chosen(house, ana)
    checkout_id = pay(house, checkout(house, tree_id, ana))
    subscription_id = house.wiring.gateway.checkout(checkout_id).subscription_id
    stripe_has(house, subscription_id, status="incomplete")
    hear(house)

    stripe_has(house, subscription_id, status="active")
    sdk(house).v1.subscriptions.update(subscription_id, {"metadata": {"note": "paid"}})
    heard = hear(house)

    assert acted_on(house, heard) == {("synced", tree_id)}
    assert house.agency.tree(tree_id).status == "active"


def test_a_subscription_to_a_foreign_product_is_not_ours_and_done_at_the_first_attempt(house, tree_id):
    product = sdk(house).v1.products.create({"name": "Hats"})
    price = sdk(house).v1.prices.create(
        {
            "product": product.id,
            "currency": "eur",
            "unit_amount": 1_200,
            "recurring": {"interval": "month"},
        }
    )
    recorded = names(house, tree_id)
    foreign = a_paid_checkout(house, line_items=[{"price": price.id, "quantity": 2}])

    heard = hear(house)
    sdk(house).v1.subscriptions.cancel(foreign)
    heard += hear(house)

    assert {json.loads(notice.body)["type"] for notice in heard} >= {
        "checkout.session.completed",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "invoice.paid",
    }
    assert acted_on(house, heard) == {("not_ours", None)}
    assert troubles(house) == []
    assert names(house, tree_id) == recorded


def test_a_tree_id_of_another_installation_is_not_ours(house, tree_id):
    a_paid_checkout(
        house,
        line_items=[{"price": house.wiring.gateway.catalogue().plan_price_ids["agency"], "quantity": 1}],
        subscription_data={"metadata": {"tree_id": str(uuid4())}},
    )

    heard = hear(house)

    assert acted_on(house, heard) == {("not_ours", None)}
    assert troubles(house) == []


def test_our_subscription_with_a_custom_price_lives_on_and_its_end_ends_the_tree(house, ana, tree_id):
    house.child(tree_id, ana, "Acme")
    tree = house.agency.tree(tree_id)
    custom_price(house, tree.subscription_id)
    sdk(house).v1.subscriptions.update(tree.subscription_id, {"metadata": {"note": "a better price"}})
    heard = hear(house)
    meanwhile = house.agency.tree(tree_id)

    sdk(house).v1.subscriptions.cancel(tree.subscription_id)
    heard += hear(house)

    assert acted_on(house, heard) == {("synced", tree_id)}
    assert (meanwhile.status, meanwhile.plan) == ("active", "agency")
    assert house.agency.tree(tree_id).status == "ended"
    assert {house.agency.workspace(one).plan for one in (tree.anchor_id, *tree.children)} == {"free"}
    assert troubles(house) == []


# What Stripe wrote.


def signed(house: House, event: dict[str, Any]) -> tuple[bytes, str]:
    body = json.dumps(event, ensure_ascii=False, indent=1).encode()
    at = int(house.clock().timestamp())
    return body, stripe.WebhookSignature.generate_signature_header(body.decode(), WEBHOOK_SECRET, at)


def an_event(**changes: Any) -> dict[str, Any]:
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": 1_772_355_600,
        "data": {
            "object": {"id": "cus_1", "object": "customer", "name": "Ana 🦉", "email": "ana@example.com"}
        },
        "livemode": False,
        "type": "customer.updated",
        **changes,
    }


def kept(house: House, notice_id: str) -> tuple[str, str]:
    """The body in the vault, and the digest in the fact."""
    stream = stream_of_notice(notice_id)
    body = house.wiring.vault.body(stream)
    assert body is not None
    return body, house.agency.fact(stream, 1).body_sha256


def test_the_body_of_a_notice_is_in_the_vault_and_is_the_one_that_the_fact_vouches_for(house):
    body, signature = signed(house, an_event())

    assert house.wiring.inbox.receive(body, signature)

    in_vault, vouched = kept(house, "evt_1")
    assert in_vault.encode() == body
    assert vouched == hashlib.sha256(body).hexdigest()


def test_every_body_of_a_whole_sale_is_kept(house, ana):
    pay(house, checkout(house, chosen(house, ana), ana))

    heard = hear(house)

    assert len(heard) > 3
    for notice in heard:
        in_vault, vouched = kept(house, json.loads(notice.body)["id"])
        assert in_vault.encode() == notice.body
        assert vouched == hashlib.sha256(notice.body).hexdigest()


def test_another_body_under_a_known_id_does_not_take_the_place_of_the_first(house):
    first, signature = signed(house, an_event(pending_webhooks=2))
    house.wiring.inbox.receive(first, signature)

    known = house.wiring.inbox.receive(*signed(house, an_event(pending_webhooks=1)))

    in_vault, vouched = kept(house, "evt_1")
    assert known is False
    assert in_vault.encode() == first
    assert vouched == hashlib.sha256(first).hexdigest()


def test_a_fact_of_a_notice_names_what_it_is_about_and_nobody(house, tree_id):
    (received,) = [
        fact
        for fact in house.services.evidence.of_tree(tree_id)
        if fact.name == "StripeNotice.Received" and fact.event.type == "customer.subscription.created"
    ]

    tree = house.agency.tree(tree_id)
    about = received.event
    assert (about.object_type, about.object_id) == ("subscription", tree.subscription_id)
    assert (about.customer_id, about.subscription_id, about.tree_id) == (
        tree.customer_id,
        tree.subscription_id,
        tree_id,
    )
    assert b"ana@example.com" not in received.state
