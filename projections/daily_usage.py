"""Daily usage: how much was drawn from a pool on each day of a cycle, and which facts say so?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
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
    SELECT unnest(%b::uuid[]), unnest(%b::timestamptz[]), unnest(%b::integer[]), unnest(%b::bigint[]),
           unnest(%b::bigint[]), unnest(%b::bigint[]), unnest(%b::bigint[])
    ON CONFLICT (pool_id, cycle_started_at, day) DO UPDATE
    SET events = usage_by_day.events + excluded.events,
        batches = usage_by_day.batches + excluded.batches,
        first_position = least(usage_by_day.first_position, excluded.first_position),
        last_position = greatest(usage_by_day.last_position, excluded.last_position)
"""


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
    reads = {COUNTED: frozenset({"pool_id", "cycle_started_at", "timestamp", "quantity"})}
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
        days: dict[tuple[int, datetime, int], list[Any]] = {}
        for fact in facts:
            event = fact.event
            if fact.topic == COUNTED:
                counted_at, events, batches = event.timestamp, event.quantity, 1
            elif fact.topic == VOIDED:
                counted_at, events, batches = event.counted_at, -event.quantity, 0
            else:
                continue
            pool_id, cycle, position = event.pool_id, event.cycle_started_at, fact.position
            day = max((counted_at - cycle).days, 0)  # a clock that was set back counts for the first one
            if row := days.get((pool_id.int, cycle, day)):
                row[3] += events
                row[4] += batches
                row[6] = position
            else:
                days[pool_id.int, cycle, day] = [pool_id, cycle, day, events, batches, position, position]
        fill(db, COUNT, days.values())
