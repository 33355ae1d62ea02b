"""Which cycle an instant belongs to."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime

MONTHS_AHEAD_MAX = 1_200


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A half-open period: `started_at` belongs to it, `ends_at` to the next one."""

    started_at: datetime
    ends_at: datetime


def month_after(start: datetime, months: int = 1) -> datetime:
    """The same day and time `months` later, or the last day of that month if it is shorter."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))


def calendar_month(at: datetime) -> Cycle:
    """The cycle of a pool without a subscription: the calendar month in UTC."""
    started_at = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Cycle(started_at=started_at, ends_at=month_after(started_at))


def cycle_at(known: Cycle, at: datetime) -> Cycle:
    """The cycle of a subscription at an instant, also after the last one that Stripe named.

    Between the end of a period and Stripe's word of the next one events are received already; the
    next cycle begins where the last one ends, so what is counted here stays counted there.
    """
    if at < known.ends_at:
        return known
    for months in range(MONTHS_AHEAD_MAX):
        ends_at = month_after(known.ends_at, months + 1)
        if at < ends_at:
            return Cycle(started_at=month_after(known.ends_at, months), ends_at=ends_at)
    raise AssertionError("an instant a century after the last known cycle")
