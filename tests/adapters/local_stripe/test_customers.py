"""Is a deleted customer gone for good, with all that it pays for?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import stripe

from adapters.local_stripe import LocalStripe
from adapters.local_stripe.answers import Refusal
from tests.adapters.local_stripe.bright_signal import a_client, a_stripe, a_subscription, types_of

CUSTOMER = "cus_000001"


def by_the_api(local: LocalStripe) -> None:
    a_client(local).v1.customers.delete(CUSTOMER)


def in_the_dashboard(local: LocalStripe) -> None:
    local.do("delete_customer", CUSTOMER)


@pytest.mark.parametrize("delete", [by_the_api, in_the_dashboard])
def test_its_subscriptions_end_and_nothing_else_is_left(delete: Callable[[LocalStripe], None]) -> None:
    world = a_subscription()
    world.stripe.take_notices()

    delete(world.stripe)

    client = a_client(world.stripe)
    assert types_of(world.stripe) == ["customer.subscription.deleted", "customer.deleted"]
    assert world.again().status == "canceled"
    left = client.v1.customers.retrieve(CUSTOMER).to_dict()
    assert left == {"id": CUSTOMER, "object": "customer", "deleted": True}
    assert client.v1.customers.list().data == []
    assert world.gateway.has_customer(CUSTOMER) is False
    assert [one.status for one in world.gateway.subscriptions_of(CUSTOMER)] == ["canceled"]


def test_it_can_buy_nothing_any_more() -> None:
    world = a_subscription()
    session = a_client(world.stripe).v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": CUSTOMER,
            "line_items": [{"price": "price_000001", "quantity": 1}],
            "success_url": "http://heartwood.localhost/",
        }
    )
    in_the_dashboard(world.stripe)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        a_client(world.stripe).v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "customer": CUSTOMER,
                "line_items": [{"price": "price_000001", "quantity": 1}],
                "success_url": "http://heartwood.localhost/",
            }
        )
    with pytest.raises(Refusal, match="expired"):
        world.stripe.pay(session.id)

    assert (refused.value.code, refused.value.param) == ("resource_missing", "customer")


def test_time_goes_on_without_it() -> None:
    world = a_subscription()
    world.stripe.advance(world.seen.cycle_ends_at)
    in_the_dashboard(world.stripe)
    world.stripe.take_notices()

    world.stripe.advance_by(40 * 86_400)

    assert types_of(world.stripe) == []
    assert world.gateway.invoices("sub_000001")[0].status == "draft"


@pytest.mark.parametrize("method", ["update", "delete"])
def test_it_is_missing_for_whoever_wants_to_change_it(method: str) -> None:
    world = a_subscription()
    in_the_dashboard(world.stripe)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        getattr(a_client(world.stripe).v1.customers, method)(CUSTOMER)

    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)


def test_only_a_card_of_a_known_kind_can_be_given() -> None:
    local = a_stripe()
    a_client(local).v1.customers.create({"name": "Ana"})

    with pytest.raises(Refusal, match="good or declining"):
        local.do("set_card", CUSTOMER, card="stolen")


def test_a_meter_takes_nothing_of_it() -> None:
    world = a_subscription()
    in_the_dashboard(world.stripe)

    with pytest.raises(Exception, match="No such customer"):
        world.gateway.report_overage(
            customer_id=CUSTOMER,
            identifier="ov:1",
            quantity=1,
            at=world.stripe.now() - timedelta(minutes=1),
        )
