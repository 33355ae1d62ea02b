"""Does the meter count what it was told, once, and say so for whole minutes only?"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.adapters.local_stripe.bright_signal import NEW_YEAR, World, a_client, a_subscription

NOW = int(NEW_YEAR.timestamp())


def report(world: World, identifier: str, value: int, at: int = NOW) -> None:
    a_client(world.stripe).v1.billing.meter_events.create(
        {
            "event_name": "heartwood_overage",
            "identifier": identifier,
            "timestamp": at,
            "payload": {"stripe_customer_id": "cus_000001", "value": str(value)},
        }
    )


def summed(world: World, start: int, end: int, **more: Any) -> list[tuple[int, float]]:
    params: Any = {"customer": "cus_000001", "start_time": start, "end_time": end, **more}
    meter_id = world.gateway.catalogue().meter_id
    found = a_client(world.stripe).v1.billing.meters.event_summaries.list(meter_id, params)
    return [(one.start_time, one.aggregated_value) for one in found.data]


def test_an_identifier_counts_once() -> None:
    world = a_subscription()
    report(world, "ov:1", 5)

    with pytest.raises(stripe.InvalidRequestError, match="already exists") as refused:
        report(world, "ov:1", 7)

    assert refused.value.http_status == 400
    assert summed(world, NOW, NOW + 60) == [(NOW, 5)]


def test_what_was_just_reported_is_counted_later() -> None:
    world = a_subscription()
    world.stripe.turn_knobs(count_late_seconds=60)
    report(world, "ov:1", 5)

    before = summed(world, NOW, NOW + 60)
    world.stripe.advance_by(60)

    assert (before, summed(world, NOW, NOW + 60)) == ([(NOW, 0)], [(NOW, 5)])


def test_an_end_is_not_within() -> None:
    world = a_subscription()
    report(world, "ov:1", 5, NOW - 1)
    report(world, "ov:2", 7)

    assert summed(world, NOW - 60, NOW) == [(NOW - 60, 5)]


@pytest.mark.parametrize(
    ("start", "end", "more", "param"),
    [
        (NOW + 1, NOW + 60, {}, "start_time"),
        (NOW, NOW + 61, {}, "end_time"),
        (NOW, NOW, {}, "end_time"),
        (NOW + 60, NOW, {}, "end_time"),
        (NOW, NOW + 60, {"value_grouping_window": "hour"}, "end_time"),
        (NOW, NOW + 86_400, {"value_grouping_window": "day"}, "start_time"),
    ],
)
def test_a_window_that_is_not_aligned_is_refused(start: int, end: int, more: Any, param: str) -> None:
    world = a_subscription()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        summed(world, start, end, **more)

    assert refused.value.param == param


def test_totals_come_by_the_hour() -> None:
    world = a_subscription()
    report(world, "ov:1", 5, NOW - 3_600)
    report(world, "ov:2", 7, NOW)

    found = summed(world, NOW - 3_600, NOW + 3_600, value_grouping_window="hour")

    assert found == [(NOW, 7), (NOW - 3_600, 5)]
