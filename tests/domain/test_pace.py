"""At which pace a client uses credits, where that leads by the end of the cycle, and what is worth a word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.pace import Course, Weeks, course_of, projected_micros

NOON = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
ENDS = datetime(2026, 3, 31, 0, 0, tzinfo=UTC)


def weeks(last: int, before: int = 0, today: int = 0) -> Weeks:
    return Weeks(last_micros=last, before_micros=before, today_micros=today)


def test_a_week_is_the_seven_days_before_today():
    days = {date(2026, 3, 20) - timedelta(days=number): 10**number for number in range(16)}

    found = Weeks.of(days, NOON)

    assert found.today_micros == 1
    assert found.last_micros == 11_111_110
    assert found.before_micros == 111_111_100_000_000


def test_the_pace_of_seven_days_and_of_today_goes_on_until_the_cycle_ends():
    assert projected_micros(1_000, weeks(700, today=50), NOON, ENDS) == 1_000 + 750 * 105 // 75
    assert projected_micros(1_000, weeks(700), ENDS, ENDS) == 1_000
    assert projected_micros(1_000, weeks(700), ENDS + timedelta(days=1), ENDS) == 1_000


@pytest.mark.parametrize(
    ("last", "before", "projected", "stops_at", "course"),
    [
        (100, 100, 999, 1_000, None),
        (100, 100, 1_000, 1_000, Course.STOPS),
        (1, 100, 1_000, 1_000, Course.STOPS),
        (100, 100, 5_000, None, None),
        (70, 100, 0, None, None),
        (69, 100, 0, None, Course.FALLS),
        (130, 100, 0, None, None),
        (131, 100, 0, None, Course.GROWS),
        (1, 0, 0, None, Course.GROWS),
        (0, 0, 0, None, None),
    ],
)
def test_the_first_that_applies_is_said(last, before, projected, stops_at, course):
    assert course_of(weeks(last, before), projected, stops_at) == course
