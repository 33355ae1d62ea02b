"""The schema: what is made once, brought to the version of the program, and how one sees that it is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Connection, Error
from psycopg.errors import DuplicateObject, DuplicateTable, InsufficientPrivilege
from psycopg.sql import SQL, Identifier

from adapters.postgres import guards
from adapters.postgres.logs import LOGS
from adapters.postgres.poison import Poison
from adapters.postgres.protection import protect_all
from adapters.postgres.upgrades import STEPS, Remade, upgrade

VERSION = max(STEPS)
SCHEMA_LOCK = 7_201_001
QUOTED = re.compile(r"[\"„“»«](.+?)[\"“”«»]")  # in whatever language the server speaks


class Made(Protocol):
    """Whatever keeps tables of its own: a projection, the vault, the outbox."""

    def create(self, db: Connection[Any]) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Everything that has tables."""

    inline: Sequence[Remade]
    followed: Sequence[Remade]
    others: Sequence[Made]


class Unsuitable(Exception):
    """The database is none that this program can work with; nothing was changed."""


class OtherVersion(Unsuitable):
    """It was made by another version of the program."""


class NotOurs(Unsuitable):
    """Somebody else's tables have the names of ours."""


class NotAllowed(Unsuitable):
    """Our role may not do what we need."""


def create(db: Connection[Any], parts: Parts) -> None:
    """Make or upgrade all of it in one transaction, or nothing; of two at once, one comes after the other."""
    try:
        with db.transaction():
            db.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
            found = version_of(db)
            if found is None or found < VERSION:
                guards.create(db)
            if found is None:
                _create(db, parts)
            elif found < VERSION:
                _upgrade(db, found, parts)
            elif found > VERSION:
                raise OtherVersion(f"the database has schema version {found}, this program needs {VERSION}")
    except (DuplicateTable, DuplicateObject) as error:
        taken = f'the database already has a table "{_name_in(error)}" that is not ours'
        raise NotOurs(f"{taken}; give Heartwood an empty database") from error
    except InsufficientPrivilege as error:
        role = f"the role {db.info.user} may not make tables in the database ({_said(error)})"
        raise NotAllowed(f"{role}; make it the owner: ALTER DATABASE … OWNER TO {db.info.user}") from error


def _upgrade(db: Connection[Any], found: int, parts: Parts) -> None:
    steps = [STEPS[version] for version in range(found + 1, VERSION + 1)]
    try:
        upgrade(db, steps, parts.inline, parts.followed)
    except Poison as poison:
        raise OtherVersion(
            f"the database has schema version {found} and cannot become {VERSION}: {poison.says} a fact"
            f" ({poison.error}); nothing was changed, use the program that made it"
        ) from poison
    db.execute("UPDATE schema_version SET version = %s", (VERSION,))
    protect_all(db)


def _said(error: Error) -> str:
    return error.diag.message_primary or str(error)


def _name_in(error: Error) -> str:
    named = QUOTED.search(_said(error))
    return named[1] if named else _said(error)


def _create(db: Connection[Any], parts: Parts) -> None:
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
    for part in (*parts.inline, *parts.followed, *parts.others):
        part.create(db)
    db.execute("CREATE TABLE schema_version (version integer PRIMARY KEY)")
    db.execute("INSERT INTO schema_version VALUES (%s)", (VERSION,))
    protect_all(db)


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
