"""The outbox: what a fact asks the world to do, kept until it is done.

An entry is written in the transaction of its fact, so neither can exist without the other. A worker
delivers it, as often as it takes and at most until the attempts end; every errand is idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from adapters.postgres.database import Database
from domain.fact import Fact

ATTEMPTS_MAX = 20
LEASE = timedelta(seconds=60)  # longer than any errand takes; then another worker may try
BACK_OFF_FIRST = timedelta(seconds=2)
BACK_OFF_MAX = timedelta(hours=1)
ERROR_LENGTH_MAX = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One errand: what to do, and the fact that asked for it."""

    entry_id: int
    errand: str
    stream: UUID
    version: int
    attempts: int
    story: str


Errand = Callable[[Entry], None]


class Outbox:
    """`policies` says which fact asks for which errand."""

    def __init__(self, policies: Mapping[type, str]) -> None:
        self.policies = policies

    def create(self, db: Connection[Any]) -> None:
        db.execute(
            "CREATE TABLE outbox (entry_id bigserial PRIMARY KEY, errand text NOT NULL, stream uuid NOT NULL,"
            " version bigint NOT NULL, story text NOT NULL, attempts integer NOT NULL DEFAULT 0,"
            " due_at timestamptz NOT NULL, done_at timestamptz, gave_up_at timestamptz, last_error text,"
            " UNIQUE (stream, version, errand))"
        )
        db.execute(
            "CREATE INDEX outbox_due ON outbox (due_at, entry_id)"
            " WHERE done_at IS NULL AND gave_up_at IS NULL"
        )

    def apply(self, db: Connection[Any], facts: Sequence[Fact]) -> None:
        """Write an entry for each fact that asks for something; part of the fact's own append."""
        for fact in facts:
            if errand := self.policies.get(type(fact.event)):
                db.execute(
                    "INSERT INTO outbox (errand, stream, version, story, due_at) VALUES (%s, %s, %s, %s, %s)",
                    (errand, fact.stream, fact.version, fact.event.story, fact.event.timestamp),
                )

    def deliver_one(self, database: Database, errands: Mapping[str, Errand], now: datetime) -> bool:
        """Run the errand that has been due longest; False when none is due."""
        entry = self._lease(database, now)
        if entry is None:
            return False
        try:
            errands[entry.errand](entry)
        except Exception as error:
            log.warning(
                "errand %s failed, attempt %d: %s", entry.errand, entry.attempts, type(error).__name__
            )
            self._failed(database, entry, error, now)
        else:
            with database.writing() as db:
                db.execute("UPDATE outbox SET done_at = %s WHERE entry_id = %s", (now, entry.entry_id))
        return True

    def _lease(self, database: Database, now: datetime) -> Entry | None:
        with database.writing() as db:
            found = db.cursor(row_factory=class_row(Entry)).execute(
                "UPDATE outbox SET attempts = attempts + 1, due_at = %s WHERE entry_id ="
                " (SELECT entry_id FROM outbox WHERE due_at <= %s AND done_at IS NULL"
                "  AND gave_up_at IS NULL ORDER BY due_at, entry_id LIMIT 1 FOR UPDATE SKIP LOCKED)"
                " RETURNING entry_id, errand, stream, version, attempts, story",
                (now + LEASE, now),
            )
            return found.fetchone()

    def _failed(self, database: Database, entry: Entry, error: Exception, now: datetime) -> None:
        wait = min(BACK_OFF_FIRST * 2 ** (entry.attempts - 1), BACK_OFF_MAX)
        gave_up_at = now if entry.attempts >= ATTEMPTS_MAX else None
        text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX]
        with database.writing() as db:
            db.execute(
                "UPDATE outbox SET due_at = %s, gave_up_at = %s, last_error = %s WHERE entry_id = %s",
                (now + wait, gave_up_at, text, entry.entry_id),
            )

    def waiting(self, db: Connection[Any]) -> int:
        row = db.execute(
            "SELECT count(*) AS n FROM outbox WHERE done_at IS NULL AND gave_up_at IS NULL"
        ).fetchone()
        return int(row["n"]) if row else 0

    def given_up(self, db: Connection[Any]) -> int:
        row = db.execute("SELECT count(*) AS n FROM outbox WHERE gave_up_at IS NOT NULL").fetchone()
        return int(row["n"]) if row else 0
