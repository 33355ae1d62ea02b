"""Is a charge that somebody's bank takes back told as Stripe tells it?"""

from __future__ import annotations

import pytest
import stripe

from adapters.local_stripe.answers import Refusal
from tests.adapters.local_stripe.bright_signal import a_client, a_subscription, types_of


def test_a_paid_invoice_has_a_charge() -> None:
    client = a_client(a_subscription().stripe)

    invoice = client.v1.invoices.retrieve("in_000001", {"expand": ["payments"]})
    charge = client.v1.charges.retrieve("ch_000001", {"expand": ["customer"]})

    assert invoice.payments is not None
    (payment,) = invoice.payments.data
    assert (payment.status, payment.amount_paid) == ("paid", 24_900)
    assert payment.payment.payment_intent == charge.payment_intent
    assert isinstance(charge.customer, stripe.Customer)
    assert (charge.status, charge.amount, charge.disputed) == ("succeeded", 24_900, False)
    assert "payments" not in client.v1.invoices.retrieve("in_000001").to_dict()


@pytest.mark.parametrize("disputed", ["ch_000001", "in_000001"])
def test_a_dispute_is_told_and_can_be_read_with_its_charge(disputed: str) -> None:
    world = a_subscription()
    world.stripe.take_notices()

    world.stripe.do("dispute", disputed, reason="duplicate")

    seen = world.gateway.dispute("du_000001")
    assert seen is not None
    assert types_of(world.stripe) == ["charge.dispute.created"]
    assert (seen.customer_id, seen.amount_cents, seen.reason, seen.status) == (
        "cus_000001",
        24_900,
        "duplicate",
        "needs_response",
    )
    assert world.again().status == "active"


def test_a_dispute_ends_the_subscription_where_the_account_says_so() -> None:
    world = a_subscription()
    world.stripe.turn_knobs(dispute_cancels=True)

    world.stripe.do("dispute", "ch_000001")

    assert (world.again().status, world.again().ended_because) == ("canceled", "payment_disputed")


def test_a_charge_is_disputed_once() -> None:
    world = a_subscription()
    world.stripe.do("dispute", "ch_000001")

    with pytest.raises(Refusal, match="once"):
        world.stripe.do("dispute", "ch_000001")

    assert len(a_client(world.stripe).v1.disputes.list().data) == 1


def test_a_dispute_is_won_or_lost() -> None:
    world = a_subscription()
    world.stripe.do("dispute", "ch_000001")
    world.stripe.take_notices()

    world.stripe.do("settle", "du_000001", outcome="won")

    seen = world.gateway.dispute("du_000001")
    assert seen is not None
    assert seen.status == "won"
    assert types_of(world.stripe) == ["charge.dispute.closed"]
    with pytest.raises(stripe.InvalidRequestError, match="once"):
        a_client(world.stripe).v1.disputes.close("du_000001")


def test_what_cannot_be_expanded_is_refused() -> None:
    world = a_subscription()
    world.stripe.do("dispute", "ch_000001")

    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded") as refused:
        a_client(world.stripe).v1.disputes.retrieve("du_000001", {"expand": ["charge.status"]})

    assert refused.value.param == "expand"
