"""The jobs of the clock: when was each last done, and should it have been done again by now?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from adapters.postgres.database import Database

TABLE = """
    CREATE TABLE job_runs (
        name     text PRIMARY KEY,
        tried_at timestamptz NOT NULL,
        done_at  timestamptz,
        late_at  timestamptz NOT NULL,
        error    text
    )
"""
AGAIN_AFTER = timedelta(minutes=5)  # of a job that failed, or whose worker died


@dataclass(frozen=True, kw_only=True)
class JobRun:
    """`done_at` is when the last run that succeeded began; `error` the kind of fault of a later one."""

    name: str
    tried_at: datetime
    done_at: datetime | None
    late_at: datetime  # not done again by then, it is late
    error: str | None


class JobRuns:
    """No facts: that nothing happened is not worth one."""

    def create(self, db: Connection[Any]) -> None:
        db.execute(TABLE)

    def begin(
        self, database: Database, name: str, now: datetime, *, since: datetime, late_at: datetime
    ) -> bool:
        """Whether a job is to be done now: False if it was since that instant, or was tried just now."""
        with database.writing() as db:
            begun = db.execute(
                "INSERT INTO job_runs VALUES (%(name)s, %(now)s, NULL, %(late_at)s) ON CONFLICT (name)"
                " DO UPDATE SET tried_at = excluded.tried_at"
                " WHERE (job_runs.done_at IS NULL OR job_runs.done_at < %(since)s)"
                "   AND (job_runs.done_at = job_runs.tried_at OR job_runs.tried_at <= %(again)s)",
                {"name": name, "now": now, "since": since, "late_at": late_at, "again": now - AGAIN_AFTER},
            )
            return begun.rowcount == 1

    def done(self, database: Database, name: str, began_at: datetime, *, late_at: datetime) -> None:
        with database.writing() as db:
            db.execute(
                "UPDATE job_runs SET done_at = %s, late_at = %s, error = NULL WHERE name = %s",
                (began_at, late_at, name),
            )

    def failed(self, database: Database, name: str, error: Exception) -> None:
        with database.writing() as db:
            db.execute("UPDATE job_runs SET error = %s WHERE name = %s", (type(error).__name__, name))

    def all(self, db: Connection[Any]) -> list[JobRun]:
        found = db.cursor(row_factory=class_row(JobRun)).execute("SELECT * FROM job_runs ORDER BY name")
        return found.fetchall()

    def late(self, db: Connection[Any], now: datetime) -> int:
        row = db.execute("SELECT count(*) AS late FROM job_runs WHERE late_at < %s", (now,)).fetchone()
        return int(row["late"]) if row else 0
