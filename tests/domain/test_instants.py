"""Instants as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.instants import LENGTH_MAX, instant_in


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-11-21T14:05Z", datetime(2026, 11, 21, 14, 5, tzinfo=UTC)),
        ("2026-11-21T14:05", datetime(2026, 11, 21, 14, 5, tzinfo=UTC)),
        ("2026-11-21T14:05+02:00", datetime(2026, 11, 21, 12, 5, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_utc_and_a_day_is_its_beginning(text: str, at: datetime):
    found = instant_in(text)

    assert found == at
    assert found.utcoffset() == UTC.utcoffset(None)


def test_a_day_may_mean_its_end_and_an_instant_never_does():
    day, instant = "2026-11-21", "2026-11-21T14:05Z"

    ends = instant_in(day, day_after=True), instant_in(instant, day_after=True)

    assert ends == (datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 21, 14, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30",
        "٢٠٢٦-11-21",
        "0001-01-01T00:00+14:00",
        "2026-11-21T14:05Z" + "0" * LENGTH_MAX,
    ],
)
def test_what_is_no_instant_is_an_error(text: str):
    with pytest.raises(ValueError):
        instant_in(text)


def test_the_last_day_of_all_has_no_end():
    with pytest.raises(ValueError):
        instant_in("9999-12-31", day_after=True)
