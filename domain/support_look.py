"""A look: somebody of support reads an agency, or a workspace, for a stated reason and a limited time.

It ends by itself: whoever asks what somebody may do compares its end with the clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from domain.because import Because
from domain.recorded import Recorded

LOOK_MINUTES = 30


class SupportLook(Recorded):
    # State.

    def __init__(
        self, workspace_id: UUID, tree_id: UUID | None, person_id: UUID, reason_digest: str, ends_at: datetime
    ) -> None:
        self.workspace_id = workspace_id
        self.tree_id = tree_id
        self.person_id = person_id
        self.reason_digest = reason_digest
        self.ends_at = ends_at

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID  # the anchor, or the workspace that stands alone
        tree_id: UUID | None
        person_id: UUID  # who looks

    class Begun(Event, Recorded.Created):
        reason_digest: str  # the text lies in the vault, under the look
        ends_at: datetime

    class Ended(Event):
        """Before its time, by who looked."""

        def apply(self, look: SupportLook) -> None:
            look.ends_at = self.timestamp

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def begin(
        cls,
        look_id: UUID,
        *,
        workspace_id: UUID,
        tree_id: UUID | None,
        person_id: UUID,
        reason_digest: str,
        ends_at: datetime,
        because: Because,
    ) -> Self:
        return cls._begin(
            cls.Begun,
            look_id,
            because,
            workspace_id=workspace_id,
            tree_id=tree_id,
            person_id=person_id,
            reason_digest=reason_digest,
            ends_at=ends_at,
        )

    def end(self, *, because: Because) -> None:
        """Nothing if it is over already."""
        if because.at < self.ends_at:
            self.record(
                self.Ended,
                because,
                workspace_id=self.workspace_id,
                tree_id=self.tree_id,
                person_id=self.person_id,
            )
