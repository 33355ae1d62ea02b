"""Tracked events: one of them as it was received, the fact that counted it, and how it is voided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from adapters.postgres.logs import AGENCY, METERING, fact_of, head
from domain.because import Because
from domain.correction import Correction
from domain.fact import Fact
from domain.ids import stream_of_correction
from domain.metering import Metering

EVENT = """
    SELECT event_id, batch_id, workspace_id, received_at, body FROM usage
     WHERE event_id = %s AND workspace_id = %s
"""
FIRST_OF_STREAM = "SELECT * FROM metering_events WHERE originator_id = %s AND originator_version = 1"


@dataclass(frozen=True, kw_only=True)
class TrackedEvent:
    event_id: UUID
    workspace_id: UUID
    received_at: datetime
    body: dict[str, Any]  # as sent, and under "frozen" what was resolved then
    counted: Fact
    voided: Fact | None


class TrackedEvents:
    """Of an event whose raw row is gone nothing is known here; what was counted stays in the facts."""

    def __init__(self, metering: Metering) -> None:
        self.metering = metering

    def event(self, db: Connection[Any], workspace_id: UUID, event_id: UUID) -> TrackedEvent | None:
        row = db.execute(EVENT, (event_id, workspace_id)).fetchone()
        counted = _first_fact(db, row["batch_id"]) if row else None
        if row is None or counted is None:
            return None
        return TrackedEvent(
            event_id=event_id,
            workspace_id=workspace_id,
            received_at=row["received_at"],
            body=row["body"],
            counted=counted,
            voided=_first_fact(db, stream_of_correction(event_id)),
        )

    def void(self, db: Connection[Any], event: TrackedEvent, reason_digest: str, *, because: Because) -> bool:
        """Void it; False if it was so already. `db` is the snapshot in which this was decided."""
        if event.voided is not None:
            return False
        correction = Correction.void(
            event.event_id,
            event.counted.event,
            reason_digest=reason_digest,
            agency_position=head(db, AGENCY),
            because=because,
        )
        return self.metering.void(correction)


def _first_fact(db: Connection[Any], stream: UUID) -> Fact | None:
    row = db.execute(FIRST_OF_STREAM, (stream,)).fetchone()
    return fact_of(METERING, row) if row else None
