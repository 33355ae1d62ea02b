"""The outbox: what a fact asks the world to do, kept until it is done.

An entry is written in the transaction of its fact, so neither can exist without the other. A worker
delivers it, as often as it takes and at most until the attempts end; every errand is idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from adapters.postgres.database import Database
from adapters.redacting import redacted
from domain.because import Because
from domain.fact import Fact

ATTEMPTS_MAX = 20
LEASE = timedelta(minutes=10)  # longer than any errand takes; then another worker may try
BACK_OFF_FIRST = timedelta(seconds=2)
BACK_OFF_MAX = timedelta(hours=1)
AWAY_BACK_OFF_MAX = timedelta(minutes=15)
DOUBLINGS_MAX = 20  # by then the longest back-off is reached, and the number is still a small one
KEPT = timedelta(days=30)
PRUNED_MAX = 1_000
ERROR_LENGTH_MAX = 500

WAITING = "done_at IS NULL AND gave_up_at IS NULL"
GIVEN_UP = "gave_up_at IS NOT NULL"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One errand: what to do, and the fact that asked for it."""

    entry_id: int
    errand: str
    stream: UUID
    version: int
    attempts: int  # this one included; none of them found the world away
    away: int  # how often in a row it was away
    story: str

    def because(self, at: datetime) -> Because:
        """The reason of what comes of it, within the story of the fact."""
        return Because(actor="clock", cause=f"fact:{self.stream}/{self.version}", story=self.story, at=at)


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """What became of an errand; once it was done, the outbox knows so for thirty days."""

    errand: str
    stream: UUID
    version: int
    asked_at: datetime
    done_at: datetime | None
    gave_up_at: datetime | None
    attempts: int
    error: str | None  # of the last try that failed


@dataclass(frozen=True, kw_only=True)
class OutboxState:
    """How many errands wait, and since when the one that is due longest and the one asked for first do."""

    waiting: int
    given_up: int
    due_since: datetime | None
    asked_since: datetime | None


Errand = Callable[[Entry], None]


class Outbox:
    """`policies` says which fact asks for which errands, `away` how an errand says that the world is away.

    Nobody is to blame for that, so it costs no attempt; and as long as it lasts, other kinds go first.
    """

    def __init__(
        self, policies: Mapping[type, Sequence[str]], *, away: tuple[type[Exception], ...] = ()
    ) -> None:
        self.policies = policies
        self.away = away
        self.kinds_away: set[str] = set()

    def create(self, db: Connection[Any]) -> None:
        db.execute(
            "CREATE TABLE outbox (entry_id bigserial PRIMARY KEY, errand text NOT NULL, stream uuid NOT NULL,"
            " version bigint NOT NULL, story text NOT NULL, attempts integer NOT NULL DEFAULT 0,"
            " away integer NOT NULL DEFAULT 0, asked_at timestamptz NOT NULL, due_at timestamptz NOT NULL,"
            " done_at timestamptz, gave_up_at timestamptz, last_error text,"
            " UNIQUE (stream, version, errand))"
        )
        for index, column, condition in (
            ("outbox_due", "due_at, entry_id", WAITING),
            ("outbox_asked", "asked_at", WAITING),
            ("outbox_done", "done_at", "done_at IS NOT NULL"),
            ("outbox_given_up", "gave_up_at", GIVEN_UP),
        ):
            db.execute(f"CREATE INDEX {index} ON outbox ({column}) WHERE {condition}")

    def apply(self, db: Connection[Any], facts: Sequence[Fact]) -> None:
        """Write an entry for each fact that asks for something; part of the fact's own append."""
        for fact in facts:
            for errand in self.policies.get(type(fact.event), ()):
                db.execute(
                    "INSERT INTO outbox (errand, stream, version, story, asked_at, due_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    (errand, fact.stream, fact.version, fact.event.story, *[fact.event.timestamp] * 2),
                )

    def deliver_one(
        self, database: Database, errands: Mapping[str, Errand], clock: Callable[[], datetime]
    ) -> bool:
        """Run the errand that has been due longest; False when none is due."""
        entry = self._lease(database, clock(), besides=self.kinds_away)
        if entry is None and self.kinds_away:
            entry = self._lease(database, clock())
        if entry is None:
            return False
        try:
            errands[entry.errand](entry)
        except Exception as error:
            log.warning(
                "errand %s failed, attempt %d: %s", entry.errand, entry.attempts, type(error).__name__
            )
            if isinstance(error, self.away):
                self.kinds_away.add(entry.errand)
                self._wait(database, entry, error, clock())
            else:
                self._failed(database, entry, error, clock())
        else:
            self.kinds_away.discard(entry.errand)
            with database.writing() as db:
                db.execute("UPDATE outbox SET done_at = %s WHERE entry_id = %s", (clock(), entry.entry_id))
        return True

    def _lease(self, database: Database, now: datetime, *, besides: Iterable[str] = ()) -> Entry | None:
        with database.writing() as db:
            found = db.cursor(row_factory=class_row(Entry)).execute(
                "UPDATE outbox SET attempts = attempts + 1, due_at = %s WHERE entry_id ="
                f" (SELECT entry_id FROM outbox WHERE due_at <= %s AND {WAITING}"
                "   AND errand <> ALL(%s) ORDER BY due_at, entry_id LIMIT 1 FOR UPDATE SKIP LOCKED)"
                " RETURNING entry_id, errand, stream, version, attempts, away, story",
                (now + LEASE, now, list(besides)),
            )
            return found.fetchone()

    def _wait(self, database: Database, entry: Entry, error: Exception, now: datetime) -> None:
        due_at = now + _back_off(entry.away, AWAY_BACK_OFF_MAX)
        with database.writing() as db:
            db.execute(
                "UPDATE outbox SET due_at = %s, attempts = attempts - 1, away = away + 1, last_error = %s"
                " WHERE entry_id = %s",
                (due_at, _text(error), entry.entry_id),
            )

    def _failed(self, database: Database, entry: Entry, error: Exception, now: datetime) -> None:
        due_at = now + _back_off(entry.attempts - 1, BACK_OFF_MAX)
        gave_up_at = now if entry.attempts >= ATTEMPTS_MAX else None
        with database.writing() as db:
            db.execute(
                "UPDATE outbox SET due_at = %s, gave_up_at = %s, away = 0, last_error = %s"
                " WHERE entry_id = %s",
                (due_at, gave_up_at, _text(error), entry.entry_id),
            )

    def prune(self, database: Database, now: datetime) -> int:
        """Forget what was done long ago, so many at a time; answers how many that were."""
        with database.writing() as db:
            return db.execute(
                "DELETE FROM outbox WHERE entry_id IN (SELECT entry_id FROM outbox WHERE done_at < %s"
                " ORDER BY done_at LIMIT %s)",
                (now - KEPT, PRUNED_MAX),
            ).rowcount

    def asked_by(self, db: Connection[Any], places: Iterable[tuple[UUID, int]]) -> list[AskedFor]:
        """The errands of these facts, by stream and version, in the order in which they were asked for."""
        wanted = [*places]
        found = db.cursor(row_factory=class_row(AskedFor)).execute(
            "SELECT errand, stream, version, asked_at, done_at, gave_up_at, attempts + away AS attempts,"
            " last_error AS error"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS wanted (stream, version)"
            " JOIN outbox USING (stream, version) ORDER BY entry_id",
            ([stream for stream, _ in wanted], [version for _, version in wanted]),
        )
        return found.fetchall()

    def state(self, db: Connection[Any]) -> OutboxState:
        found = db.cursor(row_factory=class_row(OutboxState)).execute(
            f"SELECT (SELECT count(*) FROM outbox WHERE {WAITING}) AS waiting,"
            f" (SELECT count(*) FROM outbox WHERE {GIVEN_UP}) AS given_up,"
            f" (SELECT min(due_at) FROM outbox WHERE {WAITING}) AS due_since,"
            f" (SELECT min(asked_at) FROM outbox WHERE {WAITING}) AS asked_since"
        )
        state = found.fetchone()
        assert state is not None, "a query of counts has a row"
        return state


def _back_off(before: int, longest: timedelta) -> timedelta:
    """Twice as long each time; `before` is how often it failed in this way before."""
    return min(BACK_OFF_FIRST * (1 << min(before, DOUBLINGS_MAX)), longest)


def _text(error: Exception) -> str:
    return redacted(f"{type(error).__name__}: {error}")[:ERROR_LENGTH_MAX]
