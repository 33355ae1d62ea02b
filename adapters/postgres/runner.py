"""The runner: feeds followed projections in log order, a batch and its bookmark in one transaction.

All of them move together, so what two of them say of a tree is of the same instant.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event
from typing import Any, Protocol
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow

from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY, LOGS, fact_of, head, rows_after
from domain.fact import Fact

BATCH_MAX = 1_000
POLL_SECONDS = 1.0
RECONNECT_SECONDS = 0.5
FOLLOWED_SECONDS = 2.0
LOOK_SECONDS = 0.01
LEADER_LOCK = 7_201_002
ERROR_LENGTH_MAX = 500

log = logging.getLogger(__name__)


class Followed(Protocol):
    """A projection that is fed after the append."""

    @property
    def name(self) -> str: ...
    @property
    def logs(self) -> Sequence[str]: ...
    def apply(self, db: Connection[Any], facts: Sequence[Fact]) -> None: ...


class Runner:
    """One at a time over all processes: the holder of an advisory lock leads, the others wait."""

    def __init__(
        self, database: Database, projections: Sequence[Followed], clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.projections = projections
        self.clock = clock

    def run(self, stop: Event) -> None:
        """Follow until told to stop; a lost connection is made again, a missed wake-up costs a second."""
        while not stop.is_set():
            try:
                with self.database.connect() as db:
                    self._lead(db, stop)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("runner lost the database: %s", type(error).__name__)
                stop.wait(RECONNECT_SECONDS)

    def _lead(self, db: Connection[DictRow], stop: Event) -> None:
        for name in LOGS:
            db.execute(f"LISTEN {name}_events")
        while not stop.is_set():
            row = db.execute("SELECT pg_try_advisory_lock(%s) AS leads", (LEADER_LOCK,)).fetchone()
            if row and row["leads"]:
                break
            stop.wait(POLL_SECONDS)
        while not stop.is_set():
            if self.step(db) == 0:
                for _ in db.notifies(timeout=POLL_SECONDS, stop_after=1):
                    pass

    def catch_up(self) -> None:
        """Follow to the end of both logs, in this thread."""
        with self.database.connect() as db:
            while self.step(db):
                pass

    def step(self, db: Connection[DictRow]) -> int:
        """Apply one batch of each log; answers how many facts that were."""
        return sum(self._step(db, name) for name in LOGS)

    def _step(self, db: Connection[DictRow], name: str) -> int:
        with db.transaction():
            mark = db.execute("SELECT position FROM bookmarks WHERE log = %s FOR UPDATE", (name,)).fetchone()
            assert mark is not None, "the schema makes a bookmark for each log"
            rows = rows_after(db, name, mark["position"], limit=BATCH_MAX)
            if not rows:
                return 0
            for projection in self.projections:
                if name in projection.logs:
                    self._apply(db, projection, name, rows)
            db.execute(
                "UPDATE bookmarks SET position = %s WHERE log = %s", (rows[-1]["notification_id"], name)
            )
        return len(rows)

    def _apply(
        self, db: Connection[DictRow], projection: Followed, name: str, rows: Sequence[DictRow]
    ) -> None:
        """The whole batch at once; one append at a time if a fact in it is poison."""
        parked = self._parked(db, projection)
        try:
            with db.transaction():
                facts = [fact_of(name, row) for row in rows]
                projection.apply(db, [fact for fact in facts if fact.key not in parked])
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception:
            for append in _appends(rows):
                self._apply_or_park(db, projection, name, append)

    def _apply_or_park(
        self, db: Connection[DictRow], projection: Followed, name: str, append: Sequence[DictRow]
    ) -> None:
        parked = self._parked(db, projection)
        try:
            with db.transaction():
                facts = [fact_of(name, row) for row in append]
                projection.apply(db, [fact for fact in facts if fact.key not in parked])
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception as error:
            log.error("%s cannot follow %s %d", projection.name, name, append[0]["notification_id"])
            db.execute(
                "INSERT INTO parked SELECT DISTINCT ON (key) %s, key, %s, %s, %s, %s FROM event_index"
                " WHERE log = %s AND append = %s ON CONFLICT DO NOTHING",
                (
                    projection.name,
                    name,
                    append[0]["notification_id"],
                    f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX],
                    self.clock(),
                    name,
                    append[0]["append"],
                ),
            )

    def _parked(self, db: Connection[DictRow], projection: Followed) -> set[UUID]:
        rows = db.execute("SELECT key FROM parked WHERE projection = %s", (projection.name,))
        return {row["key"] for row in rows}


def _appends(rows: Sequence[DictRow]) -> list[list[DictRow]]:
    appends: list[list[DictRow]] = []
    for row in rows:
        if appends and appends[-1][0]["append"] == row["append"]:
            appends[-1].append(row)
        else:
            appends.append([row])
    return appends


def wait_until_followed(
    database: Database, monotonic: Callable[[], float], *, seconds: float = FOLLOWED_SECONDS
) -> bool:
    """Wait until what is in the agency log now is followed; False once the deadline has passed."""
    deadline = monotonic() + seconds
    with database.connection() as db:
        goal = head(db, AGENCY)
        while True:
            row = db.execute("SELECT position FROM bookmarks WHERE log = %s", (AGENCY,)).fetchone()
            if row is not None and row["position"] >= goal:
                return True
            if monotonic() > deadline:
                return False
            time.sleep(LOOK_SECONDS)
