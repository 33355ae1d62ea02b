"""Rebuild: projections are made anew from the logs beside the live ones, compared, and swapped in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.comparing import compared
from adapters.postgres.database import Database
from adapters.postgres.filling import (
    Filling,
    Hand,
    NotRebuilt,
    Progress,
    Rebuildable,
    StillPoison,
    wait_for_hands,
)
from adapters.postgres.logs import LOGS, head
from adapters.postgres.parking import anything_parked, unpark_everything
from adapters.postgres.protection import let_in, let_in_again

__all__ = [  # whoever asks for a rebuild meets these, too
    "AlreadyRebuilding",
    "NotRebuilt",
    "Progress",
    "Rebuildable",
    "Rebuilt",
    "SomethingIsParked",
    "StillPoison",
    "rebuild",
    "rebuild_followed",
]

SHADOW = "heartwood_shadow"
PATH = f"{SHADOW}, public"
REBUILD_LOCK = 7_201_003
# While the swap waits for those who read, those who come later wait for the swap: so it does not wait for
# long, and tries again. Where pages take longer than that, each try meets new readers: so it waits for twice
# as long after a quarter of the tries, and again, and once more.
SWAP_WAIT_MS = 500
SWAP_ATTEMPTS_MAX = 40
SWAP_DOUBLINGS = 4
HELD_BY_TRACKING = "pool_draws"
# A vacuum that the server began by itself gives way after a second, to whoever waits for it as long as that.
VACUUM_WAIT_MS = 10_000


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What came of it: rows per table, and how many rows differed from the live ones before the swap."""

    name: str
    facts: int
    rows: dict[str, int]
    differences: int
    swapped: bool


class AlreadyRebuilding(NotRebuilt):
    """Another rebuild is under way."""


class SomethingIsParked(NotRebuilt):
    """One screen made whole alone would tell of a tree what the others do not know yet."""


def rebuild(
    database: Database, projection: Rebuildable, progress: Progress, *, inline: bool = False
) -> Rebuilt:
    """Make one projection anew.

    `inline` projections are as new as the logs; followed ones are as new as the bookmarks, and while
    something is parked they are only made anew together.
    """
    with _shadow(database, [projection], progress, inline=inline) as shadow:
        (made,) = shadow.take_over()
    return made


def rebuild_followed(
    database: Database, followed: Sequence[Rebuildable], progress: Progress
) -> list[Rebuilt]:
    """Make all followed projections anew and swap them in at once; what was parked is followed again."""
    with _shadow(database, followed, progress, all_followed=True) as shadow:
        return shadow.take_over()


@contextmanager
def _shadow(
    database: Database, projections: Sequence[Rebuildable], progress: Progress, **kind: bool
) -> Iterator[_Shadow]:
    """A schema of its own, gone in the end."""
    with database.connect() as db, database.connect() as reader:
        row = db.execute("SELECT pg_try_advisory_lock(%s) AS got", (REBUILD_LOCK,)).fetchone()
        if row is None or not row["got"]:
            raise AlreadyRebuilding("another rebuild is under way; wait for it to end")
        wait_for_hands(db)
        db.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
        db.execute(f"CREATE SCHEMA {SHADOW}")
        db.execute(f"SET search_path = {PATH}")
        try:
            yield _Shadow(database, (db, reader), projections, progress, **kind)
        finally:
            if not db.closed and not db.broken:
                db.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
                # A session that was just closed may hold its lock for a moment; the next rebuild begins now.
                db.execute("SELECT pg_advisory_unlock(%s)", (REBUILD_LOCK,))


class _Shadow:
    """The tables that are being made, and how far they have come in each log."""

    def __init__(
        self,
        database: Database,
        hand: Hand,
        projections: Sequence[Rebuildable],
        progress: Progress,
        *,
        inline: bool = False,
        all_followed: bool = False,
    ) -> None:
        self.database = database
        self.hand = hand
        self.db = hand[0]
        self.projections = projections
        self.tables = [table for projection in projections for table in projection.tables]
        self.filling = Filling(projections, progress)
        self.inline = inline
        self.all_followed = all_followed

    def take_over(self) -> list[Rebuilt]:
        """Build and compare while people work, and stop them for the swap only."""
        self.refuse_if_parked()
        for projection in self.projections:
            projection.create_tables(self.db)
        for table in self.tables:  # a vacuum of what is still being filled is in the way, and of no use
            self.db.execute(SQL("ALTER TABLE {} SET (autovacuum_enabled = off)").format(Identifier(table)))
        self.filling.fill(self.database, PATH, self._ends())
        rows, differences = self.compare()
        self.swap()
        return [
            Rebuilt(
                name=projection.name,
                facts=sum(self.filling.facts[log] for log in projection.logs),
                rows={table: rows[table] for table in projection.tables},
                differences=sum(differences[table] for table in projection.tables),
                swapped=True,
            )
            for projection in self.projections
        ]

    def refuse_if_parked(self) -> None:
        if self.inline or self.all_followed or not anything_parked(self.db):
            return
        raise SomethingIsParked(
            "something is parked, so the screens are made whole together: heartwood rebuild --all"
        )

    def compare(self) -> tuple[dict[str, int], dict[str, int]]:
        """By table: rows, and how many differ; nobody waits, because one snapshot shows both sides."""
        with self.db.transaction():
            self.db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self.filling.follow(self.hand, self._ends())
            rows, differences = {}, {}
            for table in self.tables:
                made, live = Identifier(SHADOW, table), Identifier("public", table)
                rows[table], differences[table] = compared(self.db, made, live)
            return rows, differences

    def swap(self) -> None:
        last = SWAP_ATTEMPTS_MAX - 1
        for attempt in range(last):
            with suppress(LockNotAvailable):
                return self._swap(_wait_ms(attempt))
        self._swap(_wait_ms(last))

    def _swap(self, wait_ms: int) -> None:
        at, facts = dict(self.filling.at), dict(self.filling.facts)
        try:
            with self.db.transaction():
                self._keep_vacuum_away()
                self._stop_everybody(wait_ms)
                self.refuse_if_parked()
                self.filling.follow(self.hand, self._ends())
                roles = let_in(self.db)
                for table in self.tables:
                    _swap(self.db, table)
                    let_in_again(self.db, table, roles)
                if self.all_followed:
                    unpark_everything(self.db)
        except LockNotAvailable:
            self.filling.at, self.filling.facts = at, facts
            raise

    def _keep_vacuum_away(self) -> None:
        """While nobody is stopped yet: the lock is in the way of vacuums, and of nobody else."""
        self._wait_at_most(VACUUM_WAIT_MS)
        for table in self.tables:
            live = Identifier("public", table)
            self.db.execute(SQL("LOCK TABLE {} IN SHARE UPDATE EXCLUSIVE MODE").format(live))

    def _stop_everybody(self, wait_ms: int) -> None:
        """Readers hold `bookmarks`, and some of them are about to write: so first these, then the logs."""
        self._wait_at_most(wait_ms)
        self.db.execute("LOCK TABLE bookmarks IN ACCESS EXCLUSIVE MODE")
        if self.inline:
            # Who tracks holds rows of it before waiting for the log: of many, somebody always does.
            if HELD_BY_TRACKING in self.tables:
                self.db.execute(f"LOCK TABLE public.{HELD_BY_TRACKING} IN EXCLUSIVE MODE")
            for log in LOGS:
                self.db.execute(f"LOCK TABLE {log}_events IN EXCLUSIVE MODE")
            # Whoever is about to append may hold rows of these tables, and waits for the log, which is held
            # here: that is given up before the server calls it a deadlock, which it does after a second.
            self._wait_at_most(SWAP_WAIT_MS)

    def _wait_at_most(self, wait_ms: int) -> None:
        self.db.execute("SELECT set_config('lock_timeout', %s, true)", (f"{wait_ms}ms",))

    def _ends(self) -> dict[str, int]:
        """Where the live tables stand."""
        if self.inline:
            return {log: head(self.db, log) for log in self.filling.at}
        marks = {row["log"]: row["position"] for row in self.db.execute("SELECT * FROM bookmarks")}
        return {log: marks[log] for log in self.filling.at}


def _wait_ms(attempt: int) -> int:
    return SWAP_WAIT_MS << attempt * SWAP_DOUBLINGS // SWAP_ATTEMPTS_MAX


def _swap(db: Connection[DictRow], table: str) -> None:
    live, shadow = Identifier("public", table), Identifier(SHADOW, table)
    db.execute(SQL("DROP TABLE {}").format(live))
    db.execute(SQL("ALTER TABLE {} SET SCHEMA public").format(shadow))
    db.execute(SQL("ALTER TABLE {} RESET (autovacuum_enabled)").format(live))
