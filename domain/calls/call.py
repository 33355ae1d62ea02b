"""A call: begun and ended, or told when it was over; its seconds cost credits by the rate it began with."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self, TypedDict, Unpack
from uuid import UUID

from domain.because import Because
from domain.credits.category import Category
from domain.recorded import Recorded


class Kind(StrEnum):
    PHONE = "phone"
    WEB = "web"
    FORWARDED = "forwarded"

    @property
    def category(self) -> Category:
        return CATEGORIES[self]


CATEGORIES = {
    Kind.PHONE: Category.PHONE_CALL,
    Kind.WEB: Category.WEB_CALL,
    Kind.FORWARDED: Category.FORWARDING,
}


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Ending(StrEnum):
    """What became of a call."""

    COMPLETED = "completed"
    TRANSFERRED = "transferred"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"


class About(TypedDict):
    """What is known of a call from the first, whether it is over by then or not."""

    workspace_id: UUID
    tree_id: UUID
    cycle_started_at: datetime
    agent_id: UUID | None
    kind: Kind
    direction: Direction
    started_at: datetime
    rate_micros: int
    details_digest: str | None


class Call(Recorded):
    """A stream of its own, derived from the workspace and the idempotency key, so that it is told once."""

    def __init__(
        self,
        workspace_id: UUID,
        tree_id: UUID,
        cycle_started_at: datetime,
        agent_id: UUID | None,
        kind: Kind,
        direction: Direction,
        started_at: datetime,
        rate_micros: int,
        details_digest: str | None,
        seconds: int | None = None,
        outcome: Ending | None = None,
        amount_micros: int = 0,
        hold_micros: int = 0,
        hold_expires_at: datetime | None = None,
    ) -> None:
        self.workspace_id = workspace_id
        self.tree_id = tree_id
        self.cycle_started_at = cycle_started_at
        self.agent_id = agent_id
        self.kind = kind
        self.direction = direction
        self.started_at = started_at
        self.rate_micros = rate_micros
        self.details_digest = details_digest  # as it began
        self.end_details_digest: str | None = None
        self.seconds = seconds  # None while it runs
        self.outcome = outcome
        self.amount_micros = amount_micros
        self.hold_micros = hold_micros  # as long as it is held
        self.hold_asked_micros = hold_micros
        self.hold_expires_at = hold_expires_at
        self.told_at_once = seconds is not None

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID
        cycle_started_at: datetime  # the one in which it was received, and so charged
        agent_id: UUID | None
        kind: Kind
        direction: Direction
        started_at: datetime

    class Begun(Event, Recorded.Created):
        rate_micros: int  # a second
        hold_micros: int
        hold_expires_at: datetime
        details_digest: str | None  # who called, and what was noted; sealed in the vault, under the workspace

    class Told(Event, Recorded.Created):
        rate_micros: int
        seconds: int
        outcome: Ending
        amount_micros: int
        details_digest: str | None

    class Ended(Event):
        seconds: int
        outcome: Ending
        amount_micros: int
        released_micros: int  # of what was held
        details_digest: str | None

        def apply(self, call: Call) -> None:
            call.seconds, call.outcome, call.amount_micros = self.seconds, self.outcome, self.amount_micros
            call.end_details_digest, call.hold_micros = self.details_digest, 0

    class Abandoned(Event):
        """Nobody said in time how it ended; what it held is free again."""

        released_micros: int

        def apply(self, call: Call) -> None:
            call.hold_micros = 0

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def begin(
        cls,
        call_id: UUID,
        *,
        hold_seconds: int,
        hold_expires_at: datetime,
        because: Because,
        **about: Unpack[About],
    ) -> Self:
        return cls._begin(
            cls.Begun,
            call_id,
            because,
            hold_micros=hold_seconds * about["rate_micros"],
            hold_expires_at=hold_expires_at,
            **about,
        )

    @classmethod
    def tell(
        cls,
        call_id: UUID,
        *,
        seconds: int,
        outcome: Ending,
        because: Because,
        **about: Unpack[About],
    ) -> Self:
        """One that is over already."""
        return cls._begin(
            cls.Told,
            call_id,
            because,
            seconds=seconds,
            outcome=outcome,
            amount_micros=seconds * about["rate_micros"],
            **about,
        )

    def end(self, seconds: int, outcome: Ending, details_digest: str | None, *, because: Because) -> None:
        """Whatever it costs is charged, also if that is more than there is; said twice, it happens once."""
        if self.is_over:
            return
        self._note(
            self.Ended,
            because,
            seconds=seconds,
            outcome=outcome,
            amount_micros=seconds * self.rate_micros,
            released_micros=self.hold_micros,
            details_digest=details_digest,
        )

    def abandon(self, *, because: Because) -> None:
        if not self.is_over and self.hold_micros:
            self._note(self.Abandoned, because, released_micros=self.hold_micros)

    @property
    def is_over(self) -> bool:
        return self.seconds is not None

    @property
    def needs_micros(self) -> int:
        """What must be there for it to be recorded: of one that is over all of it, of one that begins what
        it holds."""
        return self.amount_micros if self.told_at_once else self.hold_asked_micros

    def _note(self, fact: type[Call.Event], because: Because, **fields: object) -> None:
        self.record(
            fact,
            because,
            workspace_id=self.workspace_id,
            tree_id=self.tree_id,
            cycle_started_at=self.cycle_started_at,
            agent_id=self.agent_id,
            kind=self.kind,
            direction=self.direction,
            started_at=self.started_at,
            **fields,
        )
