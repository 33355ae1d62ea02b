"""The past of one tenant: the same screens, made anew up to a moment, in tables of one connection only.

    moment = past.at_position(db, 4711)                    # or at_instant, at_place; `db` names the tenant
    with past.reading(Named(tenants=[...]), moment) as then:
        DASHBOARD.of_tree(then, tree_id)                   # any question of what is `SHOWN`
        past.go(then, other)                               # the same tables, as of another moment

The tables have the names of the live ones and come before them on this connection, so there is no second
implementation of a question. They are gone when the reading ends, whatever happens. Who lets in asks on
another connection: what somebody may see is never asked of the past.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow

from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY, LOGS, METERING, head
from adapters.postgres.naming import Named
from adapters.postgres.poison import Fed, Poison, feed
from domain.moments import Moment, NoSuchMoment, NotTold

PAGE = 10_000  # facts that are in memory at once
SECONDS_MAX = 20.0  # a history that takes longer is not shown

# LOCK takes no snapshot, as for every reader: a rebuild swaps tables before it or after it.
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE bookmarks IN ACCESS SHARE MODE"
ASIDE = "SET LOCAL search_path = pg_temp, public"
ONLY_ASIDE = "SET TRANSACTION READ ONLY"  # which temporary tables are excepted from
OF_TENANT = """
    log = %(log)s AND (tree_id = ANY ((SELECT heartwood_tenants())::uuid[])
                       OR workspace_id = ANY ((SELECT heartwood_tenants())::uuid[]))
"""
VERSION = """
    SELECT max(version) AS version FROM event_index
     WHERE log = %(log)s AND stream = %(stream)s AND position <= %(position)s
"""
VOIDED = f"""
    SELECT i.position, (convert_from(e.state, 'UTF8')::jsonb->>'agency_position')::bigint AS behind
      FROM event_index i JOIN metering_events e ON e.notification_id = i.position
     WHERE {OF_TENANT} AND i.topic = 'Correction.Voided' ORDER BY i.position
"""


class Shown(Fed, Protocol):
    """A projection that screens are made of."""

    @property
    def tables(self) -> Mapping[str, str]: ...
    def create(self, db: Connection[Any]) -> None: ...
    def create_tables(self, db: Connection[Any]) -> None: ...


class Past:
    """`shown` are all that screens ask; `terms` those of them that tell a child's people of the tree."""

    def __init__(self, database: Database, shown: Sequence[Shown], terms: Sequence[Shown]) -> None:
        self.database = database
        self.shown = shown
        self.terms = terms
        self.others = [one for one in shown if one not in terms]

    # Moments, asked in any snapshot that names the tenant.

    def at_position(self, db: Connection[Any], position: int) -> Moment:
        """When this was the last fact of the agency log. Usage is what had been counted by the instant of
        that fact; a void says itself which fact it came behind."""
        if not 0 < position <= head(db, AGENCY):
            raise NoSuchMoment("the agency log has no such position yet")
        at = _instant(db, AGENCY, position)
        counted = _last(db, METERING, at)
        for voided in db.execute(VOIDED, {"log": METERING}).fetchall():
            if voided["behind"] < position:
                counted = max(counted, voided["position"])
            else:
                counted = min(counted, voided["position"] - 1)
        return Moment(position=position, counted=counted, at=at)

    def at_place(self, db: Connection[Any], position: int, counted: int | None) -> Moment:
        """After exactly these facts of the two logs; without one of the log of usage, as `at_position`."""
        if counted is None:
            return self.at_position(db, position)
        if not 0 < position <= head(db, AGENCY) or not 0 <= counted <= head(db, METERING):
            raise NoSuchMoment("one of the logs has no such position yet")
        at = _instant(db, AGENCY, position)
        return Moment(
            position=position,
            counted=counted,
            at=max(at, _instant(db, METERING, counted)) if counted else at,
        )

    def at_instant(self, db: Connection[Any], at: datetime, now: datetime) -> Moment:
        """When the clock showed this: with all that was recorded until then."""
        if at > now:
            raise NoSuchMoment("that instant has not come yet")
        position = _last(db, AGENCY, at)
        if not position:
            raise NoSuchMoment("nothing had happened here by then")
        return Moment(position=position, counted=_last(db, METERING, at), at=at)

    def version(self, db: Connection[Any], stream: UUID, moment: Moment) -> int:
        """How many facts a stream of the agency log had."""
        row = db.execute(VERSION, {"log": AGENCY, "stream": stream, "position": moment.position}).fetchone()
        return int(row["version"] or 0) if row else 0

    # The tables.

    @contextmanager
    def reading(self, named: Named, moment: Moment) -> Iterator[Connection[DictRow]]:
        """One snapshot in which the screens are as they were; nothing but its own tables can be changed."""
        with self.database.connection() as db:
            db.execute("; ".join((BEGIN, ASIDE, *named.statements)))
            try:
                with db.pipeline():
                    for projection in self.shown:
                        projection.create_tables(db)  # so small that an index would cost more
                    db.execute(ONLY_ASIDE)
                self._follow(db, Moment(position=0, counted=0, at=moment.at), moment)
                yield db
            finally:
                if not db.closed and not db.broken:
                    db.execute("ROLLBACK")

    def go(self, db: Connection[DictRow], before: Moment, after: Moment) -> None:
        """The tables of a reading, from one moment to another; forward only what happened between is fed."""
        if after.lies_before(before):
            with db.pipeline():
                for projection in self.shown:
                    for table in projection.tables:
                        db.execute(f"DELETE FROM {table}")
            before = Moment(position=0, counted=0, at=before.at)
        self._follow(db, before, after)

    def _follow(self, db: Connection[DictRow], before: Moment, after: Moment) -> None:
        ends = time.monotonic() + SECONDS_MAX
        for log, start, end in zip(LOGS, before.place, after.place, strict=True):
            while start < end:
                rows = db.execute("SELECT * FROM heartwood_past(%s, %s, %s, %s)", (log, start, end, PAGE))
                page = rows.fetchall()
                self._feed(db, log, page)
                start = page[-1]["notification_id"] if len(page) == PAGE else end
                if time.monotonic() > ends:
                    raise NotTold("the history is too long to be shown as it was")

    def _feed(self, db: Connection[DictRow], log: str, rows: Sequence[DictRow]) -> None:
        """A child's people are told of the tree no more than the plan and the cycle."""
        own = [row for row in rows if row["own"]]
        try:
            if len(own) == len(rows):
                feed(db, self.shown, log, rows)
            else:
                feed(db, self.others, log, own)
                feed(db, self.terms, log, rows)
        except Poison as poison:
            raise NotTold(f"{poison.says} what happened until then") from poison


def _last(db: Connection[Any], log: str, at: datetime) -> int:
    row = db.execute("SELECT heartwood_last_told(%s, %s) AS position", (log, at)).fetchone()
    return int(row["position"]) if row else 0


def _instant(db: Connection[Any], log: str, position: int) -> datetime:
    row = db.execute("SELECT heartwood_instant(%s, %s) AS at", (log, position)).fetchone()
    at: datetime | None = row["at"] if row else None
    if at is None:
        raise NoSuchMoment("nothing had happened by then")
    return at
