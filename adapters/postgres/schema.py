"""The schema: what is made once, and how one sees that it is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from psycopg import Connection, Error
from psycopg.errors import DuplicateObject, DuplicateTable
from psycopg.sql import SQL, Identifier

from adapters.postgres.logs import LOGS

VERSION = 1
SCHEMA_LOCK = 7_201_001
QUOTED = re.compile(r"[\"„“»«](.+?)[\"“”«»]")  # in whatever language the server speaks


class Made(Protocol):
    """Whatever keeps tables of its own: a projection, the vault, the outbox."""

    def create(self, db: Connection[Any]) -> None: ...


class Unsuitable(Exception):
    """The database is none that this program can work with; nothing was changed."""


class OtherVersion(Unsuitable):
    """It was made by another version of the program."""


class NotOurs(Unsuitable):
    """Somebody else's tables have the names of ours."""


def create(db: Connection[Any], parts: Sequence[Made]) -> None:
    """Make all of it in one transaction, or nothing; two that start at once do it one after the other."""
    try:
        with db.transaction():
            db.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
            found = version_of(db)
            if found not in (None, VERSION):
                raise OtherVersion(f"the database has schema version {found}, this program needs {VERSION}")
            if found is None:
                _create(db, parts)
    except (DuplicateTable, DuplicateObject) as error:
        taken = f'the database already has a table "{_name_in(error)}" that is not ours'
        raise NotOurs(f"{taken}; give Heartwood an empty database") from error


def _name_in(error: Error) -> str:
    said = error.diag.message_primary or str(error)
    named = QUOTED.search(said)
    return named[1] if named else said


def _create(db: Connection[Any], parts: Sequence[Made]) -> None:
    for log in LOGS:
        _create_log(db, log)
    db.execute("CREATE TABLE bookmarks (log text PRIMARY KEY, position bigint NOT NULL)")
    for log in LOGS:
        db.execute("INSERT INTO bookmarks VALUES (%s, 0)", (log,))
    # Whatever is parked is followed by no projection; log, position and error tell of the fact that began it.
    db.execute(
        "CREATE TABLE parked (key uuid PRIMARY KEY, projection text NOT NULL, log text NOT NULL,"
        " position bigint NOT NULL, error text NOT NULL, at timestamptz NOT NULL)"
    )
    for part in parts:
        part.create(db)
    db.execute("CREATE TABLE schema_version (version integer PRIMARY KEY)")
    db.execute("INSERT INTO schema_version VALUES (%s)", (VERSION,))


def version_of(db: Connection[Any]) -> int | None:
    """The version of the schema, or None if there is none yet."""
    row = db.execute("SELECT to_regclass('public.schema_version') IS NOT NULL AS there").fetchone()
    if row is None or not row["there"]:
        return None
    row = db.execute("SELECT version FROM schema_version").fetchone()
    return int(row["version"]) if row else None


def _create_log(db: Connection[Any], log: str) -> None:
    """The library's table of events, and `append`: the first position saved in the same transaction.

    The composite type and the function that the library also makes are left out: our recorder sends
    columns as arrays, and the function takes no lock, so followers would miss facts.
    """
    events = Identifier("public", f"{log}_events")
    db.execute(
        SQL(
            "CREATE TABLE {events} (originator_id uuid NOT NULL, originator_version bigint NOT NULL,"
            " topic text NOT NULL, state bytea NOT NULL, notification_id bigserial, append bigint NOT NULL,"
            " PRIMARY KEY (originator_id, originator_version))"
            " WITH (autovacuum_vacuum_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.01)"
        ).format(events=events)
    )
    index = Identifier(f"{log}_events_notification_id_idx")
    db.execute(
        SQL("CREATE UNIQUE INDEX {index} ON {events} (notification_id)").format(index=index, events=events)
    )
