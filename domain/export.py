"""An export: somebody took the history of a workspace, and of all that it led, out of the house.

What it holds follows from this fact: what belonged to the workspace in the logs as long as they were then.
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
    """How much an export holds, and of which logs: `agency_size` and `metering_size` facts were in them."""

    events: int
    leaves_sha256: str
    agency_size: int
    metering_size: int


class Export(Recorded):
    # State.

    def __init__(
        self,
        workspace_id: UUID,
        tree_id: UUID | None,
        events: int,
        leaves_sha256: str,
        agency_size: int,
        metering_size: int,
        person_id: UUID | None,
    ) -> None:
        self.workspace_id = workspace_id
        self.tree_id = tree_id
        self.events = events
        self.leaves_sha256 = leaves_sha256
        self.agency_size = agency_size
        self.metering_size = metering_size
        self.person_id = person_id

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        pass

    class Made(Event, Recorded.Created):
        workspace_id: UUID  # the anchor, or the workspace that stands alone
        tree_id: UUID | None  # that it leads by then
        events: int
        leaves_sha256: str  # over the leaves of these events, in order
        agency_size: int  # how many facts the log had
        metering_size: int
        person_id: UUID | None  # who took it; None is an operator

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def make(
        cls,
        export_id: UUID,
        *,
        workspace_id: UUID,
        tree_id: UUID | None,
        holds: Holding,
        person_id: UUID | None,
        because: Because,
    ) -> Self:
        return cls._begin(
            cls.Made,
            export_id,
            because,
            workspace_id=workspace_id,
            tree_id=tree_id,
            **asdict(holds),
            person_id=person_id,
        )

    # Rules. Questions about the present, with no effect on it.

    def is_there_for(self, person_id: UUID, at: datetime) -> bool:
        """Whether it may be fetched: a while, by who made it, so that each taking out is a fact."""
        return person_id == self.person_id and at < self.created_on + FETCHED_WITHIN
