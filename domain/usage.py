"""What was tracked: one fact for each accepted batch of a workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from domain.because import Because
from domain.recorded import Recorded


class Usage(Recorded):
    """A batch; its stream holds one fact, so that no two writers ever compete for a version."""

    class Event(Recorded.Event):
        pass

    class Counted(Event, Recorded.Created):
        workspace_id: UUID
        tree_id: UUID | None
        pool_id: UUID  # the tree, or the workspace that stands alone
        meter: str
        quantity: int  # of what the meter counts
        cycle_started_at: datetime  # of the pool, at the instant of receipt
        rows_sha256: str  # over the raw rows, which may be dropped long before this fact

    @classmethod
    def count(
        cls,
        batch_id: UUID,
        *,
        workspace_id: UUID,
        tree_id: UUID | None,
        pool_id: UUID,
        meter: str,
        quantity: int,
        cycle_started_at: datetime,
        rows_sha256: str,
        because: Because,
    ) -> Self:
        return cls._begin(
            cls.Counted,
            batch_id,
            because,
            workspace_id=workspace_id,
            tree_id=tree_id,
            pool_id=pool_id,
            meter=meter,
            quantity=quantity,
            cycle_started_at=cycle_started_at,
            rows_sha256=rows_sha256,
        )
