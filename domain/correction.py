"""A correction: one event that was counted is no longer, whoever says so and however often."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from domain.because import Because
from domain.ids import stream_of_correction
from domain.recorded import Recorded
from domain.usage import Usage


class Correction(Recorded):
    """Its stream is derived from the event, so that two who void it at once make one fact."""

    class Event(Recorded.Event):
        pass

    class Voided(Event, Recorded.Created):
        workspace_id: UUID
        tree_id: UUID | None
        pool_id: UUID  # from which the event had been drawn, wherever the workspace is by now
        meter: str
        quantity: int
        cycle_started_at: datetime
        event_id: UUID
        batch_id: UUID  # the stream of the fact that had counted it
        counted_at: datetime
        reason_digest: str  # the text lies in the vault, under the workspace
        agency_position: int  # the last fact of the agency log by then, so that both are told in one order

    @classmethod
    def void(
        cls,
        event_id: UUID,
        counted: Usage.Counted,
        *,
        reason_digest: str,
        agency_position: int,
        because: Because,
    ) -> Self:
        return cls._begin(
            cls.Voided,
            stream_of_correction(event_id),
            because,
            workspace_id=counted.workspace_id,
            tree_id=counted.tree_id,
            pool_id=counted.pool_id,
            meter=counted.meter,
            quantity=1,
            cycle_started_at=counted.cycle_started_at,
            event_id=event_id,
            batch_id=counted.originator_id,
            counted_at=counted.timestamp,
            reason_digest=reason_digest,
            agency_position=agency_position,
        )
