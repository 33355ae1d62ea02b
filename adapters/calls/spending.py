"""Spending: what costs credits is recorded if there is room for it, exactly, however many ask at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection

from adapters.postgres.recorder import DoesNotFit
from adapters.usage.deciding import Draw, Draws
from domain.credits.room import Room
from domain.refusals import Refused

RoomOf = Callable[[Any, UUID, UUID, datetime], Room]


class Spends(Protocol):
    """A call or a charge that is about to be recorded."""

    @property
    def workspace_id(self) -> UUID: ...
    @property
    def tree_id(self) -> UUID: ...
    @property
    def cycle_started_at(self) -> datetime: ...
    @property
    def needs_micros(self) -> int: ...


class Moved(DoesNotFit):
    """Between deciding and writing, a workspace left its tree, or its plan changed."""


class Spending:
    """Goes with facts into their transaction: no workspace leaves its tree from here to the commit, and under
    the log's lock nobody else spends, so what is room enough here is so at the commit."""

    def __init__(
        self, draws: Draws, room_of: RoomOf, spending: Sequence[Spends], drawn: Mapping[UUID, Draw]
    ) -> None:
        self.draws = draws
        self.room_of = room_of
        self.spending = spending
        self.drawn = drawn

    def before(self, db: Connection[Any]) -> Callable[[], None]:
        held = self.draws.ask_draws(db, {one.workspace_id for one in self.spending}, hold=True)
        return lambda: self._check(db, held())

    def _check(self, db: Connection[Any], held: Mapping[UUID, Draw]) -> None:
        """Raises Refused for the first reason that there is; what is recorded together fits together."""
        needed: dict[tuple[UUID, UUID, datetime], int] = {}
        for one in self.spending:
            if held.get(one.workspace_id) != self.drawn.get(one.workspace_id):
                raise Moved("the workspace has another pool or plan by now")
            place = (one.tree_id, one.workspace_id, one.cycle_started_at)
            needed[place] = needed.get(place, 0) + one.needs_micros
        assert len({tree_id for tree_id, _, _ in needed}) <= 1, "one ledger at a time"
        for place, micros in needed.items():
            if refusal := self.room_of(db, *place).why_not(micros):
                raise Refused(refusal)


class Fits:
    """The same for credits that leave a ledger for another reason than a call."""

    def __init__(self, room_of: RoomOf, tree_id: UUID, workspace_id: UUID, at: datetime, micros: int) -> None:
        self.asked = (tree_id, workspace_id, at)
        self.room_of = room_of
        self.micros = micros

    def before(self, db: Connection[Any]) -> Callable[[], None]:
        return lambda: self._check(db)

    def _check(self, db: Connection[Any]) -> None:
        if refusal := self.room_of(db, *self.asked).why_not(self.micros):
            raise Refused(refusal)
