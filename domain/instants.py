"""Which instant does somebody mean who writes one in ISO 8601?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LENGTH_MAX = 40


def instant_in(text: str, *, day_after: bool = False) -> datetime:
    """Without an offset it is UTC. A day is its beginning, or with `day_after` its end.

    ValueError if it is none.
    """
    if len(text) > LENGTH_MAX:
        raise ValueError("longer than any instant")
    try:
        if DAY.fullmatch(text):
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return day + timedelta(days=1) if day_after else day
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside of all years") from error
