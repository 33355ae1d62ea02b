"""A budget: how many credits a client's workspace may use in a cycle, before it is told or its calls stop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.because import Because
from domain.ids import stream_of_budget_notice
from domain.plans import RATES
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused

if TYPE_CHECKING:
    from domain.workspace import Workspace

PERCENTS = (50, 80, 100)
NEAR_PERCENT = 80
MINUTE_MICROS = 60 * RATES.phone_call_micros
BUDGET_MICROS_MAX = 1_000_000_000_000  # a million credits in a cycle


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Of every cycle; what it was raised to is of one cycle only."""

    limit_micros: int
    stops: bool  # no call begins above it; otherwise it is only told
    raised_micros: int | None = None
    raised_for: datetime | None = None  # the beginning of that cycle

    def limit_in(self, cycle_started_at: datetime) -> int:
        if self.raised_micros is not None and self.raised_for == cycle_started_at:
            return self.raised_micros
        return self.limit_micros

    def raised(self, limit_micros: int, cycle_started_at: datetime) -> Budget:
        return replace(self, raised_micros=limit_micros, raised_for=cycle_started_at)


# Commands on a workspace. Each one decides, and records at most one fact; who may is asked before.


def set_budget(workspace: Workspace, limit_micros: int, stops: bool, *, because: Because) -> None:
    """Of the cycle that runs and all that come; what it was raised to is over."""
    assert 0 < limit_micros <= BUDGET_MICROS_MAX
    if workspace.budget != Budget(limit_micros=limit_micros, stops=stops):
        workspace.note(workspace.BudgetSet, because, limit_micros=limit_micros, stops=stops)


def raise_budget(
    workspace: Workspace,
    limit_micros: int,
    reason_digest: str,
    cycle_started_at: datetime,
    *,
    because: Because,
) -> None:
    assert 0 < limit_micros <= BUDGET_MICROS_MAX
    if refusal := why_not_raise(workspace, limit_micros, cycle_started_at):
        raise Refused(refusal)
    fields = {"limit_micros": limit_micros, "reason_digest": reason_digest}
    workspace.note(workspace.BudgetRaised, because, cycle_started_at=cycle_started_at, **fields)


def remove_budget(workspace: Workspace, *, because: Because) -> None:
    if workspace.budget is not None:
        workspace.note(workspace.BudgetRemoved, because)


# Rules.


def why_not_raise(workspace: Workspace, limit_micros: int, cycle_started_at: datetime) -> Refusal | None:
    if workspace.budget is None:
        return Refusal.NO_BUDGET
    if limit_micros <= workspace.budget.limit_in(cycle_started_at):
        return Refusal.NOT_ABOVE_BUDGET
    return None


@dataclass(frozen=True, kw_only=True)
class BudgetSeen:
    """How a budget stands in the cycle that runs."""

    workspace_id: UUID
    tree_id: UUID
    cycle_started_at: datetime
    cycle_ends_at: datetime
    limit_micros: int
    stops: bool
    used_micros: int

    def reaches(self, percent: int) -> bool:
        return self.counted_micros(percent) * 100 >= self.limit_micros * percent

    def counted_micros(self, percent: int) -> int:
        """A hard stop is never quite reached: it is there when the next minute does not fit."""
        is_near = self.stops and percent == 100 and self.used_micros * 100 >= self.limit_micros * NEAR_PERCENT
        return self.used_micros + (MINUTE_MICROS if is_near else 0)


class BudgetNotice(Recorded):
    """One for each workspace, cycle and percent: the stream is there once, so the notice is given once."""

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID | None

    class Raised(Event, Recorded.Created):
        cycle_started_at: datetime
        cycle_ends_at: datetime
        percent: int
        used_micros: int
        limit_micros: int
        stops: bool

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def give(cls, seen: BudgetSeen, percent: int, *, because: Because) -> Self:
        assert seen.reaches(percent)
        return cls._begin(
            cls.Raised,
            stream_of_budget_notice(seen.workspace_id, seen.cycle_started_at, percent),
            because,
            percent=percent,
            **vars(seen),
        )
