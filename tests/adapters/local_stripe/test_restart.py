"""Does the local Stripe remember everything when it comes back?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from adapters.local_stripe import LocalStripe
from tests.adapters.local_stripe.bright_signal import (
    NEW_YEAR,
    a_checkout,
    a_gateway,
    a_stripe,
    a_subscription,
    types_of,
)


def test_objects_notices_time_and_knobs_survive(tmp_path: Path) -> None:
    world = a_subscription(a_stripe(tmp_path))
    world.gateway.report_overage(customer_id="cus_000001", identifier="ov:1", quantity=10, at=NEW_YEAR)
    world.stripe.advance_by(60)
    world.stripe.turn_knobs(lose_every=7)
    world.stripe.close()

    again = a_stripe(tmp_path)

    assert a_gateway(again).subscription("sub_000001") == world.seen
    assert again.now() == NEW_YEAR + timedelta(seconds=60)
    assert again.knobs()["lose_every"] == 7
    assert len(types_of(again)) == 5
    again.advance(world.seen.cycle_ends_at)
    assert a_gateway(again).invoices("sub_000001")[0].total_cents == 24_905


def test_schedules_cards_disputes_and_faults_survive(tmp_path: Path) -> None:
    world = a_subscription(a_stripe(tmp_path))
    world.gateway.schedule_plan("sub_000001", "pro", "plan-1")
    world.stripe.do("set_card", "cus_000001", card="declining")
    world.stripe.do("dispute", "ch_000001")
    world.stripe.break_calls("busy", after=1_000)
    world.stripe.close()

    again = a_stripe(tmp_path)
    gateway = a_gateway(again)
    again.advance(world.seen.cycle_ends_at + timedelta(hours=1))

    seen, dispute = gateway.subscription("sub_000001"), gateway.dispute("du_000001")
    assert seen is not None
    assert dispute is not None
    assert (seen.plan, seen.status) == ("pro", "past_due")
    assert dispute.status == "needs_response"
    assert len(again.app.test_client().get("/_local/faults").json or ()) == 1


def test_what_was_delivered_is_not_delivered_again(tmp_path: Path) -> None:
    local = a_subscription(a_stripe(tmp_path)).stripe
    local.take_notices()
    local.close()

    assert a_stripe(tmp_path).take_notices() == []


def test_ids_go_on_counting(tmp_path: Path) -> None:
    local = a_subscription(a_stripe(tmp_path)).stripe
    local.close()

    again = a_stripe(tmp_path)

    assert a_checkout(a_gateway(again), key="another") == "cs_test_000002"


def test_a_key_is_remembered(tmp_path: Path) -> None:
    local = a_stripe(tmp_path)
    first = a_checkout(a_gateway(local), key="one")
    local.close()

    again = a_stripe(tmp_path)

    assert a_checkout(a_gateway(again), key="one") == first


def pay_and_die(local: LocalStripe, checkout_id: str) -> None:
    with local.store.transaction():
        local.pay(checkout_id)
        raise KeyboardInterrupt


def test_a_process_that_dies_within_a_payment_leaves_the_checkout_open(tmp_path: Path) -> None:
    local = a_stripe(tmp_path)
    checkout_id = a_checkout(a_gateway(local))

    with pytest.raises(KeyboardInterrupt):
        pay_and_die(local, checkout_id)

    local.close()
    again = a_stripe(tmp_path)
    seen = a_gateway(again).checkout(checkout_id)
    assert seen is not None
    assert seen.status == "open"
    assert again.take_notices() == []
