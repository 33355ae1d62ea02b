"""A phone number: sold once over all workspaces, and free again when it is released.

The carrier's id of the number is its stream, so of two who buy it at the same moment one decides again. What
it costs each cycle is a charge in the log of usage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from domain.because import Because
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused

GRACE = timedelta(days=7)  # from the first month that could not be charged to the end of the number


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A number as the carrier sells it."""

    number_id: UUID
    number: str  # in E.164: a plus sign and at most fifteen digits
    country: str  # two letters, as in ISO 3166


class PhoneNumber(Recorded):
    # State.

    def __init__(self, workspace_id: UUID, tree_id: UUID, number_digest: str, country: str) -> None:
        self.workspace_id: UUID | None = workspace_id  # None: whoever comes first may buy it
        self.number_digest = number_digest
        self.country = country
        self.agent_id: UUID | None = None
        self.grace_ends_at: datetime | None = None
        self.grace_of: datetime | None = None  # the beginning of the cycle that was not charged

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID | None  # the tree that the workspace was part of

    class Bought(Event, Recorded.Created):
        tree_id: UUID  # which pays for it
        number_digest: str  # the number lies in the vault, under the workspace
        country: str

    class BoughtAgain(Event):
        """By whoever came first after it had been released."""

        tree_id: UUID
        number_digest: str
        country: str

        def apply(self, number: PhoneNumber) -> None:
            number.workspace_id, number.number_digest = self.workspace_id, self.number_digest
            number.agent_id = number.grace_ends_at = number.grace_of = None

    class Assigned(Event):
        agent_id: UUID

        def apply(self, number: PhoneNumber) -> None:
            number.agent_id = self.agent_id

    class Unassigned(Event):
        agent_id: UUID

        def apply(self, number: PhoneNumber) -> None:
            number.agent_id = None

    class GraceBegan(Event):
        """A cycle could not be charged: the number goes when the grace ends, unless it can be by then."""

        cycle_started_at: datetime | None  # None: the workspace has no plan with calls any more
        ends_at: datetime

        def apply(self, number: PhoneNumber) -> None:
            number.grace_of, number.grace_ends_at = self.cycle_started_at, self.ends_at

    class Released(Event):
        unpaid: bool  # by the clock: nobody could be charged for it

        def apply(self, number: PhoneNumber) -> None:
            number.workspace_id = number.agent_id = number.grace_ends_at = number.grace_of = None

    # Commands. Each one decides, and records at most one fact; who may is asked of the workspace before.

    @classmethod
    def buy(
        cls,
        offer: Offer,
        *,
        workspace_id: UUID,
        tree_id: UUID,
        number_digest: str,
        because: Because,
    ) -> Self:
        return cls._begin(
            cls.Bought,
            offer.number_id,
            because,
            workspace_id=workspace_id,
            tree_id=tree_id,
            number_digest=number_digest,
            country=offer.country,
        )

    def buy_again(self, workspace_id: UUID, tree_id: UUID, number_digest: str, *, because: Because) -> None:
        """Nothing for whom it is sold to already."""
        if self.workspace_id == workspace_id:
            return
        if self.workspace_id is not None:
            raise Refused(Refusal.NUMBER_TAKEN)
        self.record(
            self.BoughtAgain,
            because,
            workspace_id=workspace_id,
            tree_id=tree_id,
            number_digest=number_digest,
            country=self.country,
        )

    def assign(self, agent_id: UUID, tree_id: UUID | None, *, because: Because) -> None:
        if self.agent_id != agent_id:
            self._note(self.Assigned, because, tree_id, agent_id=agent_id)

    def unassign(self, tree_id: UUID | None, *, because: Because) -> None:
        if self.agent_id is not None:
            self._note(self.Unassigned, because, tree_id, agent_id=self.agent_id)

    def begin_grace(
        self, cycle_started_at: datetime | None, tree_id: UUID | None, *, because: Because
    ) -> None:
        """Once for a cycle."""
        if self.grace_ends_at is None or self.grace_of != cycle_started_at:
            ends_at = because.at + GRACE
            self._note(self.GraceBegan, because, tree_id, cycle_started_at=cycle_started_at, ends_at=ends_at)

    def release(self, tree_id: UUID | None, *, unpaid: bool = False, because: Because) -> None:
        if self.workspace_id is not None:
            self._note(self.Released, because, tree_id, unpaid=unpaid)

    def _note(
        self, fact: type[PhoneNumber.Event], because: Because, tree_id: UUID | None, **fields: object
    ) -> None:
        self.record(fact, because, workspace_id=self.workspace_id, tree_id=tree_id, **fields)
