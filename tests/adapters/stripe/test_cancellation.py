"""Is a cancellation scheduled and taken back in either billing mode?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import stripe

from adapters.stripe.errors import StripeRefused
from tests.adapters.local_stripe.bright_signal import World, a_classic_subscription, a_client, a_subscription

BOTH_MODES = pytest.mark.parametrize("begin", [a_subscription, a_classic_subscription])


def at_stripe(world: World) -> stripe.Subscription:
    return a_client(world.stripe).v1.subscriptions.retrieve(world.seen.subscription_id)


@BOTH_MODES
def test_a_scheduled_cancellation_ends_with_the_period(begin: Callable[[], World]) -> None:
    world = begin()

    seen = world.gateway.schedule_cancellation(world.seen.subscription_id, "cancel-1")

    assert seen.ends_at == world.seen.cycle_ends_at
    assert seen.status == "active"
    assert seen == world.again()


@BOTH_MODES
def test_cancelling_twice_changes_nothing(begin: Callable[[], World]) -> None:
    world = begin()
    first = world.gateway.schedule_cancellation(world.seen.subscription_id, "cancel-1")
    world.stripe.take_notices()

    second = world.gateway.schedule_cancellation(world.seen.subscription_id, "cancel-2")

    assert second == first
    assert world.stripe.take_notices() == []


@BOTH_MODES
def test_what_we_scheduled_we_can_take_back(begin: Callable[[], World]) -> None:
    world = begin()
    world.gateway.schedule_cancellation(world.seen.subscription_id, "cancel-1")

    seen = world.gateway.clear_cancellation(world.seen.subscription_id, "clear-1")

    assert seen == world.seen
    assert (at_stripe(world).cancel_at, at_stripe(world).cancel_at_period_end) == (None, False)


@BOTH_MODES
def test_what_the_portal_scheduled_we_can_take_back(begin: Callable[[], World]) -> None:
    world = begin()
    world.stripe.cancel_in_portal(world.seen.subscription_id)

    seen = world.gateway.clear_cancellation(world.seen.subscription_id, "clear-1")

    assert world.stripe.store.rows("SELECT count(*) FROM answers WHERE status <> 200") == [(0,)]
    assert seen == world.seen


@pytest.mark.parametrize(
    ("begin", "flag"), [(a_subscription, False), (a_classic_subscription, True)], ids=["flexible", "classic"]
)
def test_the_portal_says_it_in_the_words_of_the_mode(begin: Callable[[], World], flag: bool) -> None:
    world = begin()

    world.stripe.cancel_in_portal(world.seen.subscription_id)

    assert at_stripe(world).cancel_at_period_end is flag
    assert world.again().ends_at == world.seen.cycle_ends_at


def test_the_flag_in_flexible_mode_is_cleared_too() -> None:
    world = a_subscription()
    client = a_client(world.stripe)
    client.v1.subscriptions.update(world.seen.subscription_id, {"cancel_at_period_end": True})

    seen = world.gateway.clear_cancellation(world.seen.subscription_id, "clear-1")

    assert seen.ends_at is None


def test_both_in_one_call_are_refused() -> None:
    world = a_subscription()

    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        a_client(world.stripe).v1.subscriptions.update(
            world.seen.subscription_id, {"cancel_at": "", "cancel_at_period_end": False}
        )


def test_clearing_nothing_is_no_error() -> None:
    world = a_subscription()

    seen = world.gateway.clear_cancellation(world.seen.subscription_id, "clear-1")

    assert seen == world.seen


def test_a_key_of_an_earlier_reactivation_does_not_pass_for_a_later_one() -> None:
    world = a_subscription()
    world.gateway.schedule_cancellation(world.seen.subscription_id, "cancel-1")
    world.gateway.clear_cancellation(world.seen.subscription_id, "clear-1")
    world.gateway.schedule_cancellation(world.seen.subscription_id, "cancel-2")

    with pytest.raises(StripeRefused, match="still to be cancelled"):
        world.gateway.clear_cancellation(world.seen.subscription_id, "clear-1")


def test_an_ended_subscription_never_comes_back() -> None:
    world = a_subscription()
    world.gateway.schedule_cancellation(world.seen.subscription_id, "cancel-1")
    world.stripe.advance(world.seen.cycle_ends_at + timedelta(seconds=1))

    with pytest.raises(StripeRefused, match="canceled subscription"):
        world.gateway.clear_cancellation(world.seen.subscription_id, "clear-1")

    seen = world.again()
    assert (seen.status, seen.ended_at) == ("canceled", world.seen.cycle_ends_at)
    assert seen.ended_because == "cancellation_requested"
