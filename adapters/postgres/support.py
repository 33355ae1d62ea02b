"""What stands still, for who works in support: by ids, without a word about anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from adapters.postgres import parking
from adapters.postgres.jobs import JobRun, JobRuns
from adapters.postgres.lags import Lags
from adapters.postgres.outbox import GIVEN_UP, WAITING, Outbox, OutboxState
from adapters.postgres.rebuilds import Rebuilds
from adapters.redacting import redacted

SHOWN_MAX = 100

ERRANDS = f"""
    SELECT o.errand, o.stream, o.version, o.story, o.asked_at, o.due_at, o.gave_up_at, o.attempts, o.away,
           o.last_error, i.tree_id, t.fields->>'notice_id' AS notice_id, t.fields->>'type' AS notice_type
      FROM outbox o
      JOIN event_index i ON i.stream = o.stream AND i.version = o.version
      LEFT JOIN timeline t
        ON i.log = 'agency' AND t.position = i.position AND t.behind = 0 AND t.name = 'StripeNotice.Received'
     WHERE o.{{state}} AND (i.tree_id = %(tree_id)s OR %(tree_id)s::uuid IS NULL)
     ORDER BY o.entry_id LIMIT {SHOWN_MAX}
"""


@dataclass(frozen=True, kw_only=True)
class StuckErrand:
    """An errand that is not done; of a notice, the notice that could not be acted on."""

    errand: str
    stream: UUID
    version: int
    story: str
    asked_at: datetime
    due_at: datetime
    gave_up_at: datetime | None
    attempts: int
    away: int
    last_error: str | None
    tree_id: UUID | None
    notice_id: str | None
    notice_type: str | None

    @property
    def error(self) -> str:
        return without_addresses(self.last_error or "not tried yet")


@dataclass(frozen=True, kw_only=True)
class ParkedFact:
    """A fact that a screen could not follow, what it is about, and how much is parked because of it."""

    projection: str
    log: str
    position: int
    error: str
    at: datetime
    parked: int
    stream: UUID | None
    version: int | None
    topic: str | None
    tree_id: UUID | None
    workspace_id: UUID | None


class Support:
    """Read in the snapshot of the page that asks."""

    def __init__(self, outbox: Outbox, job_runs: JobRuns, rebuilds: Rebuilds, lags: Lags) -> None:
        self.outbox = outbox
        self.job_runs = job_runs
        self.rebuilds = rebuilds
        self.lags = lags

    def jobs(self, db: Connection[Any]) -> list[JobRun]:
        return self.job_runs.all(db)

    def errands(self, db: Connection[Any]) -> OutboxState:
        return self.outbox.state(db)

    def errands_waiting(self, db: Connection[Any], tree_id: UUID | None = None) -> list[StuckErrand]:
        return _errands(db, WAITING, tree_id)

    def errands_given_up(self, db: Connection[Any], tree_id: UUID | None = None) -> list[StuckErrand]:
        return _errands(db, GIVEN_UP, tree_id)

    def parked(self, db: Connection[Any]) -> list[ParkedFact]:
        return [
            ParkedFact(**{**cause, "error": without_addresses(cause["error"])})
            for cause in parking.causes(db)
        ]


def _errands(db: Connection[Any], state: str, tree_id: UUID | None) -> list[StuckErrand]:
    query = ERRANDS.format(state=state.replace(" AND ", " AND o."))
    return db.cursor(row_factory=class_row(StuckErrand)).execute(query, {"tree_id": tree_id}).fetchall()


def without_addresses(error: str) -> str:
    """An error as its programmer meant it: the first line, which holds no row, and no address of anybody."""
    return redacted(error.partition("\n")[0])
