"""Call days: what did each workspace use on each day, by category, and what did it come to?

A day is one in UTC, the one on which a call or charge was received, as the cycle is that it was charged to.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from domain.calls.call import CATEGORIES, Call, Kind
from domain.calls.charge import Charge
from domain.credits.ledger import CreditLedger
from domain.fact import Fact
from domain.pace import DAYS
from projections.projection import Db, Projection, Writes, fill

TOLD, ENDED = Call.Told.__qualname__, Call.Ended.__qualname__
MADE, REFUNDED = Charge.Made.__qualname__, CreditLedger.Refunded.__qualname__
CYCLES_MAX = 240

KEY = "workspace_id, tree_id, cycle_started_at, day, category"
ADDED = f"""
    INSERT INTO use_days AS u
    SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::timestamptz[], %b::date[], %b::text[],
                         %b::bigint[], %b::bigint[], %b::bigint[])
    ON CONFLICT ({KEY}) DO UPDATE
       SET units = u.units + excluded.units, seconds = u.seconds + excluded.seconds,
           micros = u.micros + excluded.micros
"""
IN_CALLS = ", ".join(f"'{category}'" for category in CATEGORIES.values())
CALLS = f"coalesce(sum(units) FILTER (WHERE category IN ({IN_CALLS})), 0)::bigint AS calls"
SUMS = "sum(units)::bigint AS units, sum(seconds)::bigint AS seconds, sum(micros)::bigint AS micros"


@dataclass(frozen=True, kw_only=True)
class Total:
    """Of one workspace in one category; units are calls, messages or numbers."""

    workspace_id: UUID
    category: str
    units: int
    seconds: int
    micros: int


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """What one workspace used on a day."""

    day: date
    calls: int
    seconds: int
    micros: int


class CallDays(Projection):
    name = "call_days"
    logs = ("metering",)
    tables = {
        "use_days": f"""
            workspace_id     uuid NOT NULL,
            tree_id          uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            day              date NOT NULL,
            category         text NOT NULL,
            units            bigint NOT NULL,
            seconds          bigint NOT NULL,
            micros           bigint NOT NULL,
            PRIMARY KEY ({KEY})
        """,
    }
    indexes = {
        "use_days_tree": "use_days (tree_id, day)",
        "use_days_cycle": "use_days (tree_id, cycle_started_at)",
    }

    # Questions.

    def of_tree(
        self,
        db: Db,
        tree_id: UUID,
        first: date | None,
        last: date | None,
        *,
        cycle_started_at: datetime | None = None,
    ) -> list[Total]:
        """From a day to a day, both of them included, or of one cycle; a deleted child's use stays."""
        found = db.cursor(row_factory=class_row(Total)).execute(
            f"SELECT workspace_id, category, {SUMS} FROM use_days WHERE tree_id = %(tree_id)s"
            " AND (%(first)s::date IS NULL OR day >= %(first)s)"
            " AND (%(last)s::date IS NULL OR day <= %(last)s)"
            " AND (%(cycle)s::timestamptz IS NULL OR cycle_started_at = %(cycle)s)"
            " GROUP BY workspace_id, category ORDER BY workspace_id, category",
            {"tree_id": tree_id, "first": first, "last": last, "cycle": cycle_started_at},
        )
        return found.fetchall()

    def micros_by_day(
        self, db: Db, tree_id: UUID, workspace_ids: Collection[UUID], at: datetime
    ) -> dict[UUID, dict[date, int]]:
        """Of each of these workspaces, as far back as its pace is asked for."""
        rows = db.execute(
            "SELECT workspace_id, day, sum(micros)::bigint AS micros FROM use_days WHERE tree_id = %s"
            " AND workspace_id = ANY(%s) AND day >= %s GROUP BY workspace_id, day",
            (tree_id, list(workspace_ids), _day(at) - timedelta(days=2 * DAYS)),
        )
        found: dict[UUID, dict[date, int]] = {}
        for row in rows:
            found.setdefault(row["workspace_id"], {})[row["day"]] = row["micros"]
        return found

    def cycles_in_workspace(self, db: Db, workspace_id: UUID) -> list[datetime]:
        """Those in which it used anything, the newest first."""
        rows = db.execute(
            "SELECT DISTINCT cycle_started_at FROM use_days WHERE workspace_id = %s ORDER BY 1 DESC LIMIT %s",
            (workspace_id, CYCLES_MAX),
        )
        return [row["cycle_started_at"] for row in rows]

    def totals_in_workspace(self, db: Db, workspace_id: UUID, cycle_started_at: datetime) -> list[Total]:
        found = db.cursor(row_factory=class_row(Total)).execute(
            f"SELECT workspace_id, category, {SUMS} FROM use_days"
            " WHERE workspace_id = %s AND cycle_started_at = %s GROUP BY 1, 2 ORDER BY 2",
            (workspace_id, cycle_started_at),
        )
        return found.fetchall()

    def days_in_workspace(self, db: Db, workspace_id: UUID, cycle_started_at: datetime) -> list[DayRow]:
        """The days of a cycle on which anything was used, in order."""
        found = db.cursor(row_factory=class_row(DayRow)).execute(
            f"SELECT day, {CALLS}, sum(seconds)::bigint AS seconds, sum(micros)::bigint AS micros"
            " FROM use_days WHERE workspace_id = %s AND cycle_started_at = %s GROUP BY day ORDER BY day",
            (workspace_id, cycle_started_at),
        )
        return found.fetchall()

    # What was used is summed up before it is written: a batch of facts touches few days. What was given back
    # is taken from the day on which that was decided, and from the cycle that it had been charged to.

    def topics(self, log: str) -> frozenset[str]:
        return frozenset({TOLD, ENDED, MADE, REFUNDED})

    def apply(self, db: Writes, facts: Sequence[Fact]) -> None:
        days: dict[tuple[Any, ...], list[int]] = {}
        for fact in facts:
            if fact.topic not in READ:
                continue
            *key, units, seconds, micros = READ[fact.topic](fact.event)
            sums = days.setdefault(tuple(key), [0, 0, 0])
            sums[0] += units
            sums[1] += seconds
            sums[2] += micros
        fill(db, ADDED, [(*key, *sums) for key, sums in days.items()])


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _key(event: Any, workspace_id: UUID, category: str) -> tuple[Any, ...]:
    return workspace_id, event.tree_id, event.cycle_started_at, _day(event.timestamp), category


def _called(event: Any) -> tuple[Any, ...]:
    category = str(CATEGORIES[Kind(event.kind)])
    key = _key(event, event.workspace_id, category)
    return (*key, 1, event.seconds, event.amount_micros)


def _charged(event: Any) -> tuple[Any, ...]:
    key = _key(event, event.workspace_id, str(event.category))
    return (*key, event.quantity, 0, event.amount_micros)


def _refunded(event: Any) -> tuple[Any, ...]:
    key = _key(event, event.of_workspace_id, str(event.category))
    return (*key, 0, 0, -event.amount_micros)


READ = {TOLD: _called, ENDED: _called, MADE: _charged, REFUNDED: _refunded}
