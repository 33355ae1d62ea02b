"""Daily usage: how much was drawn from a pool on each day of a cycle, and which facts say so?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row

from domain.correction import Correction
from domain.fact import Fact
from domain.usage import Usage
from projections.projection import Db, Projection, Writes, fill

DAY = timedelta(days=1)

COUNTED, VOIDED = Usage.Counted.__qualname__, Correction.Voided.__qualname__

COUNT = """
    INSERT INTO usage_by_day
    SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::integer[], %b::bigint[], %b::bigint[],
                         %b::bigint[], %b::bigint[])
    ON CONFLICT (pool_id, cycle_started_at, day) DO UPDATE
    SET events = usage_by_day.events + excluded.events,
        batches = usage_by_day.batches + excluded.batches,
        first_position = least(usage_by_day.first_position, excluded.first_position),
        last_position = greatest(usage_by_day.last_position, excluded.last_position)
"""

Day = tuple[UUID, datetime, int]


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """A day is 24 hours, counted from the cycle's beginning; the first one is 0."""

    day: int
    events: int
    batches: int
    first_position: int  # in the log of usage
    last_position: int


class DailyUsage(Projection):
    name = "daily_usage"
    logs = ("metering",)
    tables = {
        "usage_by_day": """
            pool_id          uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            day              integer NOT NULL,
            events           bigint NOT NULL,
            batches          bigint NOT NULL,
            first_position   bigint NOT NULL,
            last_position    bigint NOT NULL,
            PRIMARY KEY (pool_id, cycle_started_at, day)
        """,
    }

    # Questions.

    def of_tree(self, db: Db, tree_id: UUID, cycle_started_at: datetime) -> list[DayRow]:
        """The days of a cycle on which anything was counted, in order."""
        found = db.cursor(row_factory=class_row(DayRow)).execute(
            "SELECT day, events, batches, first_position, last_position FROM usage_by_day"
            " WHERE pool_id = %s AND cycle_started_at = %s ORDER BY day",
            (tree_id, cycle_started_at),
        )
        return found.fetchall()

    # What was counted is summed up before it is written: a batch of facts touches few days.
    # What was voided is taken from the day on which it had been counted.

    def topics(self, log: str) -> frozenset[str]:
        return frozenset({COUNTED, VOIDED})

    def apply(self, db: Writes, facts: Sequence[Fact]) -> None:
        days: dict[Day, list[int]] = {}
        for fact in facts:
            event = fact.event
            if fact.topic == COUNTED:
                day, events, batches = _day_of(event, event.timestamp), event.quantity, 1
            elif fact.topic == VOIDED:
                day, events, batches = _day_of(event, event.counted_at), -event.quantity, 0
            else:
                continue
            sums = days.setdefault(day, [0, 0, fact.position, fact.position])
            sums[0] += events
            sums[1] += batches
            sums[3] = fact.position
        fill(db, COUNT, [(*day, *sums) for day, sums in days.items()])


def _day_of(event: Usage.Counted | Correction.Voided, counted_at: datetime) -> Day:
    """A clock that was set back counts for the first day."""
    since = counted_at - event.cycle_started_at
    return event.pool_id, event.cycle_started_at, max(since // DAY, 0)
