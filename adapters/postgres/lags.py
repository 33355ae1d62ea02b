"""Lags: how far are the screens behind each log, and how far were they over the last day?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from adapters.postgres.database import Database
from adapters.postgres.logs import LOGS

TABLE = """
    CREATE TABLE lag_samples (
        log         text NOT NULL,
        at          timestamptz NOT NULL,
        facts       bigint NOT NULL,
        age_seconds bigint NOT NULL,
        PRIMARY KEY (log, at)
    )
"""
KEPT = timedelta(days=1)
SPAN = timedelta(minutes=10)  # what a point of the trend stands for
POINTS_MAX = KEPT // SPAN + 1

# Positions may have gaps where an append was rolled back; leaves have none, so they count facts.
LAG = """
    SELECT %(log)s AS log, b.position, heartwood_head(%(log)s) AS head,
           coalesce(last.leaf, -1) - coalesce(done.leaf, -1) AS facts, first.at AS waits_since
      FROM bookmarks b
      LEFT JOIN LATERAL (SELECT leaf FROM event_index WHERE log = b.log
                          ORDER BY position DESC LIMIT 1) last ON true
      LEFT JOIN LATERAL (SELECT leaf FROM event_index WHERE log = b.log AND position <= b.position
                          ORDER BY position DESC LIMIT 1) done ON true
      LEFT JOIN LATERAL (SELECT at FROM event_index WHERE log = b.log AND position > b.position
                          ORDER BY position LIMIT 1) first ON true
     WHERE b.log = %(log)s
"""
TREND = f"""
    SELECT log, date_bin('{SPAN.seconds} seconds', at, 'epoch') AS began_at,
           max(facts) AS facts, max(age_seconds) AS age_seconds
      FROM lag_samples WHERE at > %s GROUP BY 1, 2 ORDER BY 1, 2 LIMIT {POINTS_MAX * len(LOGS)}
"""


@dataclass(frozen=True, kw_only=True)
class Lag:
    """How far the screens have come in a log, and for how long the first fact that they lack has waited."""

    log: str
    position: int
    head: int
    facts: int
    age_seconds: int


@dataclass(frozen=True, kw_only=True)
class Point:
    """The most that they were behind within some minutes."""

    log: str
    began_at: datetime
    facts: int
    age_seconds: int


class Lags:
    """No facts: what is late is told by the logs at any time, and only that it was late is lost."""

    def create(self, db: Connection[Any]) -> None:
        db.execute(TABLE)

    def now(self, db: Connection[Any], now: datetime) -> dict[str, Lag]:
        return {log: lag_of(db, log, now) for log in LOGS}

    def note(self, database: Database, now: datetime) -> None:
        """Once a minute, so a day is less than three thousand rows; what is older goes."""
        with database.writing() as db:
            for lag in self.now(db, now).values():
                db.execute(
                    "INSERT INTO lag_samples VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    (lag.log, now, lag.facts, lag.age_seconds),
                )
            db.execute("DELETE FROM lag_samples WHERE at <= %s", (now - KEPT,))

    def trend(self, db: Connection[Any], now: datetime) -> dict[str, list[Point]]:
        """The last day, the oldest first; where nobody noted anything there is no point."""
        points = db.cursor(row_factory=class_row(Point)).execute(TREND, (now - KEPT,)).fetchall()
        return {log: [point for point in points if point.log == log] for log in LOGS}


def lag_of(db: Connection[Any], log: str, now: datetime) -> Lag:
    row = db.execute(LAG, {"log": log}).fetchone()
    assert row is not None, "the schema makes a bookmark for each log"
    since = row.pop("waits_since")
    age = max(now - since, timedelta()) if since else timedelta()
    return Lag(**row, age_seconds=int(age.total_seconds()))
