"""What replay is measured against: reading the same rows at all, and the runner of the event library."""

from __future__ import annotations

import time
from threading import Event
from typing import Any

import msgspec
import psycopg
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from adapters.postgres.factory import CONNINFO, PLACEHOLDERS
from adapters.postgres.logs import LOGS
from adapters.postgres.mapper import shape_of
from domain.facts import FACTS
from domain.metering import Metering
from domain.usage import Usage

AT_ONCE = 5_000  # rows that the cursor fetches
WAIT_SECONDS = 300.0


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


COUNTS = """
    CREATE TABLE IF NOT EXISTS counts (
        pool_id uuid, cycle_started_at timestamptz, workspace_id uuid, events bigint,
        PRIMARY KEY (pool_id, cycle_started_at, workspace_id)
    )
"""


class Counts(PostgresTrackingRecorder):
    """What each workspace drew, as the library would have it kept: with the position, fact by fact."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.append(SQL(COUNTS).format())

    def count(self, event: Usage.Counted, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO counts VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (pool_id, cycle_started_at, workspace_id) DO UPDATE"
                " SET events = counts.events + excluded.events",
                (event.pool_id, event.cycle_started_at, event.workspace_id, event.quantity),
                prepare=True,
            )


class Counting(Projection[Counts]):
    name = "counting"
    enough = Event()
    first, last, facts, facts_max = 0.0, 0.0, 0, 0

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        assert isinstance(domain_event, Usage.Counted)
        self.view.count(domain_event, tracking)
        cls = type(self)
        cls.last = time.perf_counter()
        cls.first = cls.first or cls.last
        cls.facts += 1
        if cls.facts == cls.facts_max:
            self.enough.set()


def library_per_second(database: Database, facts: int) -> float:
    """The library's runner over the first facts of usage, of which only those of one screen are written."""
    Counting.facts_max, Counting.facts, Counting.first = facts, 0, 0.0
    Counting.enough.clear()
    env = {
        "PERSISTENCE_MODULE": "adapters.postgres.factory:ConninfoFactory",
        "MAPPER_TOPIC": "adapters.postgres.mapper:PlainJSONMapper",
        "METERING_CREATE_TABLE": "n",
        "POSTGRES_SCHEMA": "public",
        **PLACEHOLDERS,
        CONNINFO: database.conninfo,
    }
    with ProjectionRunner[Any, Counts](
        application_class=Metering, projection_class=Counting, view_class=Counts, env=env
    ) as runner:
        assert Counting.enough.wait(WAIT_SECONDS), "the runner did not come that far in time"
        seconds = Counting.last - Counting.first
        tracking = runner.view.tracking_table_name
    with database.connect() as db:
        db.execute(SQL("DROP TABLE counts, {}").format(Identifier(tracking)))
    return (facts - 1) / seconds
