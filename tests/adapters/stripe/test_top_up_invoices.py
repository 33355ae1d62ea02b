"""Is a top-up charged once, and its invoice never left open, whatever happens on the way to Stripe?"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from adapters.stripe.errors import StripeAway, StripeRefused
from adapters.stripe.top_up_invoices import TopUp, TopUpSeen
from tests.adapters.local_stripe.bright_signal import BRIGHT_SIGNAL, World, a_client, a_subscription, types_of

TOP_UP = UUID("11111111-2222-4333-8444-555555555555")


def a_top_up(world: World, top_up_id: UUID = TOP_UP, *, cents: int = 5_000, hours: int = 0) -> TopUp:
    now = world.stripe.now()
    return TopUp(
        top_up_id=top_up_id,
        tree_id=BRIGHT_SIGNAL,
        customer_id=world.seen.customer_id,
        amount_cents=cents,
        asked_at=now,
        at=now + timedelta(hours=hours),
    )


def charged(world: World, top_up: TopUp) -> TopUpSeen:
    return world.gateway.charge_top_up(top_up)


def invoices_for_credits(world: World) -> list[tuple[str | None, int]]:
    found = a_client(world.stripe).v1.invoices.list({"customer": world.seen.customer_id}).data
    return [(one.status, one.total) for one in found if one.billing_reason == "manual"]


def declines(world: World) -> None:
    world.stripe.do("set_card", world.seen.customer_id, card="declining")


def test_a_top_up_is_an_invoice_of_its_own_paid_at_once() -> None:
    world = a_subscription()
    types_of(world.stripe)

    seen = charged(world, a_top_up(world))

    assert (seen.is_paid, seen.code, seen.top_up_id, seen.tree_id) == (True, None, TOP_UP, BRIGHT_SIGNAL)
    assert (seen.invoice.subscription_id, seen.invoice.billing_reason) == (None, "manual")
    assert [(line.description, line.amount_cents) for line in seen.invoice.lines] == [("Credits", 5_000)]
    assert types_of(world.stripe) == [
        "invoice.created",
        "invoice.updated",
        "invoice.finalized",
        "invoice.paid",
    ]


def test_to_carry_it_out_again_charges_nothing_again() -> None:
    world = a_subscription()
    first = charged(world, a_top_up(world))

    second = charged(world, a_top_up(world))
    later = charged(world, a_top_up(world, hours=30))

    assert first == second == later
    assert invoices_for_credits(world) == [("paid", 5_000)]


def test_two_top_ups_are_two_invoices() -> None:
    world = a_subscription()

    charged(world, a_top_up(world))
    charged(world, a_top_up(world, UUID(int=7), cents=1_000))

    assert invoices_for_credits(world) == [("paid", 1_000), ("paid", 5_000)]


def test_a_declined_card_leaves_no_open_invoice_and_no_mark_on_the_subscription() -> None:
    world = a_subscription()
    declines(world)

    seen = charged(world, a_top_up(world))

    assert (seen.is_paid, seen.code) == (False, "card_declined")
    assert invoices_for_credits(world) == [("void", 5_000)]
    subscription = world.gateway.subscription(world.seen.subscription_id)
    assert subscription is not None
    assert subscription.status == "active"
    types_of(world.stripe)
    world.stripe.advance_by(20 * 86_400)
    assert types_of(world.stripe) == []


def test_who_died_after_the_decline_learns_the_reason_the_next_time() -> None:
    world = a_subscription()
    declines(world)
    charged(world, a_top_up(world))
    world.stripe.do("set_card", world.seen.customer_id, card="good")

    again = charged(world, a_top_up(world, hours=1))

    assert (again.is_paid, again.code) == (False, "card_declined")


def test_of_a_customer_who_is_gone_nothing_is_charged() -> None:
    world = a_subscription()
    world.stripe.do("delete_customer", world.seen.customer_id)

    with pytest.raises(StripeRefused):
        charged(world, a_top_up(world))


STEPS = {
    "create": "/v1/invoices",
    "item": "/v1/invoiceitems",
    "finalize": "/v1/invoices/in_000002/finalize",
    "pay": "/v1/invoices/in_000002/pay",
}


@pytest.mark.parametrize("card", ["good", "declining"])
@pytest.mark.parametrize("kind", ["error", "lost_answer"])
@pytest.mark.parametrize("step", STEPS)
def test_whichever_answer_is_lost_it_is_charged_once(step: str, kind: str, card: str) -> None:
    world = a_subscription()
    world.stripe.do("set_card", world.seen.customer_id, card=card)
    world.gateway.catalogue()
    world.stripe.break_calls(kind, path=STEPS[step], method="POST", calls=3)

    with pytest.raises(StripeAway):
        charged(world, a_top_up(world))
    world.stripe.mend_calls()
    seen = charged(world, a_top_up(world, hours=1))

    assert seen.is_paid is (card == "good")
    assert invoices_for_credits(world) == [("paid" if card == "good" else "void", 5_000)]


def test_an_invoice_says_which_top_up_it_is_for() -> None:
    world = a_subscription()
    seen = charged(world, a_top_up(world))

    found = world.gateway.top_up_on(seen.invoice.invoice_id)
    other = world.gateway.top_up_on("in_000001")

    assert found == seen
    assert other is None
    assert world.gateway.top_up_on("in_none") is None
    assert world.gateway.top_up_on("no id") is None
