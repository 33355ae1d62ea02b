"""Does Stripe bill the overage that our own table says?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.stripe.errors import StripeRefused
from domain.plans import cents_of_micros, overage_bands, overage_cost_micros
from tests.adapters.local_stripe.bright_signal import NEW_YEAR, World, a_client, a_subscription

HOUR = timedelta(hours=1)
EVENTS = [0, 1, 49_999, 50_000, 50_001, 250_000, 250_001, 1_000_000, 1_000_001, 10_000_000]


def report(world: World, events: int, identifier: str = "ov:1") -> None:
    world.gateway.report_overage(
        customer_id=world.seen.customer_id, identifier=identifier, quantity=events, at=world.stripe.now()
    )


@pytest.mark.parametrize("events", EVENTS)
def test_an_invoice_bills_what_our_table_says(events: int) -> None:
    world = a_subscription()
    if events:
        report(world, events)

    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    invoice = world.gateway.invoices(world.seen.subscription_id)[0]
    assert invoice.status == "paid"
    assert invoice.total_cents == 24_900 + cents_of_micros(overage_cost_micros(events))
    bands = [(band.events, band.rate_micros) for band in overage_bands(events)]
    assert [(line.quantity, line.unit_micros) for line in invoice.lines[1:]] == bands


@pytest.mark.parametrize(("events", "cents"), [(50_000, 25_000), (250_000, 105_000), (1_000_000, 330_000)])
def test_the_examples_of_the_price_list_hold(events: int, cents: int) -> None:
    world = a_subscription()
    report(world, events)

    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    invoice = world.gateway.invoices(world.seen.subscription_id)[0]
    assert sum(line.amount_cents for line in invoice.lines[1:]) == cents


def test_an_identifier_counts_once() -> None:
    world = a_subscription()
    report(world, 100)

    report(world, 100)

    catalogue = world.gateway.ensure_catalogue()
    start = int(NEW_YEAR.timestamp())
    summary = a_client(world.stripe).v1.billing.meters.event_summaries.list(
        catalogue.meter_id,
        {"customer": world.seen.customer_id, "start_time": start, "end_time": start + 3_600},
    )
    assert [total.aggregated_value for total in summary.data] == [100]


def test_overage_reported_in_parts_climbs_through_the_tiers_once() -> None:
    world = a_subscription()
    for number in range(1, 4):
        report(world, 20_000, f"ov:{number}")

    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    invoice = world.gateway.invoices(world.seen.subscription_id)[0]
    assert [(line.quantity, line.amount_cents) for line in invoice.lines[1:]] == [
        (50_000, 25_000),
        (10_000, 4_000),
    ]


def test_late_overage_reaches_the_draft_within_its_hour() -> None:
    world = a_subscription()
    world.stripe.advance(world.seen.cycle_ends_at + HOUR / 2)

    world.gateway.report_overage(
        customer_id=world.seen.customer_id,
        identifier="ov:late",
        quantity=1_000,
        at=world.seen.cycle_ends_at - timedelta(seconds=1),
    )
    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    invoice = world.gateway.invoices(world.seen.subscription_id)[0]
    assert (invoice.status, invoice.total_cents) == ("paid", 24_900 + 500)
    assert (invoice.period_started_at, invoice.period_ends_at) == (NEW_YEAR, world.seen.cycle_ends_at)


def test_overage_after_that_hour_is_billed_to_nobody() -> None:
    world = a_subscription()
    world.stripe.advance(world.seen.cycle_ends_at + 2 * HOUR)

    world.gateway.report_overage(
        customer_id=world.seen.customer_id,
        identifier="ov:too-late",
        quantity=1_000,
        at=world.seen.cycle_ends_at - timedelta(seconds=1),
    )

    totals = [invoice.total_cents for invoice in world.gateway.invoices(world.seen.subscription_id)]
    assert totals == [24_900, 24_900]


@pytest.mark.parametrize(
    ("off_by", "reason"), [(timedelta(days=-36), "past"), (timedelta(minutes=6), "future")]
)
def test_overage_of_another_time_is_refused(off_by: timedelta, reason: str) -> None:
    world = a_subscription()

    with pytest.raises(StripeRefused, match=reason):
        world.gateway.report_overage(
            customer_id=world.seen.customer_id, identifier="ov:1", quantity=1, at=NEW_YEAR + off_by
        )


def test_the_last_cycles_overage_is_invoiced_after_the_end() -> None:
    world = a_subscription()
    report(world, 60_000)
    world.gateway.schedule_cancellation(world.seen.subscription_id, "cancel-1")

    world.stripe.advance(world.seen.cycle_ends_at + HOUR)

    invoice = world.gateway.invoices(world.seen.subscription_id)[0]
    assert (invoice.status, invoice.total_cents) == ("paid", 29_000)
    assert world.again().has_ended


@pytest.mark.parametrize(("invoice_now", "invoices"), [(False, 1), (True, 2)])
def test_an_immediate_end_loses_usage_unless_it_is_asked_for(invoice_now: bool, invoices: int) -> None:
    world = a_subscription()
    report(world, 1_000)
    world.stripe.advance_by(3_600)

    a_client(world.stripe).v1.subscriptions.cancel(world.seen.subscription_id, {"invoice_now": invoice_now})

    assert len(world.gateway.invoices(world.seen.subscription_id)) == invoices
