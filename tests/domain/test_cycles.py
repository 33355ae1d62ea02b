"""Every instant belongs to one cycle, also at the ends of months and before Stripe has said a word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cycles import Cycle, calendar_month, cycle_at, month_after

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=15_000)).map(EPOCH.__add__)
AHEAD = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3_000))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-15T09:00", 1, "2026-02-15T09:00"),
        ("2026-01-31T09:00", 1, "2026-02-28T09:00"),
        ("2028-01-31T09:00", 1, "2028-02-29T09:00"),  # a leap year
        ("2026-01-31T09:00", 2, "2026-03-31T09:00"),  # the day comes back
        ("2026-03-31T23:59:59", 1, "2026-04-30T23:59:59"),
        ("2028-02-29T00:00", 12, "2029-02-28T00:00"),
        ("2026-12-31T00:00", 1, "2027-01-31T00:00"),
        ("2026-11-30T00:00", 3, "2027-02-28T00:00"),
        ("2100-01-29T00:00", 1, "2100-02-28T00:00"),  # no leap year
    ],
)
def test_the_same_day_months_later_or_the_last_one(start, months, expected):
    assert month_after(at(start), months) == at(expected)


@pytest.mark.parametrize(
    ("instant", "started_at", "ends_at"),
    [
        ("2026-03-01T00:00", "2026-03-01T00:00", "2026-04-01T00:00"),
        ("2026-03-31T23:59:59.999999", "2026-03-01T00:00", "2026-04-01T00:00"),
        ("2028-02-29T12:00", "2028-02-01T00:00", "2028-03-01T00:00"),
        ("2026-12-31T23:00", "2026-12-01T00:00", "2027-01-01T00:00"),
    ],
)
def test_a_pool_without_a_subscription_counts_by_calendar_month_in_utc(instant, started_at, ends_at):
    assert calendar_month(at(instant)) == Cycle(started_at=at(started_at), ends_at=at(ends_at))


MARCH = Cycle(started_at=at("2026-03-01T09:00"), ends_at=at("2026-04-01T09:00"))


@pytest.mark.parametrize(
    ("instant", "started_at", "ends_at"),
    [
        ("2026-03-01T09:00", "2026-03-01T09:00", "2026-04-01T09:00"),
        ("2026-04-01T08:59:59.999999", "2026-03-01T09:00", "2026-04-01T09:00"),
        ("2026-04-01T09:00", "2026-04-01T09:00", "2026-05-01T09:00"),  # Stripe has not spoken yet
        ("2026-05-01T08:59", "2026-04-01T09:00", "2026-05-01T09:00"),
        ("2026-06-15T00:00", "2026-06-01T09:00", "2026-07-01T09:00"),  # nor for months
    ],
)
def test_after_the_known_cycle_the_next_ones_follow_without_a_gap(instant, started_at, ends_at):
    assert cycle_at(MARCH, at(instant)) == Cycle(started_at=at(started_at), ends_at=at(ends_at))


@given(started_at=INSTANTS, ahead=AHEAD)
def test_an_instant_lies_in_its_cycle(started_at, ahead):
    known = Cycle(started_at=started_at, ends_at=month_after(started_at))

    found = cycle_at(known, started_at + ahead)

    assert found.started_at <= started_at + ahead < found.ends_at


@given(started_at=INSTANTS, ahead=AHEAD)
def test_cycles_touch_and_never_overlap(started_at, ahead):
    known = Cycle(started_at=started_at, ends_at=month_after(started_at))
    found = cycle_at(known, started_at + ahead)

    next_one, same = cycle_at(known, found.ends_at), cycle_at(known, found.ends_at - MICROSECOND)

    assert next_one.started_at == found.ends_at
    assert same == found


@given(started_at=INSTANTS, ahead=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=27)))
def test_what_was_counted_before_stripes_word_stays_where_it_was_counted(started_at, ahead):
    """Stripe's next cycle begins where the last one ended, and so did the one we counted in."""
    known = Cycle(started_at=started_at, ends_at=month_after(started_at))
    guessed = cycle_at(known, known.ends_at + ahead)

    told = Cycle(started_at=known.ends_at, ends_at=month_after(known.started_at, 2))

    assert cycle_at(told, known.ends_at + ahead).started_at == guessed.started_at == known.ends_at


@given(instant=INSTANTS)
def test_a_calendar_month_holds_its_instant_and_begins_at_midnight(instant):
    month = calendar_month(instant)

    assert month.started_at <= instant < month.ends_at
    assert month == calendar_month(month.started_at) == calendar_month(month.ends_at - MICROSECOND)
