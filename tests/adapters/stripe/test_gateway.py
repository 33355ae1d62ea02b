"""Does each question to Stripe come back as our own object?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.stripe.errors import StripeMisconfigured, StripeRefused
from adapters.stripe.gateway import InvoiceLinks
from tests.adapters.local_stripe.bright_signal import (
    ANAS_EMAIL,
    BRIGHT_SIGNAL,
    CANCEL_URL,
    NEW_YEAR,
    SUCCESS_URL,
    a_checkout,
    a_client,
    a_gateway,
    a_stripe,
    a_subscription,
)

FEBRUARY = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)


def test_an_open_checkout_says_where_to_pay_and_for_which_tree() -> None:
    gateway = a_gateway(a_stripe())

    seen = gateway.checkout(a_checkout(gateway))

    assert seen is not None
    assert (seen.status, seen.tree_id) == ("open", BRIGHT_SIGNAL)
    assert seen.url == f"http://stripe.localhost/c/pay/{seen.checkout_id}"
    assert (seen.customer_id, seen.subscription_id) == (None, None)


def test_a_paid_checkout_names_its_customer_and_subscription() -> None:
    world = a_subscription()

    seen = world.gateway.checkout("cs_test_000001")

    assert seen is not None
    assert (seen.status, seen.url) == ("complete", None)
    assert (seen.customer_id, seen.subscription_id) == ("cus_000001", "sub_000001")


def test_a_subscription_is_read_from_its_plans_item() -> None:
    seen = a_subscription().seen

    assert (seen.plan, seen.status, seen.tree_id) == ("agency", "active", BRIGHT_SIGNAL)
    assert (seen.cycle_started_at, seen.cycle_ends_at) == (NEW_YEAR, FEBRUARY)
    assert (seen.ends_at, seen.ended_at, seen.ended_because) == (None, None, None)


@pytest.mark.parametrize("unknown", ["sub_999999", "", "../customers", "sub_1?x=1", "in_000001"])
def test_what_stripe_does_not_know_is_none(unknown: str) -> None:
    gateway = a_subscription().gateway

    seen = (gateway.subscription(unknown), gateway.checkout(unknown))

    assert seen == (None, None)


def test_a_returning_customer_is_not_made_twice() -> None:
    world = a_subscription()
    again = world.gateway.open_checkout(
        tree_id=BRIGHT_SIGNAL,
        plan="pro",
        customer_id=world.seen.customer_id,
        email=ANAS_EMAIL,
        success_url=SUCCESS_URL,
        cancel_url=CANCEL_URL,
        idempotency_key="checkout-2",
    )

    world.stripe.pay(again.checkout_id)

    live = world.gateway.live_subscriptions(world.seen.customer_id)
    assert [(seen.subscription_id, seen.plan) for seen in live] == [
        ("sub_000002", "pro"),
        ("sub_000001", "agency"),
    ]


def test_a_cancelled_subscription_is_not_live() -> None:
    world = a_subscription()
    a_client(world.stripe).v1.subscriptions.cancel(world.seen.subscription_id)

    live = world.gateway.live_subscriptions(world.seen.customer_id)

    assert live == []
    assert world.again().has_ended


def test_invoices_come_newest_first() -> None:
    world = a_subscription()
    world.stripe.advance(datetime(2026, 3, 2, tzinfo=UTC))

    invoices = world.gateway.invoices(world.seen.subscription_id)

    assert [invoice.number for invoice in invoices] == ["HW0001-0003", "HW0001-0002", "HW0001-0001"]
    assert world.gateway.invoices(world.seen.subscription_id, limit=1) == invoices[:1]


def test_a_paid_invoice_has_everything_that_an_invoice_page_shows() -> None:
    world = a_subscription()

    (invoice,) = world.gateway.invoices(world.seen.subscription_id)

    assert (invoice.status, invoice.currency) == ("paid", "eur")
    assert (invoice.total_cents, invoice.paid_cents) == (24_900, 24_900)
    assert invoice.created_at == invoice.paid_at == NEW_YEAR
    assert invoice.subscription_id == world.seen.subscription_id
    assert (invoice.customer_id, invoice.billing_reason) == (world.seen.customer_id, "subscription_create")
    assert (invoice.subtotal_cents, invoice.tax_cents, invoice.due_cents) == (24_900, 0, 24_900)
    (line,) = invoice.lines
    assert (line.quantity, line.unit_micros, line.amount_cents) == (1, 249_000_000, 24_900)
    assert line.price_id == world.gateway.catalogue().plan_price_ids["agency"]
    assert (line.period_started_at, line.period_ends_at) == (NEW_YEAR, FEBRUARY)
    assert not line.is_proration


def test_the_links_of_an_invoice_are_asked_for_when_someone_wants_them() -> None:
    world = a_subscription()
    (invoice,) = world.gateway.invoices(world.seen.subscription_id)

    links = world.gateway.invoice_links(invoice.invoice_id)

    assert links == InvoiceLinks(
        page_url="http://stripe.localhost/i/in_000001", pdf_url="http://stripe.localhost/i/in_000001/pdf"
    )


def test_a_draft_can_be_read_nowhere() -> None:
    world = a_subscription()
    world.stripe.advance(FEBRUARY)
    draft = world.gateway.invoices(world.seen.subscription_id)[0]

    links = world.gateway.invoice_links(draft.invoice_id)

    assert (draft.status, draft.number) == ("draft", None)
    assert links is None


@pytest.mark.parametrize("unknown", ["in_999999", "", "../customers", "in_1?x=1"])
def test_an_invoice_that_stripe_does_not_know_has_no_links(unknown: str) -> None:
    assert a_subscription().gateway.invoice_links(unknown) is None


def test_a_subscription_whose_price_was_changed_in_stripe_names_no_plan_and_keeps_its_cycle() -> None:
    world = a_subscription()
    kept = world.stripe.account.find("subscription", world.seen.subscription_id)
    kept["items"]["data"][0]["price"]["lookup_key"] = None
    world.stripe.account.save(kept)

    seen = world.again()

    assert seen == replace(world.seen, plan=None)


def test_a_portal_session_is_new_on_every_click() -> None:
    world = a_subscription()

    first = world.gateway.open_portal(world.seen.customer_id, CANCEL_URL)
    second = world.gateway.open_portal(world.seen.customer_id, CANCEL_URL)

    assert first != second
    assert first.startswith("http://stripe.localhost/p/session/")


def test_a_plan_that_is_not_sold_has_no_checkout() -> None:
    gateway = a_gateway(a_stripe())

    with pytest.raises(StripeMisconfigured, match="free"):
        a_checkout(gateway, plan="free")


def test_whose_subscriptions_are_unknown_is_not_taken_for_somebody_without() -> None:
    gateway = a_gateway(a_stripe())

    with pytest.raises(StripeRefused, match="No such customer"):
        gateway.live_subscriptions("cus_999999")


def test_the_same_command_opens_one_checkout() -> None:
    gateway = a_gateway(a_stripe())

    first, second = a_checkout(gateway, key="twice"), a_checkout(gateway, key="twice")

    assert first == second


def test_a_key_that_was_used_for_something_else_is_refused() -> None:
    gateway = a_gateway(a_stripe())
    a_checkout(gateway, key="twice", plan="agency")

    with pytest.raises(StripeRefused, match="same parameters"):
        a_checkout(gateway, key="twice", plan="pro")
