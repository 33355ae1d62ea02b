"""Rebuild: a projection is made anew from the logs beside the live one, compared, and swapped in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from adapters.postgres.logs import LOGS, fact_of, head, rows_after
from domain.fact import Fact

BATCH = 5_000
SHADOW = "shadow"
REBUILD_LOCK = 7_201_003
SWAP_WAIT_MS = 20_000

Progress = Callable[[int, int], None]  # facts read, facts there are


class Rebuildable(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def logs(self) -> Sequence[str]: ...
    @property
    def tables(self) -> Mapping[str, str]: ...
    def create(self, db: Connection[Any]) -> None: ...
    def apply(self, db: Connection[Any], facts: Sequence[Fact]) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What came of it: rows per table, and how many rows differed from the live ones before the swap."""

    name: str
    facts: int
    rows: dict[str, int]
    differences: int
    swapped: bool


class AlreadyRebuilding(Exception):
    """Another rebuild is under way; nothing was changed."""


def rebuild(
    database: Database, projection: Rebuildable, progress: Progress, *, inline: bool = False
) -> Rebuilt:
    """Build in a schema of its own while people work, then stop the writers for the tail and the swap.

    `inline` projections are as new as the logs, so the logs are locked for the tail; followed ones
    are as new as the bookmarks, so those are.
    """
    with database.connect() as db:
        row = db.execute("SELECT pg_try_advisory_lock(%s) AS got", (REBUILD_LOCK,)).fetchone()
        if row is None or not row["got"]:
            raise AlreadyRebuilding("another rebuild is under way; wait for it to end")
        db.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
        db.execute(f"CREATE SCHEMA {SHADOW}")
        db.execute(f"SET search_path = {SHADOW}, public")
        try:
            projection.create(db)
            return _build_and_swap(db, projection, progress, inline)
        finally:
            if not db.closed and not db.broken:
                db.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")


def _build_and_swap(
    db: Connection[DictRow], projection: Rebuildable, progress: Progress, inline: bool
) -> Rebuilt:
    at = dict.fromkeys(projection.logs, 0)
    facts = _follow(db, projection, at, _ends(db, at, inline), progress)
    with db.transaction():
        db.execute("SELECT set_config('lock_timeout', %s, true)", (f"{SWAP_WAIT_MS}ms",))
        if inline:
            for log in LOGS:
                db.execute(f"LOCK TABLE {log}_events IN EXCLUSIVE MODE")
        ends = _ends(db, at, inline)
        facts += _follow(db, projection, at, ends, progress)
        rows = {table: _count(db, SHADOW, table) for table in projection.tables}
        differences = sum(_differences(db, table) for table in projection.tables)
        # Readers hold `bookmarks` in share mode while they read: the swap waits for them, and who
        # comes later sees the new tables whole.
        db.execute("LOCK TABLE bookmarks IN ACCESS EXCLUSIVE MODE")
        for table in projection.tables:
            _swap(db, table)
        db.execute("DELETE FROM parked WHERE projection = %s", (projection.name,))
    return Rebuilt(name=projection.name, facts=facts, rows=rows, differences=differences, swapped=True)


def _ends(db: Connection[DictRow], logs: Mapping[str, int], inline: bool) -> dict[str, int]:
    """Where the live tables stand; the bookmarks stay there until this transaction ends."""
    if inline:
        return {log: head(db, log) for log in logs}
    marks = db.execute("SELECT log, position FROM bookmarks ORDER BY log FOR UPDATE")
    return {row["log"]: row["position"] for row in marks if row["log"] in logs}


def _follow(
    db: Connection[DictRow],
    projection: Rebuildable,
    at: dict[str, int],
    ends: Mapping[str, int],
    progress: Progress,
) -> int:
    """Apply facts up to and with the given positions; `at` moves along."""
    there = sum(ends.values()) - sum(at.values())
    applied = 0
    for log in at:
        while rows := rows_after(db, log, at[log], limit=BATCH, upto=ends[log]):
            with db.transaction():
                projection.apply(db, [fact_of(log, row) for row in rows])
            at[log] = rows[-1]["notification_id"]
            applied += len(rows)
            progress(applied, max(there, applied))
    return applied


def _count(db: Connection[DictRow], schema: str, table: str) -> int:
    row = db.execute(
        SQL("SELECT count(*) AS n FROM {table}").format(table=Identifier(schema, table))
    ).fetchone()
    return int(row["n"]) if row else 0


def _differences(db: Connection[DictRow], table: str) -> int:
    """How many rows are in one of the two tables and not, equal in every column, in the other."""
    both = {"live": Identifier("public", table), "shadow": Identifier(SHADOW, table)}
    query = (
        "SELECT count(*) AS n FROM ("
        " (TABLE {live} EXCEPT ALL TABLE {shadow}) UNION ALL (TABLE {shadow} EXCEPT ALL TABLE {live})) d"
    )
    row = db.execute(SQL(query).format(**both)).fetchone()
    return int(row["n"]) if row else 0


def _swap(db: Connection[DictRow], table: str) -> None:
    db.execute(SQL("DROP TABLE {live}").format(live=Identifier("public", table)))
    db.execute(SQL("ALTER TABLE {shadow} SET SCHEMA public").format(shadow=Identifier(SHADOW, table)))
