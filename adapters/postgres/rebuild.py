"""Rebuild: a projection is made anew from the logs beside the live one, compared, and swapped in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from adapters.postgres.logs import LOGS, fact_of, head, rows_after
from domain.fact import Fact

BATCH = 5_000
SHADOW = "shadow"
REBUILD_LOCK = 7_201_003
# While the swap waits for those who read, those who come later wait for the swap: so it never waits for
# long, and tries again.
SWAP_WAIT_MS = 500
SWAP_ATTEMPTS_MAX = 40

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
    """Build and compare in a schema of its own while people work, and stop them for the swap only.

    `inline` projections are as new as the logs; followed ones are as new as the bookmarks.
    """
    with database.connect() as db:
        row = db.execute("SELECT pg_try_advisory_lock(%s) AS got", (REBUILD_LOCK,)).fetchone()
        if row is None or not row["got"]:
            raise AlreadyRebuilding("another rebuild is under way; wait for it to end")
        db.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
        db.execute(f"CREATE SCHEMA {SHADOW}")
        db.execute(f"SET search_path = {SHADOW}, public")
        try:
            shadow = _Shadow(db, projection, progress, inline)
            projection.create(db)
            shadow.follow()
            rows, differences = shadow.compare()
            shadow.swap()
        finally:
            if not db.closed and not db.broken:
                db.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
                # A session that was just closed may hold its lock for a moment, and the next rebuild begins now.
                db.execute("SELECT pg_advisory_unlock(%s)", (REBUILD_LOCK,))
    return Rebuilt(name=projection.name, facts=shadow.facts, rows=rows, differences=differences, swapped=True)


class _Shadow:
    """The tables that are being made, and how far they have come in each log."""

    def __init__(
        self, db: Connection[DictRow], projection: Rebuildable, progress: Progress, inline: bool
    ) -> None:
        self.db = db
        self.projection = projection
        self.progress = progress
        self.inline = inline
        self.at = dict.fromkeys(projection.logs, 0)
        self.facts = 0

    def follow(self) -> None:
        """Apply facts up to where the live tables stand."""
        ends = self._ends()
        there = self.facts + sum(ends.values()) - sum(self.at.values())
        for log, end in ends.items():
            while rows := rows_after(self.db, log, self.at[log], limit=BATCH, upto=end):
                with self.db.transaction():
                    self.projection.apply(self.db, [fact_of(log, row) for row in rows])
                self.at[log] = rows[-1]["notification_id"]
                self.facts += len(rows)
                self.progress(self.facts, max(there, self.facts))

    def compare(self) -> tuple[dict[str, int], int]:
        """Rows per table, and how many differ; nobody waits, because one snapshot shows both sides."""
        with self.db.transaction():
            self.db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self.follow()
            rows = {table: _count(self.db, SHADOW, table) for table in self.projection.tables}
            return rows, sum(_differences(self.db, table) for table in self.projection.tables)

    def swap(self) -> None:
        for _ in range(SWAP_ATTEMPTS_MAX - 1):
            with suppress(LockNotAvailable):
                return self._swap()
        self._swap()

    def _swap(self) -> None:
        at, facts = dict(self.at), self.facts
        try:
            with self.db.transaction():
                self._stop_everybody()
                self.follow()
                for table in self.projection.tables:
                    _swap(self.db, table)
                self.db.execute("DELETE FROM parked WHERE projection = %s", (self.projection.name,))
        except LockNotAvailable:
            self.at, self.facts = at, facts
            raise

    def _stop_everybody(self) -> None:
        """Readers hold `bookmarks`, and some of them are about to write: so first these, then the logs."""
        self.db.execute("SELECT set_config('lock_timeout', %s, true)", (f"{SWAP_WAIT_MS}ms",))
        self.db.execute("LOCK TABLE bookmarks IN ACCESS EXCLUSIVE MODE")
        if self.inline:
            for log in LOGS:
                self.db.execute(f"LOCK TABLE {log}_events IN EXCLUSIVE MODE")

    def _ends(self) -> dict[str, int]:
        """Where the live tables stand."""
        if self.inline:
            return {log: head(self.db, log) for log in self.at}
        marks = {row["log"]: row["position"] for row in self.db.execute("SELECT * FROM bookmarks")}
        return {log: marks[log] for log in self.at}


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
