"""Filling: facts go into tables that are being made, and it is known how far each log has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from itertools import chain
from queue import Empty, SimpleQueue
from threading import Event, Lock
from typing import Any, Protocol

from psycopg import Connection
from psycopg.rows import DictRow

from adapters.postgres.database import Database
from adapters.postgres.logs import COLUMNS, LOGS, POSITION, PlainRow, plain_rows_after
from adapters.postgres.poison import Fed, Poison, feed, feeding

BATCH = 10_000
BATCHES_MAX = 10  # in one transaction
STATISTICS = 10  # for which the server looks at 300 times as many rows of a table
HANDS_LOCK = 7_201_006

Progress = Callable[[int, int], None]  # facts read, facts there are
Hand = tuple[Connection[DictRow], Connection[DictRow]]  # one that writes, and one that reads on meanwhile


class Rebuildable(Fed, Protocol):
    @property
    def side_by_side(self) -> bool: ...
    @property
    def tables(self) -> Mapping[str, str]: ...
    def create_tables(self, db: Connection[Any]) -> None: ...
    def index_statements(self) -> list[str]: ...


class NotRebuilt(Exception):
    """The message says why; nothing was changed."""


class StillPoison(NotRebuilt):
    """A projection cannot follow a fact."""


class _OtherFailed(Exception):
    """What is done beside this has failed, so this is of no use."""


def wait_for_hands(db: Connection[DictRow]) -> None:
    """Of a rebuild that was killed, a session may still be at what it had been sent: nothing is made anew
    under its feet."""
    db.execute("SELECT pg_advisory_lock(%s)", (HANDS_LOCK,))
    db.execute("SELECT pg_advisory_unlock(%s)", (HANDS_LOCK,))


class Filling:
    """How far the tables of some projections have come in each log."""

    def __init__(self, projections: Sequence[Rebuildable], progress: Progress) -> None:
        self.projections = projections
        self.progress = progress
        self.at = {log: 0 for log in LOGS if any(log in projection.logs for projection in projections)}
        self.facts = dict(self.at)
        self._there = 0
        self._telling = Lock()
        self._failed = Event()

    def fill(self, database: Database, path: str, ends: Mapping[str, int]) -> None:
        """Follow the logs to these ends, both at once, because while the one waits for its server the other
        goes on. Of a projection of which both would write the same rows, one log comes after the other.

        Indexes are made once the tables are full, which takes a fraction of keeping them up meanwhile. Each
        is a transaction of its own with one table: so it waits for nobody who might wait for it. No commit
        waits for the disk: until the swap nobody reads what is made, and with its commit all before is there.
        """
        self._there = sum(ends.values())
        *_, last = ends
        late = [one for one in self.projections if len(one.logs) > 1 and not one.side_by_side]
        with ExitStack() as stack:
            hands = {log: _hand(database, path, stack) for log in ends}
            with ThreadPoolExecutor(len(ends)) as threads:
                self._together(
                    threads.submit(self._fill, log, hands[log], end, without=late if log == last else ())
                    for log, end in ends.items()
                )
                self._fill_late(late, last, hands[last], ends[last])
                for statements in _to_finish(self.projections):
                    self._together(
                        threads.submit(self._work_off, statements, writer) for writer, _ in hands.values()
                    )

    def _together(self, submitted: Iterable[Future[None]]) -> None:
        """Wait for all; if one fails, the others are told, and its error is raised."""
        runs = list(submitted)
        try:
            wait(runs, return_when=FIRST_EXCEPTION)
        finally:
            if not all(run.done() for run in runs):
                self._failed.set()
        errors = [error for run in runs if (error := run.exception()) is not None]
        for error in sorted(errors, key=lambda error: isinstance(error, _OtherFailed)):
            raise error

    def _fill(self, log: str, hand: Hand, end: int, *, without: Sequence[Rebuildable]) -> None:
        if projections := [one for one in self.projections if log in one.logs and one not in without]:
            self._follow(log, hand, end, projections)

    def _fill_late(self, late: Sequence[Rebuildable], log: str, hand: Hand, end: int) -> None:
        """The last log for these; if it was read for others, once more, and what these want of it only."""
        at, facts = self.at[log], self.facts[log]
        if late and at:
            wanted = frozenset[str]().union(*(one.topics(log) for one in late))
            self.at[log] = 0
            self._follow(log, hand, end, late, sorted(wanted))
            self.at[log], self.facts[log] = at, facts
        elif late:
            self._follow(log, hand, end, late)

    def _work_off(self, statements: SimpleQueue[str], db: Connection[DictRow]) -> None:
        with suppress(Empty):
            while True:
                db.execute(statements.get_nowait())
                self._tell()

    def follow(self, hand: Hand, ends: Mapping[str, int]) -> None:
        """Up to where the live tables stand by now."""
        self._there = sum(self.facts.values()) + sum(ends.values()) - sum(self.at.values())
        for log, end in ends.items():
            self._follow(log, hand, end, self.projections)

    def _follow(
        self,
        log: str,
        hand: Hand,
        end: int,
        projections: Sequence[Rebuildable],
        topics: Sequence[str] | None = None,
    ) -> None:
        before = None
        while before != self.at[log]:
            before = self.at[log]
            try:
                with feeding(hand[0], projections, log) as give:
                    for rows in self._batches(log, hand, end, topics):
                        give(rows)
                        self._tell()
            except Poison as poison:
                raise StillPoison(self._where(log, hand, before, projections, poison)) from poison

    def _batches(
        self, log: str, hand: Hand, end: int, topics: Sequence[str] | None = None
    ) -> Iterator[Sequence[PlainRow]]:
        """As many as are written in one transaction."""
        for _ in range(BATCHES_MAX):
            rows = plain_rows_after(hand[1], log, self.at[log], limit=BATCH, upto=end, topics=topics)
            if not rows:
                return
            self.at[log] = rows[-1][POSITION]
            self.facts[log] += len(rows)
            yield rows

    def _tell(self) -> None:
        if self._failed.is_set():
            raise _OtherFailed
        with self._telling:
            read = sum(self.facts.values())
            self.progress(read, max(self._there, read))

    def _where(
        self, log: str, hand: Hand, after: int, projections: Sequence[Rebuildable], poison: Poison
    ) -> str:
        """Which of these facts it is: found by feeding them one by one."""
        upto = self.at[log]
        place = f"{log} {after + 1} to {upto}"
        self.at[log] = after
        with hand[0].transaction(force_rollback=True):
            for plain_row in chain.from_iterable(self._batches(log, hand, upto)):
                row = dict(zip(COLUMNS, plain_row, strict=True))
                try:
                    feed(hand[0], projections, log, [row])
                except Poison as found:
                    poison = found
                    place = f"{row['topic']} at {log} {row['notification_id']}, stream {row['originator_id']}"
                    break
        return f"{poison.says} {place} ({poison.error.partition(chr(10))[0]}); nothing was changed"


def _to_finish(projections: Sequence[Rebuildable]) -> Iterator[SimpleQueue[str]]:
    """Whoever asks right after the swap has indexes, and a planner that has an idea of what is in the tables;
    the server itself looks closer within a minute. The one is in the way of the other."""
    yield _queue(chain.from_iterable(one.index_statements() for one in projections))
    yield _queue(f"ANALYZE {table}" for one in projections for table in one.tables)


def _queue(statements: Iterable[str]) -> SimpleQueue[str]:
    found: SimpleQueue[str] = SimpleQueue()
    for statement in statements:
        found.put(statement)
    return found


def _hand(database: Database, path: str, stack: ExitStack) -> Hand:
    writer, reader = (stack.enter_context(database.connect()) for _ in "wr")
    writer.execute(f"SET search_path = {path}; SET synchronous_commit = off")
    writer.execute(f"SET default_statistics_target = {STATISTICS}")
    writer.execute("SELECT pg_advisory_lock_shared(%s)", (HANDS_LOCK,))
    return writer, reader
