"""Rebuild: projections are made anew from the logs beside the live ones, compared, and swapped in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol, cast

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.comparing import compared
from adapters.postgres.database import Database
from adapters.postgres.logs import LOGS, head, rows_after
from adapters.postgres.parking import anything_parked, unpark_everything
from adapters.postgres.poison import Fed, Poison, feed, feeding
from adapters.postgres.protection import let_in, let_in_again
from adapters.postgres.writing import Rejected, writing

BATCH = 5_000
BATCHES_MAX = 20  # in one transaction
SHADOW = "heartwood_shadow"
REBUILD_LOCK = 7_201_003
# While the swap waits for those who read, those who come later wait for the swap: so it does not wait for
# long, and tries again. Where pages take longer than that, each try meets new readers: so it waits for twice
# as long after a quarter of the tries, and again, and once more.
SWAP_WAIT_MS = 500
SWAP_ATTEMPTS_MAX = 40
SWAP_DOUBLINGS = 4

Progress = Callable[[int, int], None]  # facts read, facts there are


class Rebuildable(Fed, Protocol):
    @property
    def filled_by(self) -> str: ...
    @property
    def tables(self) -> Mapping[str, str]: ...
    def create_tables(self, db: Connection[Any]) -> None: ...
    def create_indexes(self, db: Connection[Any]) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What came of it: rows per table, and how many rows differed from the live ones before the swap."""

    name: str
    facts: int
    rows: dict[str, int]
    differences: int
    swapped: bool


class NotRebuilt(Exception):
    """The message says why; nothing was changed."""


class AlreadyRebuilding(NotRebuilt):
    """Another rebuild is under way."""


class SomethingIsParked(NotRebuilt):
    """One screen made whole alone would tell of a tree what the others do not know yet."""


class StillPoison(NotRebuilt):
    """A projection cannot follow a fact."""


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
    with database.connect() as db, database.connect() as reader, database.connect() as indexer:
        row = db.execute("SELECT pg_try_advisory_lock(%s) AS got", (REBUILD_LOCK,)).fetchone()
        if row is None or not row["got"]:
            raise AlreadyRebuilding("another rebuild is under way; wait for it to end")
        db.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
        db.execute(f"CREATE SCHEMA {SHADOW}")
        for one in (db, indexer):
            one.execute(f"SET search_path = {SHADOW}, public")
        try:
            yield _Shadow(db, reader, indexer, projections, progress, **kind)
        finally:
            if not db.closed and not db.broken:
                db.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
                # A session that was just closed may hold its lock for a moment; the next rebuild begins now.
                db.execute("SELECT pg_advisory_unlock(%s)", (REBUILD_LOCK,))


class _Shadow:
    """The tables that are being made, and how far they have come in each log."""

    def __init__(
        self,
        db: Connection[DictRow],
        reader: Connection[DictRow],
        indexer: Connection[DictRow],
        projections: Sequence[Rebuildable],
        progress: Progress,
        *,
        inline: bool = False,
        all_followed: bool = False,
    ) -> None:
        self.db = db
        self.reader = reader  # reads on while the first one writes
        self.indexer = indexer
        self.projections = projections
        self.tables = [table for projection in projections for table in projection.tables]
        self.progress = progress
        self.inline = inline
        self.all_followed = all_followed
        self.at = {log: 0 for log in LOGS if any(log in projection.logs for projection in projections)}
        self.facts = dict(self.at)

    def take_over(self) -> list[Rebuilt]:
        """Build and compare while people work, and stop them for the swap only."""
        self.refuse_if_parked()
        for projection in self.projections:
            projection.create_tables(self.db)
        self.fill()
        rows, differences = self.compare()
        self.swap()
        return [
            Rebuilt(
                name=projection.name,
                facts=sum(self.facts[log] for log in projection.logs),
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

    def fill(self) -> None:
        """Indexes are made once the tables are full, which takes a fraction of keeping them up meanwhile;
        those that are full already get theirs while the next log is followed."""
        try:
            with writing(self.indexer) as indexing:
                for log in self.at:
                    self.follow(log)
                    for projection in self.projections:
                        if projection.filled_by == log:
                            projection.create_indexes(cast(Connection[Any], indexing))
                            indexing.sync()
        except Rejected as rejected:
            raise rejected.error from None

    def follow(self, *logs: str) -> None:
        """Apply facts of these logs, or of all, up to where the live tables stand."""
        ends = self._ends()
        there = sum(self.facts.values()) + sum(ends.values()) - sum(self.at.values())
        for log in logs or ends:
            end, before = ends[log], None
            while before != self.at[log]:
                before = self.at[log]
                try:
                    with feeding(self.db, self.projections, log) as give:
                        for rows in self._batches(log, end):
                            give(rows)
                            read = sum(self.facts.values())
                            self.progress(read, max(there, read))
                except Poison as poison:
                    raise StillPoison(self._where(log, before, self.at[log], poison)) from poison

    def _batches(self, log: str, end: int) -> Iterator[Sequence[DictRow]]:
        """As many as are written in one transaction."""
        for _ in range(BATCHES_MAX):
            rows = rows_after(self.reader, log, self.at[log], limit=BATCH, upto=end)
            if not rows:
                return
            self.at[log] = rows[-1]["notification_id"]
            self.facts[log] += len(rows)
            yield rows

    def _where(self, log: str, after: int, upto: int, poison: Poison) -> str:
        """Which of these facts it is: found by feeding them one by one."""
        place = f"{log} {after + 1} to {upto}"
        self.at[log] = after
        with self.db.transaction(force_rollback=True):
            for row in chain.from_iterable(self._batches(log, upto)):
                try:
                    feed(self.db, self.projections, log, [row])
                except Poison as found:
                    poison = found
                    place = f"{row['topic']} at {log} {row['notification_id']}, stream {row['originator_id']}"
                    break
        return f"{poison.says} {place} ({_line(poison.error)}); nothing was changed"

    def compare(self) -> tuple[dict[str, int], dict[str, int]]:
        """By table: rows, and how many differ; nobody waits, because one snapshot shows both sides."""
        with self.db.transaction():
            self.db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self.follow()
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
        at, facts = dict(self.at), dict(self.facts)
        try:
            with self.db.transaction():
                self._stop_everybody(wait_ms)
                self.refuse_if_parked()
                self.follow()
                roles = let_in(self.db)
                for table in self.tables:
                    _swap(self.db, table)
                    let_in_again(self.db, table, roles)
                if self.all_followed:
                    unpark_everything(self.db)
        except LockNotAvailable:
            self.at, self.facts = at, facts
            raise

    def _stop_everybody(self, wait_ms: int) -> None:
        """Readers hold `bookmarks`, and some of them are about to write: so first these, then the logs."""
        self.db.execute("SELECT set_config('lock_timeout', %s, true)", (f"{wait_ms}ms",))
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


def _wait_ms(attempt: int) -> int:
    return SWAP_WAIT_MS << attempt * SWAP_DOUBLINGS // SWAP_ATTEMPTS_MAX


def _line(text: str) -> str:
    return text.partition("\n")[0]


def _swap(db: Connection[DictRow], table: str) -> None:
    db.execute(SQL("DROP TABLE {live}").format(live=Identifier("public", table)))
    db.execute(SQL("ALTER TABLE {shadow} SET SCHEMA public").format(shadow=Identifier(SHADOW, table)))
