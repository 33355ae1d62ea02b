"""Credits in the cycle of this moment: what each workspace used of them, against the budget it was given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.budget import MINUTE_MICROS
from domain.cycles import Cycle
from domain.pace import Course, Weeks, course_of, projected_micros
from projections.budgets import BudgetRow
from projections.catalogue import BUDGETS, CALL_DAYS, CREDITS
from web.access import db, now

PERCENTS_WARNED = ((100, "tag-bad"), (80, "tag-warn"))


@dataclass(frozen=True, kw_only=True)
class Use:
    """Of one workspace in one cycle; what is held is of calls that run."""

    workspace_id: UUID
    spent_micros: int
    held_micros: int
    weeks: Weeks
    budget: BudgetRow | None
    cycle: Cycle
    at: datetime

    @property
    def used_micros(self) -> int:
        return self.spent_micros + self.held_micros

    @property
    def limit_micros(self) -> int | None:
        return self.budget.budget.limit_in(self.cycle.started_at) if self.budget else None

    @property
    def is_raised(self) -> bool:
        return self.budget is not None and self.budget.raised_for == self.cycle.started_at

    @property
    def stops(self) -> bool:
        return self.budget is not None and self.budget.stops

    @property
    def has_stopped(self) -> bool:
        """As a notice counts it: a minute on the phone does not fit any more."""
        limit = self.limit_micros
        return limit is not None and self.stops and self.used_micros + MINUTE_MICROS > limit

    @property
    def projected_micros(self) -> int:
        return projected_micros(self.used_micros, self.weeks, self.at, self.cycle.ends_at)

    @property
    def course(self) -> Course | None:
        if self.has_stopped:
            return Course.STOPS
        return course_of(self.weeks, self.projected_micros, self.limit_micros if self.stops else None)

    @property
    def warned(self) -> str | None:
        """How loudly its page says so."""
        limit = self.limit_micros
        if limit is None:
            return None
        return next(
            (how for percent, how in PERCENTS_WARNED if self.used_micros * 100 >= limit * percent), None
        )


def uses_of(tree_id: UUID, workspace_ids: Collection[UUID], cycle: Cycle) -> Mapping[UUID, Use]:
    """Each of them, in the order in which they are named."""
    at = now()
    budgets = BUDGETS.in_workspaces(db(), workspace_ids)
    used = {one.workspace_id: one for one in CREDITS.uses_in(db(), workspace_ids, cycle.started_at)}
    days = CALL_DAYS.micros_by_day(db(), tree_id, workspace_ids, at)
    return {
        one: Use(
            workspace_id=one,
            spent_micros=used[one].spent_micros if one in used else 0,
            held_micros=used[one].held_micros if one in used else 0,
            weeks=Weeks.of(days.get(one, {}), at),
            budget=budgets.get(one),
            cycle=cycle,
            at=at,
        )
        for one in workspace_ids
    }
