"""The tables of what was tracked, and their partitions: made ahead of time, and dropped when they are old.

A raw row is kept as long as the plan promised under which it was received. Rows of one promise and one
month are a partition, so what has expired is dropped whole, and no row is ever deleted. What billing needs is
in the facts, and what was answered under an idempotency key lies beside, both for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from domain.cycles import calendar_month, month_after
from domain.plans import PLANS

MONTHS_AHEAD = 3
DROPPED_MAX = 100  # at a time
NAME = re.compile(r"usage_(\d+)_(\d{4})_(\d{2})")

# json, not jsonb: the digest in the fact is over these very bytes.
USAGE = """
    CREATE TABLE usage (
        event_id     uuid NOT NULL,
        batch_id     uuid NOT NULL,
        workspace_id uuid NOT NULL,
        kept_days    smallint NOT NULL,
        received_at  timestamptz NOT NULL,
        body         json NOT NULL,
        PRIMARY KEY (event_id, kept_days, received_at)
    ) PARTITION BY RANGE (kept_days, received_at)
"""
USAGE_INDEX = "CREATE INDEX usage_workspace ON usage (workspace_id, received_at)"
USAGE_KEYS = """
    CREATE TABLE usage_keys (
        workspace_id    uuid NOT NULL,
        idempotency_key text NOT NULL,
        body_sha256     bytea NOT NULL,
        answer          text NOT NULL,
        PRIMARY KEY (workspace_id, idempotency_key)
    )
"""


PARTITIONS = """
    SELECT relname, CASE WHEN inhrelid IS NULL THEN 'detached' WHEN inhdetachpending THEN 'detaching'
                         ELSE 'attached' END AS state
      FROM pg_class LEFT JOIN pg_inherits ON inhrelid = oid
     WHERE relkind = 'r' AND starts_with(relname, 'usage_')
       AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'usage'::regclass)
     ORDER BY inhrelid IS NOT NULL AND NOT inhdetachpending, relname
"""


class State(StrEnum):
    """How far the dropping of a partition has come; somebody may have been stopped in the midst of it."""

    ATTACHED = "attached"
    DETACHING = "detaching"
    DETACHED = "detached"


@dataclass(frozen=True, kw_only=True, order=True)
class Partition:
    """The rows of one promise that were received in one month."""

    kept_days: int
    month: datetime

    @property
    def name(self) -> str:
        return f"usage_{self.kept_days}_{self.month:%Y_%m}"

    @property
    def expires_at(self) -> datetime:
        """When the last of its rows has been kept as long as was promised."""
        return month_after(self.month) + timedelta(days=self.kept_days)

    @classmethod
    def of(cls, kept_days: int, received_at: datetime) -> Partition:
        return cls(kept_days=kept_days, month=calendar_month(received_at).started_at)


class UsageTables:
    """No facts: raw rows, which facts vouch for."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._there: set[Partition] = set()

    def create(self, db: Connection[Any]) -> None:
        for statement in (USAGE, USAGE_INDEX, USAGE_KEYS):
            db.execute(statement)

    def have(self, partition: Partition) -> None:
        """Make the partition unless it is there; asked of the database once in a process."""
        if partition in self._there:
            return
        with self.database.connection() as db:
            if not _is_there(db, partition):
                db.execute(
                    "SELECT heartwood_have_usage(%s::smallint, %s)", (partition.kept_days, partition.month)
                )
        self._there.add(partition)

    def keep_up(self, now: datetime) -> int:
        """Make the partitions of the months to come, drop what has expired; answers how many it dropped."""
        for kept_days in sorted({plan.kept_days for plan in PLANS.values()}):
            month = calendar_month(now).started_at
            for months in range(MONTHS_AHEAD + 1):
                self.have(Partition(kept_days=kept_days, month=month_after(month, months)))
        with self.database.connection() as db:
            found = [(one, state) for one, state in _partitions(db) if one.expires_at <= now][:DROPPED_MAX]
            for partition, state in found:
                self._drop(db, partition, state)
        return len(found)

    def _drop(self, db: Connection[Any], partition: Partition, state: State) -> None:
        """Each statement commits by itself: to detach concurrently makes no reader and no writer wait."""
        name = Identifier(partition.name)
        if state is not State.DETACHED:
            how = SQL("FINALIZE" if state is State.DETACHING else "CONCURRENTLY")
            db.execute(SQL("ALTER TABLE usage DETACH PARTITION {} {}").format(name, how))
        db.execute(SQL("DROP TABLE {}").format(name))
        self._there.discard(partition)


def _partitions(db: Connection[Any]) -> Iterator[tuple[Partition, State]]:
    """What was left halfway comes first: nothing else can be detached as long as one is being detached."""
    rows = db.execute(PARTITIONS).fetchall()
    for row in rows:
        if found := NAME.fullmatch(row["relname"]):
            days, year, month = map(int, found.groups())
            partition = Partition(kept_days=days, month=datetime(year, month, 1, tzinfo=UTC))
            yield partition, State(row["state"])


def _is_there(db: Connection[Any], partition: Partition) -> bool:
    """Read from the table of inheritance: `to_regclass` may remember that there was none a moment ago."""
    row = db.execute(
        "SELECT EXISTS (SELECT FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid"
        " WHERE inhparent = 'usage'::regclass AND relname = %s) AS there",
        (partition.name,),
    ).fetchone()
    return bool(row and row["there"])
