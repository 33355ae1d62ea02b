"""Corrections: which events were voided, and of which cycles is a credit note asked for?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.correction import Correction
from domain.fact import Fact
from domain.overage import Overage
from projections.projection import Db, Projection, Writes, on

SHOWN_MAX = 100


@dataclass(frozen=True, kw_only=True)
class CreditRow:
    """A request for a credit note."""

    position: int
    tree_id: UUID
    cycle_started_at: datetime
    events: int
    amount_micros: int
    requested_at: datetime


class Corrections(Projection):
    name = "corrections"
    logs = ("agency", "metering")
    side_by_side = True
    tables = {
        "voided_events": """
            event_id         uuid PRIMARY KEY,
            workspace_id     uuid NOT NULL,
            pool_id          uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            counted_at       timestamptz NOT NULL,
            voided_at        timestamptz NOT NULL
        """,
        "credit_requests": """
            position         bigint PRIMARY KEY,
            tree_id          uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            events           bigint NOT NULL,
            amount_micros    bigint NOT NULL,
            requested_at     timestamptz NOT NULL
        """,
    }
    indexes = {
        "voided_events_workspace": "voided_events (workspace_id, counted_at)",
        "credit_requests_tree": "credit_requests (tree_id)",
    }

    # Questions.

    def credits(self, db: Db, tree_id: UUID | None = None) -> list[CreditRow]:
        """The newest requests for credit notes, of one tree or of all."""
        found = db.cursor(row_factory=class_row(CreditRow)).execute(
            "SELECT * FROM credit_requests WHERE tree_id = %(tree_id)s OR %(tree_id)s::uuid IS NULL"
            " ORDER BY position DESC LIMIT %(limit)s",
            {"tree_id": tree_id, "limit": SHOWN_MAX},
        )
        return found.fetchall()

    # What each fact changes.

    @on(Correction.Voided)
    def voided(self, db: Writes, fact: Fact, event: Correction.Voided) -> None:
        db.execute(
            "INSERT INTO voided_events VALUES (%s, %s, %s, %s, %s, %s)",
            (
                event.event_id,
                event.workspace_id,
                event.pool_id,
                event.cycle_started_at,
                event.counted_at,
                event.timestamp,
            ),
        )

    @on(Overage.CreditRequested)
    def credit_requested(self, db: Writes, fact: Fact, event: Overage.CreditRequested) -> None:
        db.execute(
            "INSERT INTO credit_requests VALUES (%s, %s, %s, %s, %s, %s)",
            (
                fact.position,
                event.tree_id,
                event.cycle_started_at,
                event.events,
                event.amount_micros,
                event.timestamp,
            ),
        )
