"""How facts are appended: with everything that must be true at the same instant, in one transaction."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import Connection, Cursor
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier, Literal

from adapters.postgres.naming import Named, name
from domain.fact import Fact

ANSWER_SECONDS = 10.0  # no attempt begins later; one that finds nobody there takes five seconds
WAIT_SECONDS = 0.2
ABOUT = (
    "tree_id", "workspace_id", "pool_id", "anchor_id", "parent_id", "of_workspace_id", "to_tree_id",
    "from_tree_id",
)  # fmt: skip

log = logging.getLogger(__name__)

R = TypeVar("R")
Decode = Callable[[StoredEvent], Any]


class Inline(Protocol):
    """A projection that is written in the append's own transaction."""

    def apply(self, db: Connection[DictRow], facts: Sequence[Fact]) -> None: ...


class Beside(Protocol):
    """What an append brings along into its transaction."""

    def before(self, db: Connection[DictRow]) -> Callable[[], None]:
        """Before the log's lock is taken, so that what takes long keeps nobody else from appending, and
        without waiting for answers. What it returns is called under the lock, and raises if it must not be.
        """


class OutcomeUnknown(OperationalError):
    """The database went away and did not come back in time to say what it kept.

    Whoever gets this may ask again: a fact that was stored is recognised, not stored twice.
    """


class DoesNotFit(DatabaseError):
    """What belongs to an append broke a rule of another table than the log: a fault of ours.

    It is no `IntegrityError`, which says that someone else was first and that the command decides again.
    """


STREAM = """
    SELECT originator_id, originator_version, topic, state FROM {}
     WHERE originator_id = %(stream)s
       AND originator_version > coalesce(%(gt)s, 0) AND originator_version <= coalesce(%(lte)s, 2^62::bigint)
     ORDER BY originator_version {} LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statements:
    """What is said about one log, put together once."""

    lock: bytes
    draw: bytes
    insert: bytes
    find: bytes
    notify: bytes
    first: bytes
    last: bytes

    @classmethod
    def about(cls, schema: str, events_table: str, channel: str) -> Self:
        table = Identifier(schema, events_table)
        sequence = Identifier(schema, f"{events_table}_notification_id_seq")
        log = Literal(log_of(events_table))
        return cls(
            lock=SQL("SELECT heartwood_lock_log({})").format(log).as_bytes(None),
            draw=SQL("SELECT nextval('{}') AS position FROM generate_series(1, %s)")
            .format(sequence)
            .as_bytes(None),
            insert=SQL(
                "INSERT INTO {}"
                " (originator_id, originator_version, topic, state, notification_id, append)"
                " SELECT *, %s FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::bigint[])"
            )
            .format(table)
            .as_bytes(None),
            find=SQL(
                "SELECT notification_id FROM {} JOIN"
                " unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[]) AS given (i, v, t, s)"
                " ON (originator_id, originator_version, topic, state) = (i, v, t, s)"
                " ORDER BY notification_id"
            )
            .format(table)
            .as_bytes(None),
            notify=SQL("NOTIFY {}").format(Identifier(channel)).as_bytes(None),
            first=SQL(STREAM).format(table, SQL("ASC")).as_bytes(None),
            last=SQL(STREAM).format(table, SQL("DESC")).as_bytes(None),
        )


class AppendingRecorder(PostgresApplicationRecorder):
    """The library's recorder, with inline projections and an end to "was that stored or not?".

    A COMMIT whose acknowledgement is lost looks like a failure. The next attempt therefore looks,
    under the log's lock, for rows of its own: stored bytes that are equal, version by version, mean
    that it had worked. Without the lock that COMMIT might still be on its way.
    """

    decode: Decode
    inline: Sequence[Inline] = ()

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        beside: Beside | None = None,
        **_: Any,
    ) -> Sequence[int] | None:
        """Append all of these or none, with what belongs beside them."""
        if not stored_events:
            return []

        def append(again: bool) -> Sequence[int]:
            stored = self._already_stored(stored_events) if again else []
            return stored or self._append(stored_events, beside)

        try:
            return self._answered(append)
        except IntegrityError:  # someone else's rows, or these very ones from a command that is asked again
            return self._answered(lambda _: append(again=True))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """A stream, which is named to be seen; the library would ask a database that is away for nearly a
        minute."""
        given = {"stream": originator_id, "gt": gt, "lte": lte, "limit": limit}
        statement = self._sql.last if desc else self._sql.first
        return self._answered(lambda _: self._select(statement, given))

    def _select(self, statement: bytes, given: Mapping[str, Any]) -> Sequence[StoredEvent]:
        with self.datastore.get_connection() as db, db.pipeline():
            name(db, Named(tenants=[given["stream"]]))
            rows = db.execute(statement, given, prepare=True).fetchall()
        return [StoredEvent(**row) for row in rows]

    def _answered(self, ask: Callable[[bool], R]) -> R:
        """Ask until there is an answer or no time left; `ask` hears whether it was asked before."""
        deadline = time.monotonic() + ANSWER_SECONDS
        for attempt in count():
            try:
                return ask(attempt > 0)
            except (OperationalError, InterfaceError) as error:
                if time.monotonic() > deadline:
                    raise OutcomeUnknown(str(error)) from error
                log.warning("no answer from the database, attempt %d: %s", attempt + 1, error)
                self.datastore.pool.check()
                time.sleep(WAIT_SECONDS * attempt)
        raise AssertionError("counting never ends")

    def _append(self, stored_events: Sequence[StoredEvent], beside: Beside | None) -> Sequence[int]:
        """What needs no answer from before goes in one message, after the names of all it is about.

        Each message ends with a synchronisation: a session whose client is gone with the lock in its hands
        is idle in a transaction then, which the server ends after five seconds.
        """
        events = [self.decode(stored) for stored in stored_events]
        named = Named(tenants=tenants_of(stored_events, events))
        with (
            self.datastore.get_connection() as db,
            _conflicts_only_about(self.events_table_name),
            db.transaction(),
            db.cursor() as cursor,
        ):
            with db.pipeline():
                name(db, named)
                check = beside.before(db) if beside is not None else None
                self._lock_table(cursor)
                drawn = self._draw(db, len(stored_events))
            if check is not None:
                check()
            positions = [row["position"] for row in drawn]
            # Only what comes with something beside it is written by projections that ask nothing.
            with nullcontext() if beside is None else db.pipeline():
                self._insert(cursor, stored_events, positions)
                facts = self._facts(stored_events, events, positions)
                for projection in self.inline:
                    projection.apply(db, facts)
                self._notify_channel(cursor)
        return positions

    def _lock_table(self, curs: Cursor[DictRow]) -> None:
        curs.execute(self._sql.lock)  # how long it may wait is a setting of the connection

    def _notify_channel(self, curs: Cursor[DictRow]) -> None:
        curs.execute(self._sql.notify)

    def _draw(self, db: Connection[DictRow], count: int) -> Cursor[DictRow]:
        """Positions, drawn beforehand, so that each row names the first of its append."""
        return db.execute(self._sql.draw, (count,))

    def _insert(
        self, cursor: Cursor[DictRow], stored_events: Sequence[StoredEvent], positions: list[int]
    ) -> None:
        cursor.execute(self._sql.insert, (positions[0], *_columns(stored_events), positions))

    @cached_property
    def _sql(self) -> _Statements:
        return _Statements.about(self.datastore.schema, self.events_table_name, self.channel_name)

    def _facts(
        self, stored_events: Sequence[StoredEvent], events: Sequence[Any], positions: Sequence[int]
    ) -> list[Fact]:
        return [
            Fact(
                log=log_of(self.events_table_name),
                position=position,
                append=positions[0],
                stream=stored.originator_id,  # type: ignore[arg-type]  # ours are all UUIDs
                version=stored.originator_version,
                topic=stored.topic,
                state=stored.state,
                event=event,
            )
            for stored, event, position in zip(stored_events, events, positions, strict=True)
        ]

    def _already_stored(self, stored_events: Sequence[StoredEvent]) -> list[int]:
        """The positions of these very facts, byte for byte; empty unless all of them are there.

        Asked under the log's lock: whoever appended them without hearing of it has ended by then.
        """
        named = Named(tenants={stored.originator_id for stored in stored_events})  # type: ignore[misc]
        with self.datastore.get_connection() as db, db.transaction(), db.cursor() as cursor:
            name(db, named)
            self._lock_table(cursor)
            rows = cursor.execute(self._sql.find, _columns(stored_events))
            found = [row["notification_id"] for row in rows]
        return found if len(found) == len(stored_events) else []


@contextmanager
def _conflicts_only_about(events_table: str) -> Iterator[None]:
    try:
        yield
    except psycopg.IntegrityError as error:
        if error.diag.table_name == events_table:
            raise
        raise DoesNotFit(f"{error.diag.table_name}: {error.diag.constraint_name}") from error


def log_of(events_table: str) -> str:
    return events_table.removesuffix("_events")


def tenants_of(stored_events: Sequence[StoredEvent], events: Sequence[Any]) -> set[Any]:
    """Whom facts are about: their streams, and whoever is named in them whose rows may change with them."""
    streams = {stored.originator_id for stored in stored_events}
    named = {getattr(event, column, None) for event in events for column in ABOUT}
    return (streams | named) - {None}


def _columns(stored_events: Sequence[StoredEvent]) -> tuple[list[Any], ...]:
    return (
        [event.originator_id for event in stored_events],
        [event.originator_version for event in stored_events],
        [event.topic for event in stored_events],
        [event.state for event in stored_events],
    )
