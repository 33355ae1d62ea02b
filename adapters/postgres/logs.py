"""The two logs: opening them for appending, reading them in order."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import JSONTranscoder, StoredEvent
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from adapters.postgres.factory import CONNINFO, PLACEHOLDERS
from adapters.postgres.mapper import PlainJSONMapper, reader
from adapters.postgres.recorder import AppendingRecorder, Inline
from domain.fact import Fact
from domain.facts import FACTS

A = TypeVar("A", bound=Application[UUID])

AGENCY = "agency"
METERING = "metering"
LOGS = (AGENCY, METERING)

MAPPER: PlainJSONMapper = PlainJSONMapper(JSONTranscoder())


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


def facts_to_follow(log: str, rows: Sequence[DictRow], wanted: Container[str]) -> list[Fact]:
    """Facts of the topics that are wanted, and of those that nobody knows.

    The event of such a fact has the fields of its class, as screens need them, and nothing else of it.
    """
    return [
        Fact(
            log=log,
            position=row["notification_id"],
            append=row["append"],
            stream=row["originator_id"],
            version=row["originator_version"],
            topic=topic,
            state=row["state"],
            event=reader(topic)(row["state"]),
        )
        for row in rows
        if (topic := row["topic"]) in wanted or topic not in FACTS
    ]


def rows_after(
    db: Connection[Any], log: str, position: int, *, limit: int, upto: int = 2**62
) -> list[DictRow]:
    """Rows of a log in order, undecoded; never only a part of what was appended together.

    A downgrade is one append: a follower that stopped in the middle of it would show half a tree. So
    the last append of a full batch, which may go on, is left for the next one; an append that alone is
    longer than `limit` comes whole all the same.
    """
    select = SQL(
        "SELECT * FROM {events} WHERE notification_id > %s AND notification_id <= %s"
        " ORDER BY notification_id LIMIT %s"
    ).format(events=Identifier("public", f"{log}_events"))
    while True:
        rows: list[DictRow] = db.execute(select, (position, upto, limit), binary=True).fetchall()
        if len(rows) < limit:
            return rows
        if whole := [row for row in rows if row["append"] != rows[-1]["append"]]:
            return whole
        limit *= 2


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
