"""A forecast is a calculation from the days of the cycle so far, in whole events."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.forecast import DAY, forecast

DAYS = st.lists(st.integers(min_value=0, max_value=10**8), min_size=1, max_size=31)
HOUR = timedelta(hours=1)

FORECASTS = [  # days so far, days over, days left; low, likely, high, days of the busiest run
    ([0], 1, 30, (0, 0, 0, 1)),
    ([100], 1, 30, (100, 3_100, 3_100, 1)),
    ([100, 300], 2, 10, (400, 2_400, 3_400, 1)),  # 200 a day, and 300 on the busiest
    ([10, 20, 30, 40, 50, 60, 70, 80], 8, 7, (360, 675, 710, 7)),  # 45 a day; the best seven are 350
    ([700, 0, 0, 0, 0, 0, 0, 0], 8, 8, (700, 1_400, 1_500, 7)),  # one day is no measure: 100 a day, not 700
    ([5], 3, 1, (5, 7, 10, 1)),  # 1.67 more, rounded
    ([7, 7, 7], 3, 0, (21, 21, 21, 1)),
]


@pytest.mark.parametrize(("days", "over", "left", "expected"), FORECASTS)
def test_low_likely_and_high(
    days: list[int], over: int, left: int, expected: tuple[int, int, int, int]
) -> None:
    found = forecast(days, over * DAY, left * DAY)

    assert found is not None
    assert (found.low, found.likely, found.high, found.run_days) == expected


@given(days=DAYS, hours_left=st.integers(min_value=0, max_value=31 * 24))
def test_low_likely_and_high_are_in_this_order_and_never_below_what_is_used(
    days: list[int], hours_left: int
) -> None:
    found = forecast(days, len(days) * DAY, hours_left * HOUR)

    assert found is not None
    assert sum(days) == found.low <= found.likely <= found.high
    assert all(type(one) is int for one in (found.low, found.likely, found.high))


@given(days=DAYS)
def test_at_the_end_of_the_cycle_the_forecast_is_what_was_used(days: list[int]) -> None:
    found = forecast(days, len(days) * DAY, timedelta())

    assert found is not None
    assert found.low == found.likely == found.high == sum(days)


@given(days=DAYS, more=st.integers(min_value=0, max_value=10**6), left=st.integers(min_value=0, max_value=30))
def test_more_usage_never_lowers_a_forecast(days: list[int], more: int, left: int) -> None:
    before = forecast(days, len(days) * DAY, left * DAY)
    after = forecast([*days[:-1], days[-1] + more], len(days) * DAY, left * DAY)

    assert before is not None
    assert after is not None
    assert (before.low, before.likely, before.high) <= (after.low, after.likely, after.high)
    assert before.high <= after.high


def test_before_a_day_is_over_there_is_no_forecast() -> None:
    assert forecast([1_000], DAY - timedelta(microseconds=1), 30 * DAY) is None
    assert forecast([1_000], DAY, 30 * DAY) is not None


def test_an_end_that_is_past_leaves_no_time() -> None:
    found = forecast([10, 20], 2 * DAY, -DAY)

    assert found is not None
    assert found.high == 30
