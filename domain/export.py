"""An export: somebody takes the history of a workspace, and of all that it led, out of the house.

What is in it follows from its facts: what belonged to the workspace in the logs while they had so many facts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from domain.because import Because
from domain.recorded import Recorded

FETCHED_WITHIN = timedelta(hours=1)  # by who made it; whoever wants it later makes another


@dataclass(frozen=True, kw_only=True)
class Holding:
    """How many facts are in it, what their leaves are in order, and how many facts each log had."""

    events: int
    leaves_sha256: str
    agency_size: int
    metering_size: int


class Export(Recorded):
    # State.

    holding: Holding | None = None

    def __init__(self, workspace_id: UUID, tree_id: UUID | None, person_id: UUID | None) -> None:
        self.workspace_id = workspace_id
        self.tree_id = tree_id
        self.person_id = person_id

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID  # the anchor, or the workspace that stands alone
        tree_id: UUID | None  # that it led then

    class Asked(Event, Recorded.Created):
        person_id: UUID | None  # who may fetch it; an operator has it at once

    class Made(Event):
        """The heads of both logs are signed, and it can be fetched."""

        events: int
        leaves_sha256: str
        agency_size: int
        metering_size: int

        def apply(self, export: Export) -> None:
            export.holding = Holding(
                events=self.events,
                leaves_sha256=self.leaves_sha256,
                agency_size=self.agency_size,
                metering_size=self.metering_size,
            )

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def ask(
        cls,
        export_id: UUID,
        *,
        workspace_id: UUID,
        tree_id: UUID | None,
        person_id: UUID | None,
        because: Because,
    ) -> Self:
        return cls._begin(
            cls.Asked, export_id, because, workspace_id=workspace_id, tree_id=tree_id, person_id=person_id
        )

    def make(self, holding: Holding, *, because: Because) -> None:
        """Nothing if it was made already, however much longer the logs are by now."""
        if self.holding is None:
            self.record(
                self.Made,
                because,
                workspace_id=self.workspace_id,
                tree_id=self.tree_id,
                **asdict(holding),
            )

    # Rules. Questions about the present, with no effect on it.

    def is_there_for(self, person_id: UUID, at: datetime) -> bool:
        """Whether it can be fetched: a while, by who asked for it, so that each taking out is a fact."""
        return (
            self.holding is not None and person_id == self.person_id and at < self.created_on + FETCHED_WITHIN
        )
