"""The two logs: opening them for appending, reading them in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import JSONTranscoder, StoredEvent
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, tuple_row
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from adapters.postgres.factory import CONNINFO, PLACEHOLDERS
from adapters.postgres.mapper import PlainJSONMapper, Reader
from adapters.postgres.recorder import AppendingRecorder, Inline
from domain.fact import Fact
from domain.facts import FACTS

A = TypeVar("A", bound=Application[UUID])

AGENCY = "agency"
METERING = "metering"
LOGS = (AGENCY, METERING)

COLUMNS = ("notification_id", "append", "originator_id", "originator_version", "topic", "state")
POSITION, APPEND = 0, 1
PlainRow = tuple[Any, ...]  # the values of these columns

MAPPER: PlainJSONMapper = PlainJSONMapper(JSONTranscoder())


def channel_of(log: str) -> str:
    """Where is told, with the commit, that something was appended to a log; the library names it so."""
    return f"{log}_events"


def open_log(application: type[A], database: Database, inline: Sequence[Inline]) -> A:
    """An application on its log; opened in each process, never before a fork."""
    app = application(
        env={
            "PERSISTENCE_MODULE": "adapters.postgres.factory:ConninfoFactory",
            "MAPPER_TOPIC": "adapters.postgres.mapper:PlainJSONMapper",
            "CREATE_TABLE": "n",
            "POSTGRES_POOL_SIZE": "1",
            "POSTGRES_MAX_OVERFLOW": "6",
            "POSTGRES_CONNECT_TIMEOUT": "5",
            "POSTGRES_LOCK_TIMEOUT": "10",
            "POSTGRES_SCHEMA": "public",
            **PLACEHOLDERS,
            CONNINFO: database.conninfo,
        }
    )
    recorder = app.recorder
    assert isinstance(recorder, AppendingRecorder)
    recorder.decode = app.mapper.to_domain_event
    recorder.inline = inline
    return app


def fact_of(log: str, row: DictRow) -> Fact:
    """A fact from a row of a log, decoded typed."""
    stored = StoredEvent(
        originator_id=row["originator_id"],
        originator_version=row["originator_version"],
        topic=row["topic"],
        state=bytes(row["state"]),
    )
    return Fact(
        log=log,
        position=row["notification_id"],
        append=row["append"],
        stream=row["originator_id"],
        version=row["originator_version"],
        topic=stored.topic,
        state=stored.state,
        event=MAPPER.to_domain_event(stored),
    )


def facts_to_follow(log: str, rows: Sequence[PlainRow], readers: Mapping[str, Reader]) -> list[Fact]:
    """Facts of the topics that somebody reads; KeyError for a fact that nobody knows.

    The event of such a fact has fields of its class, as screens need them, and nothing else of it.
    """
    return [
        Fact(log, position, append, stream, version, topic, state, readers[topic](state))
        for position, append, stream, version, topic, state in rows
        if topic in readers or topic not in FACTS
    ]


def rows_after(db: Connection[Any], log: str, position: int, *, limit: int) -> list[DictRow]:
    """Rows of a log in order, undecoded; never only a part of what was appended together."""
    rows = plain_rows_after(db, log, position, limit=limit)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def plain_rows_after(
    db: Connection[Any],
    log: str,
    position: int,
    *,
    limit: int,
    upto: int = 2**62,
    topics: Sequence[str] | None = None,
) -> list[PlainRow]:
    """The same for who reads many of them, or only those of some topics.

    A downgrade is one append: a follower that stopped in the middle of it would show half a tree. So
    the last append of a full batch, which may go on, is left for the next one; an append that alone is
    longer than `limit` comes whole all the same.
    """
    select = SQL(
        "SELECT {columns} FROM {events} WHERE notification_id > %(after)s AND notification_id <= %(upto)s"
        "{topics} ORDER BY notification_id LIMIT %(limit)s"
    ).format(
        columns=SQL(", ").join(map(Identifier, COLUMNS)),
        events=Identifier("public", f"{log}_events"),
        topics=SQL("" if topics is None else " AND topic = ANY(%(topics)s)"),
    )
    given = {"after": position, "upto": upto, "topics": topics}
    plainly: Cursor[Any] = db.cursor(row_factory=tuple_row)
    while True:
        rows: list[PlainRow] = plainly.execute(select, given | {"limit": limit}, binary=True).fetchall()
        if len(rows) < limit:
            return rows
        if whole := [row for row in rows if row[APPEND] != rows[-1][APPEND]]:
            return whole
        limit *= 2


def plain(row: DictRow) -> PlainRow:
    return tuple([row[name] for name in COLUMNS])


def facts_where(db: Connection[Any], log: str, condition: str, **given: Any) -> Iterator[Fact]:
    """Facts of a log in order, chosen by columns of `event_index` (the condition is ours, never input)."""
    select = SQL(
        "SELECT e.* FROM event_index i JOIN {events} e ON e.notification_id = i.position"
        " WHERE i.log = %(log)s AND ({condition}) ORDER BY i.position"
    ).format(events=Identifier("public", f"{log}_events"), condition=SQL(condition))
    for row in db.execute(select, {"log": log, **given}):
        yield fact_of(log, row)


def head(db: Connection[Any], log: str) -> int:
    """The position of the last fact, 0 for an empty log."""
    row = db.execute("SELECT heartwood_head(%s) AS head", (log,)).fetchone()
    return int(row["head"]) if row else 0
