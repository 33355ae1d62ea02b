"""What becomes of an invoice, and of its subscription, when the card declines?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import stripe

from adapters.local_stripe.answers import Refusal
from tests.adapters.local_stripe.bright_signal import (
    World,
    a_checkout,
    a_client,
    a_gateway,
    a_stripe,
    a_subscription,
    types_of,
)

SUBSCRIPTION, CUSTOMER, RENEWAL = "sub_000001", "cus_000001", "in_000002"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAILED = ["invoice.finalized", "invoice.payment_failed", "invoice.updated", "customer.subscription.updated"]


def behind() -> World:
    """The card declines, and the renewal was tried once."""
    world = a_subscription()
    world.stripe.do("set_card", CUSTOMER, card="declining")
    world.stripe.advance(world.seen.cycle_ends_at)
    world.stripe.take_notices()
    world.stripe.advance_by(3_600)
    return world


def invoice_of(world: World, invoice_id: str = RENEWAL) -> Any:
    return a_client(world.stripe).v1.invoices.retrieve(invoice_id).to_dict()


def test_a_renewal_that_is_not_paid_is_told_and_tried_again() -> None:
    world = behind()

    invoice = invoice_of(world)

    assert types_of(world.stripe) == FAILED
    assert world.again().status == "past_due"
    assert (invoice["status"], invoice["attempted"], invoice["attempt_count"]) == ("open", True, 1)
    assert invoice["next_payment_attempt"] == int((world.stripe.now() + 3 * DAY).timestamp())
    assert invoice["amount_remaining"] == 24_900


def test_a_retry_with_another_card_pays() -> None:
    world = behind()
    world.stripe.do("set_card", CUSTOMER, card="good")
    world.stripe.take_notices()

    world.stripe.advance_by(3 * 86_400)

    assert types_of(world.stripe) == ["invoice.paid", "customer.subscription.updated"]
    assert world.again().status == "active"
    assert (invoice_of(world)["attempt_count"], invoice_of(world)["next_payment_attempt"]) == (2, None)


@pytest.mark.parametrize(
    ("setting", "told", "reason"),
    [
        ("canceled", "customer.subscription.deleted", "payment_failed"),
        ("unpaid", "customer.subscription.updated", None),
        ("past_due", "invoice.updated", None),
    ],
)
def test_after_the_last_retry_it_is_as_the_account_says(setting: str, told: str, reason: str | None) -> None:
    world = behind()
    world.stripe.turn_knobs(after_retries=setting)
    last = world.stripe.now() + 15 * DAY

    world.stripe.advance(last - timedelta(seconds=1))
    before = world.again().status
    world.stripe.take_notices()
    world.stripe.advance(last)

    assert before == "past_due"
    assert (world.again().status, world.again().ended_because) == (setting, reason)
    assert types_of(world.stripe)[-1] == told
    assert (invoice_of(world)["attempt_count"], invoice_of(world)["next_payment_attempt"]) == (4, None)


def test_an_unpaid_subscription_goes_on_in_drafts_until_somebody_pays() -> None:
    world = behind()
    world.stripe.turn_knobs(after_retries="unpaid")
    world.stripe.advance(world.again().cycle_ends_at + DAY)
    draft = invoice_of(world, "in_000003")
    world.stripe.do("set_card", CUSTOMER, card="good")

    world.stripe.do("pay", RENEWAL)

    assert (draft["status"], draft["auto_advance"]) == ("draft", False)
    assert world.again().status == "active"


def test_paying_by_hand_does_not_change_when_it_is_tried_again() -> None:
    world = behind()
    before = invoice_of(world)
    world.stripe.take_notices()

    with pytest.raises(stripe.CardError) as declined:
        a_client(world.stripe).v1.invoices.pay(RENEWAL)

    assert declined.value.code == "card_declined"
    assert types_of(world.stripe) == ["invoice.payment_failed"]
    assert invoice_of(world) == before
    assert len(a_client(world.stripe).v1.charges.list({"customer": CUSTOMER}).data) == 3


def test_what_was_paid_elsewhere_is_paid() -> None:
    world = behind()

    paid = a_client(world.stripe).v1.invoices.pay(RENEWAL, {"paid_out_of_band": True})

    assert (paid.status, world.again().status) == ("paid", "active")


@pytest.mark.parametrize(
    ("deed", "status", "moment", "told", "then"),
    [
        ("void", "void", "voided_at", "invoice.voided", "active"),
        (
            "mark_uncollectible",
            "uncollectible",
            "marked_uncollectible_at",
            "invoice.marked_uncollectible",
            "active",
        ),
    ],
)
def test_what_is_given_up_is_told_and_owed_no_more(
    deed: str, status: str, moment: str, told: str, then: str
) -> None:
    world = behind()
    world.stripe.take_notices()

    world.stripe.do(deed, RENEWAL)

    invoice = invoice_of(world)
    assert types_of(world.stripe) == [told, "invoice.updated", "customer.subscription.updated"]
    assert (invoice["status"], invoice["status_transitions"][moment]) == (
        status,
        int(world.stripe.now().timestamp()),
    )
    assert invoice["next_payment_attempt"] is None
    assert world.again().status == then


def test_only_what_is_open_can_be_given_up() -> None:
    client = a_client(a_subscription().stripe)

    for ask in (
        client.v1.invoices.void_invoice,
        client.v1.invoices.mark_uncollectible,
        client.v1.invoices.finalize_invoice,
        client.v1.invoices.pay,
    ):
        with pytest.raises(stripe.InvalidRequestError):
            ask("in_000001")


def test_a_draft_is_finalized_before_its_hour_is_over() -> None:
    world = a_subscription()
    world.stripe.advance(world.seen.cycle_ends_at)

    final = a_client(world.stripe).v1.invoices.finalize_invoice(RENEWAL, {"auto_advance": False})

    assert (final.status, final.number) == ("open", "HW0001-0002")


def test_a_declining_card_opens_nothing() -> None:
    local = a_stripe()
    gateway = a_gateway(local)
    checkout_id = a_checkout(gateway)

    with pytest.raises(Refusal, match="declined"):
        local.pay(checkout_id, card="declining")

    seen = gateway.checkout(checkout_id)
    assert seen is not None
    assert seen.status == "open"
    assert types_of(local) == []
    assert a_client(local).v1.customers.list().data == []


def test_a_card_that_is_good_once_declines_the_renewal() -> None:
    local = a_stripe()
    gateway = a_gateway(local)
    local.pay(a_checkout(gateway), card="good_once")

    local.advance_by(31 * 86_400 + 3_600)

    seen = gateway.subscription(SUBSCRIPTION)
    assert seen is not None
    assert seen.status == "past_due"


def test_what_ended_is_not_collected_any_more() -> None:
    world = behind()

    world.gateway.end(SUBSCRIPTION, "end-1")
    world.stripe.do("set_card", CUSTOMER, card="good")
    world.stripe.advance_by(30 * 86_400)

    assert invoice_of(world)["status"] == "open"


def test_an_invoice_of_nothing_is_paid_without_a_charge() -> None:
    world = a_subscription(plan="agency")
    client = a_client(world.stripe)
    free = client.v1.prices.create(
        {
            "currency": "eur",
            "product": "heartwood_agency",
            "unit_amount": 0,
            "recurring": {"interval": "month"},
        }
    )
    client.v1.subscriptions.update(
        SUBSCRIPTION, {"items": [{"id": "si_000001", "price": free.id}], "proration_behavior": "none"}
    )
    world.stripe.do("set_card", CUSTOMER, card="declining")

    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    invoice = invoice_of(world)
    assert (invoice["status"], invoice["total"], invoice["attempt_count"]) == ("paid", 0, 0)
    assert len(client.v1.charges.list().data) == 1
