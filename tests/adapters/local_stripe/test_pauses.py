"""What does a pause that somebody sets in the dashboard do to a subscription and its invoices?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import stripe

from tests.adapters.local_stripe.bright_signal import a_client, a_subscription, types_of

SUBSCRIPTION = "sub_000001"
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("behavior", "status", "told"),
    [
        ("void", "void", ["invoice.finalized", "invoice.voided", "invoice.updated"]),
        ("keep_as_draft", "draft", []),
        (
            "mark_uncollectible",
            "uncollectible",
            ["invoice.finalized", "invoice.marked_uncollectible", "invoice.updated"],
        ),
    ],
)
def test_while_collection_is_paused_invoices_come_to_nothing(
    behavior: str, status: str, told: list[str]
) -> None:
    world = a_subscription()
    world.stripe.take_notices()

    world.stripe.do("pause_collection", SUBSCRIPTION, behavior=behavior)
    paused = types_of(world.stripe)
    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    assert paused == ["customer.subscription.updated"]
    assert (world.again().is_paused, world.again().status) == (True, "active")
    assert world.gateway.invoices(SUBSCRIPTION)[0].status == status
    assert types_of(world.stripe) == ["invoice.created", "customer.subscription.updated", *told]


def test_after_collection_goes_on_the_next_invoice_is_paid() -> None:
    world = a_subscription()
    world.stripe.do("pause_collection", SUBSCRIPTION)

    world.stripe.do("resume_collection", SUBSCRIPTION)
    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    assert world.again().is_paused is False
    assert world.gateway.invoices(SUBSCRIPTION)[0].status == "paid"


def test_collection_goes_on_by_itself_at_a_set_time() -> None:
    world = a_subscription()
    at = world.seen.cycle_started_at + timedelta(days=3)
    pause: Any = {"behavior": "void", "resumes_at": int(at.timestamp())}
    a_client(world.stripe).v1.subscriptions.update(SUBSCRIPTION, {"pause_collection": pause})

    world.stripe.advance(at - timedelta(seconds=1))
    before = world.again().is_paused
    world.stripe.advance(at)

    assert (before, world.again().is_paused) == (True, False)


def test_a_subscription_that_is_paused_stands_still() -> None:
    world = a_subscription()
    world.stripe.take_notices()

    world.stripe.do("pause", SUBSCRIPTION)
    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    assert types_of(world.stripe) == ["customer.subscription.updated", "customer.subscription.paused"]
    assert world.again().status == "paused"
    assert len(world.gateway.invoices(SUBSCRIPTION)) == 1


def test_a_subscription_that_is_resumed_begins_a_new_period() -> None:
    world = a_subscription()
    world.stripe.do("pause", SUBSCRIPTION)
    world.stripe.advance(world.seen.cycle_ends_at + HOUR)
    world.stripe.take_notices()

    world.stripe.do("resume", SUBSCRIPTION)

    assert types_of(world.stripe) == [
        "invoice.created",
        "customer.subscription.updated",
        "customer.subscription.resumed",
        "invoice.finalized",
        "invoice.paid",
    ]
    assert (world.again().status, world.again().cycle_started_at) == ("active", world.stripe.now())
    assert world.gateway.invoices(SUBSCRIPTION)[0].total_cents == 24_900


def test_a_pause_that_bills_for_something_is_refused() -> None:
    world = a_subscription()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        a_client(world.stripe).v1.subscriptions.pause(SUBSCRIPTION)

    assert refused.value.code == "local_unsupported"
    assert world.again().status == "active"
