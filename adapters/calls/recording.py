"""Recording: a call or charge is made once, whoever asks again, and only where there is room for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError

from adapters.calls.spending import Moved, RoomOf, Spending
from adapters.postgres.database import Database
from adapters.postgres.naming import Named
from adapters.usage.deciding import Draw, Draws
from domain.because import Because
from domain.calls.call import Call
from domain.calls.charge import Charge
from domain.conflicts import CONFLICTS_MAX, Contended
from domain.cycles import Cycle
from domain.limits import require_rates
from domain.metering import Metering
from domain.plans import PLANS, Rates
from domain.refusals import Refused, Unknown

S = TypeVar("S", Call, Charge)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Under which a workspace spends just now."""

    draw: Draw
    tree_id: UUID
    rates: Rates
    cycle: Cycle


@dataclass(frozen=True, kw_only=True)
class Made:
    """What was recorded, or had been before; whether it was asked for in the same words, the caller sees."""

    stream: Call | Charge
    is_new: bool


class Recording:
    def __init__(self, database: Database, metering: Metering, draws: Draws, room_of: RoomOf) -> None:
        self.database = database
        self.metering = metering
        self.draws = draws
        self.room_of = room_of

    def terms(self, workspace_id: UUID, *, because: Because) -> Terms:
        """Raises Refused where the plan has no calls, Unknown where there is no such workspace."""
        with self.database.asking(Named(tenants={workspace_id})) as db:
            draw = self.draws.ask_draws(db, {workspace_id})().get(workspace_id)
        if draw is None:
            raise Unknown(f"workspace {workspace_id}")
        rates = require_rates(PLANS[draw.plan])
        assert draw.tree_id is not None, "a plan with calls is a tree's"
        return Terms(draw=draw, tree_id=draw.tree_id, rates=rates, cycle=draw.cycle_at(because.at))

    def record(
        self, stream: UUID, workspace_id: UUID, make: Callable[[Terms], S], *, because: Because
    ) -> Made:
        """Record what `make` makes of the terms, under the id of its stream, unless it is there already."""
        for _ in range(CONFLICTS_MAX):
            if (known := self.metering.spent(stream)) is not None:
                return Made(stream=known, is_new=False)
            terms = self.terms(workspace_id, because=because)
            made = make(terms)
            try:
                self._save([made], terms)
            except (IntegrityError, Moved):  # somebody was first, or it is decided on other terms now
                continue
            return Made(stream=made, is_new=True)
        raise Contended("record")

    def record_all(self, made: list[S], terms: Terms) -> bool:
        """Several that are new, together; False, and nothing is recorded, where one of them is known, does
        not fit, or is decided on other terms by now: each is recorded alone then."""
        try:
            self._save(made, terms)
        except (IntegrityError, Moved, Refused):
            return False
        return True

    def end(self, call_id: UUID, workspace_id: UUID, end: Callable[[Call], None]) -> Call:
        """End a call of this workspace, whatever it costs; `end` finds it as it is."""
        for _ in range(CONFLICTS_MAX):
            known = self.call(call_id, workspace_id)
            end(known)
            try:
                self.metering.save(known)
            except IntegrityError:
                continue
            return known
        raise Contended("end")

    def call(self, call_id: UUID, workspace_id: UUID) -> Call:
        """One of this workspace; of any other there is none."""
        known = self.metering.spent(call_id)
        if not isinstance(known, Call) or known.workspace_id != workspace_id:
            raise Unknown(f"call {call_id}")
        return known

    def _save(self, made: list[S], terms: Terms) -> None:
        drawn = {one.workspace_id: terms.draw for one in made}
        spending = Spending(self.draws, self.room_of, made, drawn)
        self.metering.save(*made, beside=spending)
