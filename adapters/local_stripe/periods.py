"""When a monthly period ends: on the anchor's day of the month, or on the last one where it has none."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime


def period_end(anchor: int, start: int) -> int:
    """The end of the period that starts then. The 31st is followed by the 28th, and that by the 31st."""
    first = datetime.fromtimestamp(anchor, UTC)
    begins = datetime.fromtimestamp(start, UTC)
    months = (begins.year - first.year) * 12 + begins.month - first.month
    while _months_after(first, months) <= begins:
        months += 1
    return int(_months_after(first, months).timestamp())


def _months_after(first: datetime, months: int) -> datetime:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    return first.replace(year=year, month=month + 1, day=day)
