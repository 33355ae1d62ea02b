"""Reconciliations: what did comparing with Stripe mend, and what does it leave to look into?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.reconciliation import Reconciliation
from projections.projection import Db, Projection, Writes, on

RUNS_MAX = 50


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """A run that mended something, or after which other drifts stood than before."""

    position: int
    job: str
    at: datetime
    story: str
    checked: int
    repaired: int
    drifts: int


@dataclass(frozen=True, kw_only=True)
class DriftRow:
    job: str
    kind: str
    tree_id: UUID
    subject: str  # Stripe's id of the subscription, or when the cycle began
    events_ours: int
    events_theirs: int
    since: datetime


class Reconciliations(Projection):
    name = "reconciliations"
    logs = ("agency",)
    tables = {
        "reconciliations": """
            position bigint PRIMARY KEY,
            job      text NOT NULL,
            at       timestamptz NOT NULL,
            story    text NOT NULL,
            checked  integer NOT NULL,
            repaired integer NOT NULL,
            drifts   integer NOT NULL
        """,
        "drifts": """
            job           text NOT NULL,
            kind          text NOT NULL,
            tree_id       uuid NOT NULL,
            subject       text NOT NULL,
            events_ours   bigint NOT NULL,
            events_theirs bigint NOT NULL,
            since         timestamptz NOT NULL,
            PRIMARY KEY (job, kind, tree_id, subject)
        """,
    }

    # Questions, for support: they are about Stripe and us, and name nobody.

    def newest(self, db: Db) -> list[RunRow]:
        found = db.cursor(row_factory=class_row(RunRow)).execute(
            "SELECT * FROM reconciliations ORDER BY position DESC LIMIT %s", (RUNS_MAX,)
        )
        return found.fetchall()

    def drifts(self, db: Db, tree_id: UUID | None = None) -> list[DriftRow]:
        """Those that stand, the oldest first; of one tree, if one is named."""
        found = db.cursor(row_factory=class_row(DriftRow)).execute(
            "SELECT * FROM drifts WHERE tree_id = coalesce(%s, tree_id)"
            " ORDER BY since, tree_id, kind, subject",
            (tree_id,),
        )
        return found.fetchall()

    # What each fact changes.

    @on(Reconciliation.Ran)
    def ran(self, db: Writes, fact: Fact, event: Reconciliation.Ran) -> None:
        db.execute(
            "INSERT INTO reconciliations VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                fact.position,
                event.job,
                event.timestamp,
                event.story,
                event.checked,
                event.repaired,
                len(event.drifts),
            ),
        )
        db.execute(
            "DELETE FROM drifts WHERE job = %s AND (kind, tree_id, subject) NOT IN"
            " (SELECT * FROM unnest(%s::text[], %s::uuid[], %s::text[]))",
            (
                event.job,
                [drift.kind.value for drift in event.drifts],
                [drift.tree_id for drift in event.drifts],
                [drift.subject for drift in event.drifts],
            ),
        )
        for drift in event.drifts:
            db.execute(
                "INSERT INTO drifts VALUES (%s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (job, kind, tree_id, subject) DO UPDATE"
                " SET events_ours = excluded.events_ours, events_theirs = excluded.events_theirs",
                (
                    event.job,
                    drift.kind.value,
                    drift.tree_id,
                    drift.subject,
                    drift.events_ours,
                    drift.events_theirs,
                    event.timestamp,
                ),
            )
