"""Does a scheduled change of plan come with the next period, and leave alone what comes before it?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import stripe

from tests.adapters.local_stripe.bright_signal import (
    BASE_URL,
    CANCEL_URL,
    World,
    a_client,
    a_subscription,
    types_of,
)

SUBSCRIPTION = "sub_000001"
HOUR = timedelta(hours=1)
PRO, AGENCY = 4_900, 24_900


def a_downgrade() -> World:
    world = a_subscription(plan="agency")
    world.gateway.schedule_plan(SUBSCRIPTION, "pro", "plan-1")
    return world


def schedule_of(world: World) -> stripe.SubscriptionSchedule:
    return a_client(world.stripe).v1.subscription_schedules.retrieve("sub_sched_000001")


def test_the_next_phase_is_seen_before_it_comes() -> None:
    seen = a_downgrade().again()

    assert (seen.plan, seen.next_plan, seen.next_plan_at) == ("agency", "pro", seen.cycle_ends_at)


def test_the_renewal_asks_for_the_new_price_and_gives_nothing_back() -> None:
    world = a_downgrade()
    world.gateway.report_overage(
        customer_id="cus_000001", identifier="ov:1", quantity=1_000, at=world.stripe.now()
    )

    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    invoice = world.gateway.invoices(SUBSCRIPTION)[0]
    assert [line.amount_cents for line in invoice.lines] == [PRO, 500]
    assert invoice.status == "paid"
    assert (world.again().plan, world.again().next_plan) == ("pro", None)


def test_the_next_invoice_shows_the_new_price_before_it_comes() -> None:
    world = a_downgrade()

    preview = a_client(world.stripe).v1.invoices.create_preview({"subscription": SUBSCRIPTION})

    assert preview.total == PRO


def test_a_scheduled_change_is_not_cancelled_in_the_portal() -> None:
    world = a_downgrade()
    address = world.gateway.open_portal("cus_000001", CANCEL_URL).removeprefix(BASE_URL)

    page = world.stripe.app.test_client().get(address)

    assert "Cancel plan" not in page.text
    assert "A change of this plan is scheduled" in page.text


def test_after_its_last_phase_the_schedule_lets_go() -> None:
    world = a_downgrade()
    world.stripe.advance(world.seen.cycle_ends_at)
    during = schedule_of(world).status

    world.stripe.advance(world.again().cycle_ends_at)

    after = schedule_of(world)
    assert during == "active"
    assert (after.status, after.subscription, after.released_subscription) == ("released", None, SUBSCRIPTION)
    assert a_client(world.stripe).v1.subscriptions.retrieve(SUBSCRIPTION).schedule is None
    assert world.again().plan == "pro"


@pytest.mark.parametrize(
    "params",
    [
        {"cancel_at": "min_period_end"},
        {"cancel_at_period_end": True},
        {"items": [{"id": "si_000001", "price": "price_000001"}], "proration_behavior": "none"},
    ],
)
def test_what_is_scheduled_cannot_be_changed_beside_the_schedule(params: Any) -> None:
    world = a_downgrade()

    with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription schedule"):
        a_client(world.stripe).v1.subscriptions.update(SUBSCRIPTION, params)

    assert world.again().ends_at is None


def test_a_change_is_taken_back() -> None:
    world = a_downgrade()
    world.stripe.take_notices()

    world.gateway.keep_plan(SUBSCRIPTION, "plan-2")
    world.stripe.advance(world.seen.cycle_ends_at)

    assert types_of(world.stripe)[0] == "customer.subscription.updated"
    assert world.again().plan == "agency"
    assert world.gateway.invoices(SUBSCRIPTION)[0].total_cents == AGENCY


def test_a_schedule_is_changed_and_released_while_it_is_active_only() -> None:
    world = a_downgrade()
    client = a_client(world.stripe)
    client.v1.subscription_schedules.release("sub_sched_000001")

    for ask in (
        lambda: client.v1.subscription_schedules.release("sub_sched_000001"),
        lambda: client.v1.subscription_schedules.update("sub_sched_000001", {"metadata": {"a": "1"}}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="released"):
            ask()


def test_a_subscription_has_one_schedule() -> None:
    world = a_downgrade()

    with pytest.raises(stripe.InvalidRequestError, match="already attached"):
        a_client(world.stripe).v1.subscription_schedules.create({"from_subscription": SUBSCRIPTION})


def test_what_ends_at_once_takes_its_schedule_along() -> None:
    world = a_downgrade()

    world.gateway.end(SUBSCRIPTION, "end-1")
    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    assert schedule_of(world).status == "canceled"
    assert (world.again().status, world.again().next_plan) == ("canceled", None)


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"start_date": 1}, "phases[0][start_date]"),
        ({"end_date": 1_769_000_000}, "phases[0][end_date] within a period"),
        ({"items": [{"price": "price_000001", "quantity": 1}]}, None),
        ({"trial": True}, "phases[0][trial]"),
    ],
)
def test_a_schedule_that_does_not_fit_is_refused(wrong: Any, param: str | None) -> None:
    world = a_downgrade()
    before = schedule_of(world).to_dict()
    now = before["phases"][0]
    items = [{name: item[name] for name in ("price", "quantity") if name in item} for item in now["items"]]
    phase: Any = {"items": items, "start_date": now["start_date"], "end_date": now["end_date"], **wrong}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        a_client(world.stripe).v1.subscription_schedules.update("sub_sched_000001", {"phases": [phase]})

    assert param is None or refused.value.param == param
    assert schedule_of(world).to_dict() == before
