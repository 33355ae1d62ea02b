"""Does a subscription live and end as it does at Stripe, and are we told?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.local_stripe import notices
from adapters.local_stripe.periods import period_end
from domain.billing import InvoiceSeen
from tests.adapters.local_stripe.bright_signal import (
    a_checkout,
    a_client,
    a_gateway,
    a_stripe,
    a_subscription,
    types_of,
)

HOUR = timedelta(hours=1)
RENEWED = ["invoice.created", "customer.subscription.updated"]
PAID = ["invoice.finalized", "invoice.paid"]


def test_a_whole_life_is_told_in_order() -> None:
    world = a_subscription()
    local, subscription_id = world.stripe, world.seen.subscription_id
    told = [types_of(local)]

    world.gateway.report_overage(customer_id="cus_000001", identifier="ov:1", quantity=60_000, at=local.now())
    local.advance(world.again().cycle_ends_at)
    told.append(types_of(local))
    local.advance_by(3_600)
    told.append(types_of(local))
    local.cancel_in_portal(subscription_id)
    world.gateway.clear_cancellation(subscription_id, "clear-1")
    local.cancel_in_portal(subscription_id)
    told.append(types_of(local))
    world.gateway.report_overage(customer_id="cus_000001", identifier="ov:2", quantity=10, at=local.now())
    local.advance(world.again().cycle_ends_at + HOUR)
    told.append(types_of(local))

    assert told == [
        ["checkout.session.completed", "customer.subscription.created", "invoice.created", *PAID],
        RENEWED,
        PAID,
        ["customer.subscription.updated"] * 3,
        ["invoice.created", "customer.subscription.deleted", *PAID],
    ]
    totals = [invoice.total_cents for invoice in world.gateway.invoices(subscription_id)]
    assert totals == [5, 53_900, 24_900]


def test_a_leap_over_months_performs_every_one_of_them() -> None:
    world = a_subscription()
    world.stripe.take_notices()

    world.stripe.advance(datetime(2026, 6, 15, tzinfo=UTC))

    assert types_of(world.stripe) == [*RENEWED, *PAID] * 5
    created = [invoice.created_at for invoice in world.gateway.invoices(world.seen.subscription_id)]
    assert created == [datetime(2026, month, 1, 9, tzinfo=UTC) for month in range(6, 0, -1)]
    assert world.stripe.now() == datetime(2026, 6, 15, tzinfo=UTC)


def test_the_events_of_a_leap_bear_the_time_at_which_they_happened() -> None:
    world = a_subscription()

    world.stripe.advance(datetime(2026, 6, 15, tzinfo=UTC))

    events = a_client(world.stripe).v1.events.list({"type": "invoice.paid", "limit": 2}).data
    assert [event.created for event in events] == [
        int(datetime(2026, month, 1, 10, tzinfo=UTC).timestamp()) for month in (6, 5)
    ]


def test_a_subscription_of_the_31st_renews_on_each_months_last_day() -> None:
    start = datetime(2027, 10, 31, 23, 30, tzinfo=UTC)
    anchor = int(start.timestamp())

    ends = [anchor]
    for _ in range(6):
        ends.append(period_end(anchor, ends[-1]))

    days = [datetime.fromtimestamp(end, UTC) for end in ends]
    assert [(day.month, day.day) for day in days] == [
        (10, 31),
        (11, 30),
        (12, 31),
        (1, 31),
        (2, 29),
        (3, 31),
        (4, 30),
    ]
    assert {(day.hour, day.minute) for day in days} == {(23, 30)}


def test_a_draft_is_open_for_an_hour() -> None:
    world = a_subscription()
    world.stripe.advance(world.seen.cycle_ends_at + HOUR - timedelta(seconds=1))

    draft = newest(world.gateway.invoices(world.seen.subscription_id))
    links = world.gateway.invoice_links(draft.invoice_id)
    world.stripe.advance_by(1)

    assert (draft.status, draft.number, links, draft.paid_cents) == ("draft", None, None, 0)
    paid = newest(world.gateway.invoices(world.seen.subscription_id))
    assert (paid.status, paid.number, paid.paid_at) == (
        "paid",
        "HW0001-0002",
        world.seen.cycle_ends_at + HOUR,
    )


def test_a_draft_waits_for_whoever_listens() -> None:
    world = a_subscription()
    notices.listen(world.stripe.account, "http://heartwood.localhost/webhooks/stripe")
    world.stripe.take_notices()
    world.stripe.advance(world.seen.cycle_ends_at + 2 * HOUR)

    unheard = newest(world.gateway.invoices(world.seen.subscription_id)).status
    world.stripe.take_notices()
    world.stripe.advance_by(3_600)

    assert unheard == "draft"
    assert newest(world.gateway.invoices(world.seen.subscription_id)).status == "paid"


def test_a_draft_that_nobody_hears_of_is_final_after_three_days() -> None:
    world = a_subscription()
    notices.listen(world.stripe.account, "http://heartwood.localhost/webhooks/stripe")

    world.stripe.advance(world.seen.cycle_ends_at + timedelta(days=5))

    invoice = newest(world.gateway.invoices(world.seen.subscription_id))
    assert invoice.paid_at == world.seen.cycle_ends_at + timedelta(days=3)


def newest(invoices: list[InvoiceSeen]) -> InvoiceSeen:
    return invoices[0]


def test_the_hour_after_an_end_without_overage_still_takes_some() -> None:
    world = a_subscription()
    world.stripe.cancel_in_portal(world.seen.subscription_id)
    world.stripe.advance(world.seen.cycle_ends_at + HOUR / 2)
    before = len(world.gateway.invoices(world.seen.subscription_id))

    world.gateway.report_overage(
        customer_id="cus_000001",
        identifier="ov:1",
        quantity=1_000,
        at=world.seen.cycle_ends_at - timedelta(seconds=1),
    )
    world.stripe.advance_by(3_600)

    invoices = world.gateway.invoices(world.seen.subscription_id)
    assert before == 1
    assert [invoice.total_cents for invoice in invoices] == [500, 24_900]
    assert invoices[0].status == "paid"


def test_a_set_end_within_the_period_is_kept() -> None:
    world = a_subscription()
    ends_at = world.seen.cycle_started_at + timedelta(days=10)
    a_client(world.stripe).v1.subscriptions.update(
        world.seen.subscription_id, {"cancel_at": int(ends_at.timestamp())}
    )

    world.stripe.advance(world.seen.cycle_ends_at)

    assert world.again().ended_at == ends_at


def test_an_unpaid_checkout_expires_after_a_day() -> None:
    local = a_stripe()
    gateway = a_gateway(local)
    checkout_id = a_checkout(gateway)

    local.advance_by(86_400)

    seen = gateway.checkout(checkout_id)
    assert seen is not None
    assert (seen.status, seen.url) == ("expired", None)
    assert types_of(local) == ["checkout.session.expired"]


def test_a_checkout_is_paid_once() -> None:
    world = a_subscription()

    with pytest.raises(Exception, match="complete"):
        world.stripe.pay("cs_test_000001")

    assert len(a_client(world.stripe).v1.subscriptions.list().data) == 1


def test_ids_are_the_same_each_time() -> None:
    bodies = [[notice.body for notice in a_subscription().stripe.take_notices()] for _ in range(2)]

    assert bodies[0] == bodies[1]


def test_a_clock_that_moves_by_itself_needs_no_offset() -> None:
    world = a_subscription()
    moved = [world.seen.cycle_ends_at]
    world.stripe.account.clock = lambda: moved[0]

    world.stripe.advance(moved[0])

    assert world.again().cycle_started_at == moved[0]
    assert world.stripe.account.offset() == timedelta()
