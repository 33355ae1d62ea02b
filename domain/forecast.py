"""How many events may a cycle hold at its end, if it goes on as it did so far?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

DAY = timedelta(days=1)
RUN_DAYS = 7  # of a busiest run; a single day is no measure for weeks
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Events of the whole cycle, by three assumptions; none is less than the one before."""

    low: int  # nothing more happens
    likely: int  # the time that is left is like the average of the time that is over
    high: int  # every day that is left is like those of the busiest run
    run_days: int  # how many days in a row that is


def forecast(days: Sequence[int], elapsed: timedelta, left: timedelta) -> Forecast | None:
    """From the events of each day of the cycle: 24 hours from its beginning on, the running day included.

    Before a day is over there is nothing to go by, and no forecast. Until a week is over the busiest run
    is the busiest day, then the busiest seven days in a row.
    """
    if elapsed < DAY:
        return None
    used, left = sum(days), max(left, timedelta())
    run_days = RUN_DAYS if elapsed >= RUN_DAYS * DAY else 1
    busiest = max((sum(days[first : first + run_days]) for first in range(len(days))), default=0)
    likely = used + _in_time(used, elapsed, left)
    high = used + _in_time(busiest, run_days * DAY, left)
    return Forecast(low=used, likely=likely, high=max(likely, high), run_days=run_days)


def _in_time(events: int, within: timedelta, time: timedelta) -> int:
    """As many as in `within`, for another time; half an event rounded up."""
    part, whole = time // MICROSECOND, within // MICROSECOND
    return (2 * events * part + whole) // (2 * whole)
