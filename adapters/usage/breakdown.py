"""Of what did usage consist: by agent, task type, outcome or day, from the rows that are kept?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

PERIOD_MAX = timedelta(days=92)
GROUPS_MAX = 1_000  # of one kind; the rest is summed up
ROWS_MAX = 500_000  # that one question reads: some seconds
LATEST_MAX = 50
SECONDS_OF_HOUR = 3_600
HOURS_DIGITS = 4

COUNTS = "NOT EXISTS (SELECT FROM voided_events v WHERE v.event_id = u.event_id)"  # the one place
WITHIN = f"u.received_at >= %(started_at)s AND u.received_at < %(ends_at)s AND {COUNTS}"
BY = {
    "agent": "agent_id",
    "task_type": "task_type",
    "outcome": "outcome",
    "day": "(received_at AT TIME ZONE 'UTC')::date",
}

# Numbers without a bound: a sum of what programs send may be larger than any integer of the database.
PARSED = f"""
    SELECT {", ".join(f"{what} AS {name}" for name, what in BY.items())},
           saved_seconds, saved_micros, agent_cost_micros, net_saved_micros
      FROM (SELECT received_at, body FROM usage u
             WHERE u.workspace_id = ANY(%(workspace_ids)s) AND {WITHIN}) tracked
     CROSS JOIN json_to_record(body) AS sent (agent_id text, task_type text, outcome text, frozen json)
      LEFT JOIN json_to_record(sent.frozen) AS frozen
           (saved_seconds numeric, saved_micros numeric, agent_cost_micros numeric, net_saved_micros numeric)
           ON true
"""
SUMS = ("saved_seconds", "saved_micros", "agent_cost_micros", "net_saved_micros")
SUMMED = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in ("events", *SUMS))


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What some events come to; micros are of the currency of the plans."""

    events: int = 0
    saved_seconds: int = 0
    saved_micros: int = 0
    agent_cost_micros: int = 0
    net_saved_micros: int = 0

    @property
    def hours_saved(self) -> float:
        return round(self.saved_seconds / SECONDS_OF_HOUR, HOURS_DIGITS)

    def __add__(self, other: Sums) -> Sums:
        mine, theirs = astuple(self), astuple(other)
        names = self.__dataclass_fields__
        return Sums(**{name: a + b for name, a, b in zip(names, mine, theirs, strict=True)})


@dataclass(frozen=True, kw_only=True)
class Group:
    key: str
    sums: Sums


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """The groups of one kind: days in their order, all others by their events, the most first."""

    groups: list[Group]
    other: Sums | None  # of the groups that are not listed

    @property
    def total(self) -> Sums:
        return sum((group.sums for group in self.groups), self.other or Sums())


@dataclass(frozen=True, kw_only=True)
class TrackedRow:
    event_id: UUID
    received_at: datetime
    agent_id: str
    task_type: str
    outcome: str


class UsageRows:
    """Each question is asked in the snapshot of who asks, and of the named workspaces only."""

    def in_workspaces(
        self,
        db: Connection[Any],
        workspace_ids: Sequence[UUID],
        started_at: datetime,
        ends_at: datetime,
        *,
        by: Sequence[str],
    ) -> dict[str, Breakdown]:
        """What was received from an instant on and before another, by each of the kinds; read once."""
        assert timedelta() <= ends_at - started_at <= PERIOD_MAX
        rows = db.execute(
            _question(by),
            {
                "workspace_ids": list(workspace_ids),
                "started_at": started_at,
                "ends_at": ends_at,
                "groups_max": GROUPS_MAX,
            },
        ).fetchall()
        return {kind: _breakdown(kind, [row for row in rows if row["kind"] == kind]) for kind in by}

    def reach_in_workspaces(
        self, db: Connection[Any], workspace_ids: Sequence[UUID], started_at: datetime, ends_at: datetime
    ) -> datetime:
        """From when on a period holds no more rows than one question may read; usually from its beginning."""
        row = db.execute(
            "SELECT received_at FROM usage u WHERE u.workspace_id = ANY(%(workspace_ids)s)"
            f" AND {WITHIN} ORDER BY received_at DESC OFFSET %(rows_max)s LIMIT 1",
            {
                "workspace_ids": list(workspace_ids),
                "started_at": started_at,
                "ends_at": ends_at,
                "rows_max": ROWS_MAX,
            },
        ).fetchone()
        return row["received_at"] + timedelta.resolution if row else started_at

    def latest_in_workspace(
        self, db: Connection[Any], workspace_id: UUID, started_at: datetime, ends_at: datetime
    ) -> list[TrackedRow]:
        """The newest first."""
        found = db.cursor(row_factory=class_row(TrackedRow)).execute(
            "SELECT event_id, received_at, agent_id, task_type, outcome"
            " FROM (SELECT event_id, received_at, body FROM usage u"
            f"       WHERE u.workspace_id = %(id)s AND {WITHIN}"
            "        ORDER BY received_at DESC, event_id LIMIT %(latest_max)s) tracked"
            " CROSS JOIN json_to_record(body) AS sent (agent_id text, task_type text, outcome text)"
            " ORDER BY received_at DESC, event_id",
            {"id": workspace_id, "started_at": started_at, "ends_at": ends_at, "latest_max": LATEST_MAX},
        )
        return found.fetchall()

    def kept_since(self, db: Connection[Any], workspace_id: UUID) -> datetime | None:
        """When the oldest row of a workspace was received that is still there."""
        row = db.execute(
            "SELECT min(received_at) AS received_at FROM usage WHERE workspace_id = %s", (workspace_id,)
        ).fetchone()
        found: datetime | None = row["received_at"] if row else None
        return found


def _question(by: Sequence[str]) -> str:
    """The sums of each group, and of all groups of a kind that are beyond the limit as one without a key."""
    kinds = " ".join(f"WHEN grouping({kind}) = 0 THEN '{kind}'" for kind in by if kind in BY)
    keys = ", ".join(f"{kind}::text" for kind in by if kind in BY)
    sets = ", ".join(f"({kind})" for kind in by if kind in BY)
    return f"""
        WITH grouped AS (
            SELECT CASE {kinds} END AS kind, coalesce({keys}) AS key, count(*) AS events,
                   {", ".join(f"sum({name}) AS {name}" for name in SUMS)}
              FROM ({PARSED}) parsed GROUP BY GROUPING SETS ({sets})
        ), ranked AS (
            SELECT *, row_number() OVER (PARTITION BY kind ORDER BY events DESC, key) > %(groups_max)s AS rest
              FROM grouped
        )
        SELECT kind, rest, CASE WHEN NOT rest THEN key END AS key, {SUMMED}
          FROM ranked GROUP BY 1, 2, 3 ORDER BY kind, rest, events DESC, key
    """


def _breakdown(kind: str, rows: Sequence[Any]) -> Breakdown:
    groups = [Group(key=row["key"], sums=_sums(row)) for row in rows if not row["rest"]]
    if kind == "day":
        groups.sort(key=lambda group: group.key)
    return Breakdown(groups=groups, other=next((_sums(row) for row in rows if row["rest"]), None))


def _sums(row: Any) -> Sums:
    return Sums(events=int(row["events"]), **{name: int(row[name]) for name in SUMS})
