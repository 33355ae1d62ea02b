"""Rebuilds: which is asked for or under way, and what came of the last of each projection?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from adapters.postgres.database import Database
from adapters.postgres.naming import Named
from adapters.postgres.rebuild import Rebuilt

TABLES = (
    "CREATE TABLE rebuilds (rebuild_id uuid PRIMARY KEY, wanted text NOT NULL, asked_by text NOT NULL,"
    " asked_at timestamptz NOT NULL, began_at timestamptz, attempts integer NOT NULL DEFAULT 0,"
    " making text NOT NULL DEFAULT '', facts_read bigint NOT NULL DEFAULT 0,"
    " facts_there bigint NOT NULL DEFAULT 0, ended_at timestamptz, error text)",
    # There is one at a time, whoever asks.
    "CREATE UNIQUE INDEX rebuilds_open ON rebuilds ((true)) WHERE ended_at IS NULL",
    "CREATE TABLE rebuilt (projection text PRIMARY KEY, rebuild_id uuid NOT NULL, asked_by text NOT NULL,"
    " ended_at timestamptz NOT NULL, facts bigint NOT NULL, took_ms bigint NOT NULL,"
    " made integer NOT NULL, differences bigint NOT NULL, swapped boolean NOT NULL)",
)
AT_IT_LOCK = 7_201_030  # has it who makes what is asked for, from the first part to the last
KEPT = 100  # rebuilds; what came of the last of each projection is kept beside them
EVERYBODY = Named(everybody=True)

OPEN = "ended_at IS NULL"
SOMEBODY_IS_AT_IT = (
    "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    f" AND (classid::bigint << 32) + objid::bigint = {AT_IT_LOCK}"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


@dataclass(frozen=True, kw_only=True)
class Rebuild:
    """`runs` says whether somebody is at it just now; one that began and does not run was interrupted."""

    rebuild_id: UUID
    wanted: str
    asked_by: str
    asked_at: datetime
    began_at: datetime | None
    attempts: int
    making: str
    facts_read: int
    facts_there: int
    ended_at: datetime | None
    error: str | None
    runs: bool

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True, kw_only=True)
class LastRebuilt:
    """`made` counts rows; `took_ms` is of all that was made and swapped in together."""

    projection: str
    rebuild_id: UUID
    asked_by: str
    ended_at: datetime
    facts: int
    took_ms: int
    made: int
    differences: int
    swapped: bool


class Rebuilds:
    """No facts: that a screen was made anew changes nothing that anybody could be asked about."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create(self, db: Connection[Any]) -> None:
        for statement in TABLES:
            db.execute(statement)

    def newest(self, db: Connection[Any]) -> Rebuild | None:
        """The one that is asked for or under way, or else the last that was."""
        query = (
            f"SELECT *, {SOMEBODY_IS_AT_IT} AS runs FROM rebuilds ORDER BY {OPEN} DESC, asked_at DESC LIMIT 1"
        )
        return db.cursor(row_factory=class_row(Rebuild)).execute(query).fetchone()

    def last(self, db: Connection[Any]) -> dict[str, LastRebuilt]:
        found = db.cursor(row_factory=class_row(LastRebuilt)).execute("SELECT * FROM rebuilt").fetchall()
        return {one.projection: one for one in found}

    def ask(self, rebuild_id: UUID, wanted: str, by: str, now: datetime) -> bool:
        """Asking twice is asking once; False if another one is asked for or under way."""
        with self.database.writing(EVERYBODY) as db:
            db.execute(
                "INSERT INTO rebuilds (rebuild_id, wanted, asked_by, asked_at) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (rebuild_id, wanted, by, now),
            )
            row = db.execute("SELECT FROM rebuilds WHERE rebuild_id = %s", (rebuild_id,)).fetchone()
        return row is not None

    def take_over(self, rebuild_id: UUID, wanted: str, by: str, now: datetime) -> None:
        """For who holds the lock and rebuilds at once: what waits or was interrupted is given up."""
        with self.database.writing() as db:
            db.execute(
                "UPDATE rebuilds SET ended_at = %s, error = 'given up for one at the command line'"
                f" WHERE {OPEN}",
                (now,),
            )
            db.execute(
                "INSERT INTO rebuilds (rebuild_id, wanted, asked_by, asked_at, began_at, attempts)"
                " VALUES (%s, %s, %s, %s, %s, 1)",
                (rebuild_id, wanted, by, now, now),
            )

    def begin(self, rebuild_id: UUID, now: datetime) -> None:
        with self.database.writing() as db:
            db.execute(
                "UPDATE rebuilds SET began_at = %s, attempts = attempts + 1, making = '', facts_read = 0,"
                f" facts_there = 0 WHERE rebuild_id = %s AND {OPEN}",
                (now, rebuild_id),
            )

    def wait(self, rebuild_id: UUID) -> None:
        """It was not its turn yet, and that is no attempt."""
        with self.database.writing() as db:
            db.execute(
                "UPDATE rebuilds SET began_at = NULL, attempts = attempts - 1"
                f" WHERE rebuild_id = %s AND {OPEN}",
                (rebuild_id,),
            )

    def tell(self, rebuild_id: UUID, making: str, read: int, there: int) -> None:
        with self.database.writing() as db:
            db.execute(
                "UPDATE rebuilds SET making = %s, facts_read = %s, facts_there = %s WHERE rebuild_id = %s",
                (making, read, there, rebuild_id),
            )

    def note(
        self, rebuild_id: UUID, by: str, made: Sequence[Rebuilt], *, took_ms: int, now: datetime
    ) -> None:
        """What came of it, by projection."""
        with self.database.writing() as db:
            for one in made:
                db.execute(
                    "INSERT INTO rebuilt VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
                    " ON CONFLICT (projection) DO UPDATE SET (rebuild_id, asked_by, ended_at, facts, took_ms,"
                    " made, differences, swapped) = (excluded.rebuild_id, excluded.asked_by,"
                    " excluded.ended_at, excluded.facts, excluded.took_ms, excluded.made,"
                    " excluded.differences, excluded.swapped)",
                    (
                        *(one.name, rebuild_id, by, now, one.facts, took_ms),
                        *(sum(one.rows.values()), one.differences, one.swapped),
                    ),
                )

    def end(self, rebuild_id: UUID, now: datetime, *, error: str | None = None) -> None:
        """Old ones go with it."""
        with self.database.writing() as db:
            db.execute(
                f"UPDATE rebuilds SET ended_at = %s, error = %s WHERE rebuild_id = %s AND {OPEN}",
                (now, error, rebuild_id),
            )
            db.execute(
                "DELETE FROM rebuilds WHERE rebuild_id IN (SELECT rebuild_id FROM rebuilds"
                f" WHERE ended_at IS NOT NULL ORDER BY asked_at DESC OFFSET {KEPT})"
            )
