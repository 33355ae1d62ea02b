"""What would have been drawn from which pool: usage counts where its workspace would have stood."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from domain.agency import Agency
from domain.correction import Correction
from domain.cycles import Cycle, calendar_month, cycle_at
from domain.fact import Fact
from domain.plans import PLANS
from domain.refusals import Unknown
from domain.usage import Usage
from domain.what_if.record import Record
from domain.what_if.replayed import because_of
from domain.what_if.told import LeftOut, Why
from domain.workspace import Workspace

Pool = tuple[object, object]  # whose it is, and the beginning of its cycle


class Noted(Protocol):
    """Whoever writes a fact down as it would have been stored."""

    def __call__(self, event: object, like: Fact) -> Fact: ...


class Drawn:
    """Counts as the supposed history goes on; what was refused back then is in no record and stays out."""

    def __init__(self, agency: Agency, record: Record, before: Iterable[Fact], noted: Noted) -> None:
        self.agency = agency
        self.record = record
        self.noted = noted
        self.used: dict[Pool, int] = {}
        self.moved: dict[object, Usage.Counted | None] = {}  # batches that were counted elsewhere, or not
        for fact in before:
            if isinstance(fact.event, Usage.Counted | Correction.Voided):
                self._use(fact)

    def counted(self, fact: Fact) -> Fact | LeftOut:
        """The usage as it would have been counted."""
        event: Usage.Counted = fact.event
        try:
            workspace = self.agency.workspace(event.workspace_id)
        except Unknown:
            return self._lost(fact, Why.WORKSPACE_GONE)
        if self.record.stands_alike(workspace):
            self._use(fact)
            return fact
        if workspace.deleted:
            return self._lost(fact, Why.WORKSPACE_GONE)
        room, cycle = self._room(workspace, event)
        quantity = event.quantity if room is None else min(event.quantity, room)
        if quantity <= 0:
            return self._lost(fact, Why.QUOTA)
        made = self._made(event, workspace, quantity, cycle)
        self.moved[fact.stream] = made
        found = self.noted(made, fact)
        self._use(found)
        return found

    def voided(self, fact: Fact) -> Fact | LeftOut:
        """Taken from where its batch would have been counted."""
        event: Correction.Voided = fact.event
        if event.batch_id not in self.moved:
            self._use(fact)
            return fact
        counted = self.moved[event.batch_id]
        if counted is None:
            return LeftOut(fact=fact, why=Why.WORKSPACE_GONE)
        made = Correction.void(
            event.event_id,
            counted,
            reason_digest=event.reason_digest,
            agency_position=event.agency_position,
            because=because_of(event),
        )
        found = self.noted(made.pending_events[0], fact)
        self._use(found)
        return found

    def _lost(self, fact: Fact, why: Why) -> LeftOut:
        self.moved[fact.stream] = None
        return LeftOut(fact=fact, why=why)

    def _use(self, fact: Fact) -> None:
        event = fact.event
        pool = event.pool_id, event.cycle_started_at
        sign = -1 if isinstance(event, Correction.Voided) else 1
        self.used[pool] = self.used.get(pool, 0) + sign * event.quantity

    def _room(self, workspace: Workspace, event: Usage.Counted) -> tuple[int | None, Cycle]:
        """What the pool has left, None where it has no hard end; and the cycle that it is counted over."""
        at = event.timestamp
        if workspace.tree_id is not None:
            tree = self.agency.tree(workspace.tree_id)
            assert tree.cycle_started_at is not None, "a workspace is part of a tree that was paid for"
            assert tree.cycle_ends_at is not None
            return None, cycle_at(Cycle(started_at=tree.cycle_started_at, ends_at=tree.cycle_ends_at), at)
        cycle, plan = calendar_month(at), PLANS[workspace.plan]
        used = self.used.get((workspace.id, cycle.started_at), 0)
        return (plan.pool_events - used if plan.stops_at_limit else None), cycle

    def _made(self, event: Usage.Counted, workspace: Workspace, quantity: int, cycle: Cycle) -> Usage.Counted:
        usage = Usage.count(
            event.originator_id,
            workspace_id=workspace.id,
            tree_id=workspace.tree_id,
            pool_id=workspace.tree_id or workspace.id,
            meter=event.meter,
            quantity=quantity,
            cycle_started_at=cycle.started_at,
            rows_sha256=event.rows_sha256,
            because=because_of(event),
        )
        made: Usage.Counted = usage.pending_events[0]  # type: ignore[assignment]  # its first fact
        return made
