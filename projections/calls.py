"""Calls: what happened on each of them, and how long are the texts of a workspace's calls kept?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.calls.call import Call
from domain.fact import Fact
from domain.retention import RETENTION_DAYS
from domain.workspace import Workspace
from projections import call_statements as sql
from projections.projection import Db, Projection, Writes, fill

PAGE_MAX = 100
RETENTIONS_MAX = 500
EXPIRED_MAX = 500

TOLD, BEGUN, ENDED, ABANDONED = (
    fact.__qualname__ for fact in (Call.Told, Call.Begun, Call.Ended, Call.Abandoned)
)
RETENTION_SET, RETIRED = Workspace.RetentionSet.__qualname__, Workspace.CallTextsRetired.__qualname__

Place = tuple[datetime, UUID]  # where a page of calls begins


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """A call; `seconds` and `outcome` are there when it is over."""

    call_id: UUID
    workspace_id: UUID
    tree_id: UUID
    cycle_started_at: datetime
    agent_id: UUID | None
    kind: str
    direction: str
    status: str  # running, ended or abandoned
    started_at: datetime
    recorded_at: datetime  # when we first heard of it
    ended_at: datetime | None  # when we heard how it ended
    rate_micros: int
    seconds: int | None
    outcome: str | None
    amount_micros: int
    held_micros: int
    hold_expires_at: datetime | None
    details_digest: str | None  # what was said when it was first told
    end_details_digest: str | None  # and when it ended

    @property
    def digests(self) -> list[str]:
        return [one for one in (self.details_digest, self.end_details_digest) if one is not None]

    @property
    def place(self) -> Place:
        return self.started_at, self.call_id


@dataclass(frozen=True, kw_only=True)
class CallFilter:
    """Half-open: `since` belongs to the period, `until` does not."""

    agent_id: UUID | None = None
    kind: str | None = None
    outcome: str | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long the texts of calls are kept, and from which instant on they are still there."""

    workspace_id: UUID
    days: int = RETENTION_DAYS
    retired_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CallsOfWorkspace:
    """What some calls come to."""

    calls: int
    seconds: int
    amount_micros: int


EVERY = CallFilter()


class Calls(Projection):
    name = "calls"
    logs = ("agency", "metering")
    side_by_side = True
    tables = {
        "calls": """
            call_id            uuid PRIMARY KEY,
            workspace_id       uuid NOT NULL,
            tree_id            uuid NOT NULL,
            cycle_started_at   timestamptz NOT NULL,
            agent_id           uuid,
            kind               text NOT NULL,
            direction          text NOT NULL,
            status             text NOT NULL,
            started_at         timestamptz NOT NULL,
            recorded_at        timestamptz NOT NULL,
            ended_at           timestamptz,
            rate_micros        bigint NOT NULL,
            seconds            integer,
            outcome            text,
            amount_micros      bigint NOT NULL,
            held_micros        bigint NOT NULL,
            hold_expires_at    timestamptz,
            details_digest     text,
            end_details_digest text
        """,
        # Two tables, as each of them is written by the facts of one log.
        "calling_workspaces": """
            workspace_id uuid PRIMARY KEY
        """,
        "call_retention": """
            workspace_id  uuid PRIMARY KEY,
            days          integer,
            retired_until timestamptz
        """,
    }
    indexes = {
        "calls_workspace": "calls (workspace_id, started_at, call_id)",
        "calls_agent": "calls (workspace_id, agent_id, started_at, call_id) WHERE agent_id IS NOT NULL",
        "calls_outcome": "calls (workspace_id, outcome, started_at, call_id)",
        "calls_held": "calls (hold_expires_at) WHERE status = 'running'",
    }

    # Questions.

    def in_workspace(
        self,
        db: Db,
        workspace_id: UUID,
        which: CallFilter = EVERY,
        *,
        before: Place | None = None,
        limit: int = PAGE_MAX,
    ) -> list[CallRow]:
        """Those that began last come first; one page, behind the call at a place."""
        conditions, values = sql.conditions(workspace_id, vars(which))
        if before is not None:
            conditions.append("(started_at, call_id) < (%(before_at)s, %(before_id)s)")
            values |= {"before_at": before[0], "before_id": before[1]}
        found = db.cursor(row_factory=class_row(CallRow)).execute(
            f"SELECT * FROM calls WHERE {' AND '.join(conditions)}"
            " ORDER BY started_at DESC, call_id DESC LIMIT %(limit)s",
            {**values, "limit": limit},
        )
        return found.fetchall()

    def call_in_workspace(self, db: Db, workspace_id: UUID, call_id: UUID) -> CallRow | None:
        found = db.cursor(row_factory=class_row(CallRow)).execute(
            "SELECT * FROM calls WHERE workspace_id = %s AND call_id = %s", (workspace_id, call_id)
        )
        return found.fetchone()

    def together(self, db: Db, workspace_id: UUID, which: CallFilter = EVERY) -> CallsOfWorkspace:
        """What the calls of a period come to."""
        conditions, values = sql.conditions(workspace_id, vars(which))
        found = db.cursor(row_factory=class_row(CallsOfWorkspace)).execute(
            "SELECT count(*) AS calls, coalesce(sum(seconds), 0)::bigint AS seconds,"
            " coalesce(sum(amount_micros), 0)::bigint AS amount_micros FROM calls"
            f" WHERE {' AND '.join(conditions)}",
            values,
        )
        row = found.fetchone()
        assert row is not None
        return row

    def retention(self, db: Db, workspace_id: UUID) -> Retention:
        found = db.cursor(row_factory=class_row(Retention)).execute(sql.OF_ONE, (workspace_id,))
        return found.fetchone() or Retention(workspace_id=workspace_id)

    # For the clock, which looks after everybody.

    def expired(self, db: Db, before: datetime) -> list[UUID]:
        """Running calls whose hold expired before an instant, the longest ago first."""
        rows = db.execute(
            "SELECT call_id FROM calls WHERE status = 'running' AND hold_expires_at <= %s"
            " ORDER BY hold_expires_at LIMIT %s",
            (before, EXPIRED_MAX),
        )
        return [row["call_id"] for row in rows]

    def retentions_after(self, db: Db, workspace_id: UUID) -> list[Retention]:
        """The workspaces that have calls, in the order of their ids; a page, behind one of them."""
        found = db.cursor(row_factory=class_row(Retention)).execute(
            sql.OF_ALL, (workspace_id, RETENTIONS_MAX)
        )
        return found.fetchall()

    # What each fact changes. Of calls there are very many: of a batch of facts each kind is written at once,
    # in the order in which they can happen to a call.

    def topics(self, log: str) -> frozenset[str]:
        return frozenset({RETENTION_SET, RETIRED} if log == "agency" else {TOLD, BEGUN, ENDED, ABANDONED})

    def apply(self, db: Writes, facts: Sequence[Fact]) -> None:
        by_topic: dict[str, list[Fact]] = {}
        for fact in facts:
            by_topic.setdefault(fact.topic, []).append(fact)
        first = [fact for fact in facts if fact.topic in (TOLD, BEGUN)]
        fill(db, sql.FIRST, map(_first, first))
        fill(db, sql.HAS_CALLS, sorted({(fact.event.workspace_id,) for fact in first}))
        fill(db, sql.ABANDONED, [(fact.stream,) for fact in by_topic.get(ABANDONED, ())])
        fill(db, sql.ENDED, map(_ended, by_topic.get(ENDED, ())))
        for fact in by_topic.get(RETENTION_SET, ()):
            db.execute(sql.RETENTION_SET, (fact.stream, fact.event.days))
        for fact in by_topic.get(RETIRED, ()):
            db.execute(sql.RETIRED, (fact.stream, fact.event.until))


def _first(fact: Fact) -> tuple[object, ...]:
    """A call as it is first told: over already, or begun."""
    event, over = fact.event, fact.topic == TOLD
    return (
        fact.stream, event.workspace_id, event.tree_id, event.cycle_started_at, event.agent_id,
        str(event.kind), str(event.direction), "ended" if over else "running",
        event.started_at, event.timestamp, event.timestamp if over else None, event.rate_micros,
        event.seconds if over else None, str(event.outcome) if over else None,
        event.amount_micros if over else 0, 0 if over else event.hold_micros,
        None if over else event.hold_expires_at, event.details_digest,
    )  # fmt: skip


def _ended(fact: Fact) -> tuple[object, ...]:
    event = fact.event
    return (
        fact.stream, event.timestamp, event.seconds, str(event.outcome), event.amount_micros,
        event.details_digest,
    )  # fmt: skip
