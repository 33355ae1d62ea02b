"""What replay is measured against: reading the same rows at all, and the runner of the event library."""

from __future__ import annotations

import time
from threading import Event
from typing import Any

import msgspec
import psycopg
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from adapters.postgres.factory import CONNINFO, PLACEHOLDERS
from adapters.postgres.logs import LOGS, MAPPER
from adapters.postgres.mapper import shape_of
from domain.agency import Agency
from domain.fact import Fact
from domain.facts import FACTS
from domain.metering import Metering
from projections.catalogue import FOLLOWED

AT_ONCE = 5_000  # rows that the cursor fetches
WAIT_SECONDS = 300.0
ASIDE = "heartwood_library"  # the schema of the screens that the library's runner makes


def read_per_second(database: Database) -> float:
    """All rows of both logs through server cursors, each one decoded as the kind of fact that it is."""
    decoders = {topic: msgspec.json.Decoder(shape_of(fact)) for topic, fact in FACTS.items()}
    rows = 0
    started = time.perf_counter()
    with psycopg.connect(database.conninfo) as db:
        for log in LOGS:
            with db.cursor(name=log) as cursor:
                cursor.itersize = AT_ONCE
                cursor.execute(f"SELECT * FROM {log}_events ORDER BY notification_id")
                for _, _, topic, state, _, _ in cursor:
                    decoders[topic].decode(state)
                    rows += 1
    return rows / (time.perf_counter() - started)


class Screens(PostgresTrackingRecorder):
    """All followed screens, as the library would have them kept: with the position, fact by fact."""

    def apply(self, fact: Fact, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            for projection in FOLLOWED:
                if fact.log in projection.logs:
                    projection.apply(cursor, [fact])


class Following(Projection[Screens]):
    name = "following"
    log = ""
    enough = Event()
    first, last, facts, facts_max = 0.0, 0.0, 0, 0

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        cls = type(self)
        self.view.apply(_fact(cls.log, domain_event, tracking.notification_id), tracking)
        cls.last = time.perf_counter()
        cls.first = cls.first or cls.last
        cls.facts += 1
        if cls.facts == cls.facts_max:
            self.enough.set()


def _fact(log: str, event: Any, position: int) -> Fact:
    stored = MAPPER.to_stored_event(event)
    return Fact(
        log=log,
        position=position,
        append=position,
        stream=event.originator_id,
        version=event.originator_version,
        topic=stored.topic,
        state=stored.state,
        event=event,
    )


def library_per_second(database: Database, facts: int) -> float:
    """The library's runner, which follows one log at a time, over the first facts of each; the logs count
    for as much as they hold. It makes the same screens, in a schema of its own."""
    with database.connect() as db:
        held = {log: _held(db, log) for log in LOGS}
        db.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE; CREATE SCHEMA {ASIDE}")
        db.execute(f"SET search_path = {ASIDE}, public")
        for projection in FOLLOWED:
            projection.create(db)
    try:
        seconds = sum(
            held[log] / _followed_per_second(database, log, application, facts)
            for log, application in zip(LOGS, (Agency, Metering), strict=True)
        )
    finally:
        with database.connect() as db:
            db.execute(f"DROP SCHEMA {ASIDE} CASCADE")
    return sum(held.values()) / seconds


def _held(db: Connection[DictRow], log: str) -> int:
    row = db.execute(f"SELECT count(*) AS facts FROM {log}_events").fetchone()
    return int(row["facts"]) if row else 0


def _followed_per_second(database: Database, log: str, application: type[Any], facts: int) -> float:
    Following.log, Following.facts_max, Following.facts, Following.first = log, facts, 0, 0.0
    Following.enough.clear()
    env = {
        "PERSISTENCE_MODULE": "adapters.postgres.factory:ConninfoFactory",
        "MAPPER_TOPIC": "adapters.postgres.mapper:PlainJSONMapper",
        f"{log.upper()}_CREATE_TABLE": "n",
        "POSTGRES_SCHEMA": "public",
        **PLACEHOLDERS,
        CONNINFO: make_conninfo(database.conninfo, options=f"-c search_path={ASIDE},public -c timezone=UTC"),
    }
    with ProjectionRunner[Any, Screens](
        application_class=application, projection_class=Following, view_class=Screens, env=env
    ) as runner:
        assert Following.enough.wait(WAIT_SECONDS), "the runner did not come that far in time"
        seconds = Following.last - Following.first
        tracking = runner.view.tracking_table_name
    with database.connect() as db:
        db.execute(SQL("DROP TABLE {}").format(Identifier(tracking)))
    return (facts - 1) / seconds
