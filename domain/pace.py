"""Pace: does a client use more credits than a week ago, or less, and will its budget stop its calls?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

DAYS = 7
TURN_PERCENT = 30  # what more or less than in the week before is a change worth a word
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class Course(StrEnum):
    STOPS = "stops"  # at this pace, before the cycle ends
    FALLS = "falls"
    GROWS = "grows"


@dataclass(frozen=True, kw_only=True)
class Weeks:
    """What was used on the seven days before today, on the seven before those, and today so far."""

    last_micros: int
    before_micros: int
    today_micros: int

    @classmethod
    def of(cls, micros_by_day: dict[date, int], at: datetime) -> Weeks:
        today = at.astimezone(UTC).date()

        def week(first: int) -> int:
            days = (today - (first + number) * DAY for number in range(DAYS))
            return sum(micros_by_day.get(day, 0) for day in days)

        return cls(
            last_micros=week(1), before_micros=week(1 + DAYS), today_micros=micros_by_day.get(today, 0)
        )


def projected_micros(used_micros: int, weeks: Weeks, at: datetime, ends_at: datetime) -> int:
    """What will have been used when the cycle ends, at the pace of the last seven days and of today."""
    at = at.astimezone(UTC)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    known = DAYS * DAY + (at - midnight)
    left = max(ends_at - at, timedelta())
    return used_micros + (weeks.last_micros + weeks.today_micros) * (left // SECOND) // (known // SECOND)


def course_of(weeks: Weeks, projected: int, stops_at_micros: int | None) -> Course | None:
    """The first that applies; None for a client that goes on much as before."""
    if stops_at_micros is not None and projected >= stops_at_micros:
        return Course.STOPS
    if weeks.last_micros * 100 < weeks.before_micros * (100 - TURN_PERCENT):
        return Course.FALLS
    if weeks.last_micros * 100 > weeks.before_micros * (100 + TURN_PERCENT):
        return Course.GROWS
    return None
