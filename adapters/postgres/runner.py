"""The runner: feeds followed projections in log order, a batch and its bookmark in one transaction.

All of them move together, so what two of them say of a tree is of the same instant.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from threading import Event

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow

from adapters.postgres import parking
from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY, LOGS, METERING, channel_of, head, rows_after
from adapters.postgres.parking import Append
from adapters.postgres.poison import Fed, Poison, feed

BATCH_MAX = 1_000
POLL_SECONDS = 1.0
GATHERED_SECONDS = 0.1  # what is tracked meanwhile is followed together
RECONNECT_SECONDS = 0.5
FOLLOWED_SECONDS = 2.0
LOOK_SECONDS = 0.01
LEADER_LOCK = 7_201_002

log = logging.getLogger(__name__)


class Runner:
    """One at a time over all processes: the holder of an advisory lock leads, the others wait.

    `leads` tells the rest of the process whether it is this one.
    """

    def __init__(self, database: Database, projections: Sequence[Fed], clock: Callable[[], datetime]) -> None:
        self.database = database
        self.projections = projections
        self.clock = clock
        self.leads = Event()

    def run(self, stop: Event) -> None:
        """Follow until told to stop; a lost connection is made again, a missed wake-up costs a second."""
        while not stop.is_set():
            try:
                with self.database.connect() as db:
                    self._lead(db, stop)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("runner lost the database: %s", type(error).__name__)
                stop.wait(RECONNECT_SECONDS)
            except Exception:
                log.exception("runner stumbled; it begins again at its bookmark")
                stop.wait(RECONNECT_SECONDS)

    def _lead(self, db: Connection[DictRow], stop: Event) -> None:
        while not _try_to_lead(db):
            if stop.wait(POLL_SECONDS):
                return
        self.leads.set()
        try:
            for name in LOGS:  # only now: nobody would read what a waiting session hears
                db.execute(f"LISTEN {channel_of(name)}")
            self._follow_on(db, stop)
        finally:
            self.leads.clear()

    def _follow_on(self, db: Connection[DictRow], stop: Event) -> None:
        """An agency's own facts at once, since somebody waits for them; what was tracked in steps that are
        worth it, since a step costs about the same however little it is."""
        due, tracked = 0.0, 0
        while not stop.is_set():
            followed = self._step(db, AGENCY)
            if time.monotonic() >= due:
                tracked = self._step(db, METERING)
                followed += tracked
                due = time.monotonic() + (GATHERED_SECONDS if 0 < tracked < BATCH_MAX else 0)
            if followed == 0:
                _wait(db, due, more=tracked > 0)

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
            self._follow(db, name, _appends(rows))
            db.execute(
                "UPDATE bookmarks SET position = %s WHERE log = %s", (rows[-1]["notification_id"], name)
            )
        return len(rows)

    def _follow(self, db: Connection[DictRow], name: str, appends: Sequence[Append]) -> None:
        """All at once; one by one if a fact among them is poison, so that only its append is parked."""
        well = parking.without_parked(db, name, appends)
        try:
            feed(db, self.projections, name, [row for append in well for row in append])
        except Poison as poison:
            if len(well) > 1:
                for append in well:
                    self._follow(db, name, [append])
            else:
                position = well[0][0]["notification_id"]
                log.error("%s %s %d", poison.says, name, position)
                parking.park(db, name, well[0], poison, self.clock())


def _wait(db: Connection[DictRow], due: float, *, more: bool) -> None:
    """Until there is something to follow; what was tracked is not looked for before it is `due`, and is then
    if there may be `more`: the notice of it is heard once, and may have been heard already."""
    until = due if more else time.monotonic() + POLL_SECONDS
    while (left := until - time.monotonic()) > 0:
        for notice in db.notifies(timeout=left, stop_after=1):
            until = 0.0 if notice.channel == channel_of(AGENCY) else min(until, due)


def _try_to_lead(db: Connection[DictRow]) -> bool:
    row = db.execute("SELECT pg_try_advisory_lock(%s) AS got", (LEADER_LOCK,)).fetchone()
    return bool(row and row["got"])


def _appends(rows: Sequence[DictRow]) -> list[Append]:
    return [list(append) for _, append in groupby(rows, key=itemgetter("append"))]


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
