"""Overview of calls: what all agents of an agency do, what it costs in each workspace, how that changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.calls.call import CATEGORIES
from domain.credits.category import Category
from domain.cycles import Cycle
from domain.permissions import Permission
from projections.call_days import Total
from projections.catalogue import AGENTS, CALL_DAYS, DASHBOARD
from web.access import db, now
from web.credit_use import Use, uses_of
from web.pages.blueprint import pages
from web.pages.here import Here, lead_or_404
from web.pages.overview import subscription_of
from web.periods import CYCLE, PERIODS, Period, Span, period_of
from web.services import services
from web.usage import cycle_of, cycles_of_tree

OF_CALLS = frozenset(CATEGORIES.values())
NO_SUCH_PERIOD = "There is no such period. Choose one of: cycle, 7, 30, 90."


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Of a period, and of the one before it."""

    calls: int = 0
    seconds: int = 0
    micros: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            calls=self.calls + other.calls,
            seconds=self.seconds + other.seconds,
            micros=self.micros + other.micros,
        )


@dataclass(frozen=True, kw_only=True)
class Line:
    """One workspace of the tree; a deleted one has no name any more that a page would show."""

    workspace_id: UUID | None
    name: str
    is_anchor: bool
    agents: int
    now: Sums
    before: Sums
    micros_by_category: dict[str, int]
    use: Use | None


@pages.get("/w/<uuid:workspace_id>/overview-of-calls")
def calls_overview(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_CREDITS)
    subscription = subscription_of(here)
    cycle = cycle_of(subscription)
    cycles = cycles_of_tree(subscription) if subscription else []
    period = period_of(_chosen(), cycles, cycle, now())
    lines = _lines(here, period, cycle) if subscription else []
    return render_template(
        "calls_overview.html",
        here=here,
        period=period,
        periods=PERIODS,
        cycle=cycle,
        cycles=cycles,
        lines=lines,
        together=sum((line.now for line in lines), Sums()),
        together_before=sum((line.before for line in lines), Sums()),
        agents=sum(line.agents for line in lines),
        categories=[one for one in Category if any(line.micros_by_category.get(one) for line in lines)],
    )


def _chosen() -> str:
    chosen = request.args.get("period", CYCLE)
    return chosen if chosen in PERIODS else abort(400, NO_SUCH_PERIOD)


def _lines(here: Here, period: Period, cycle: Cycle) -> list[Line]:
    assert here.row.tree_id is not None
    rows = DASHBOARD.of_tree(db(), here.row.tree_id)
    texts = services().vault.texts([(row.workspace_id, row.name_digest) for row in rows])
    totals = _by_workspace(_totals(here.row.tree_id, period.now))
    before = _by_workspace(_totals(here.row.tree_id, period.before)) if period.before else {}
    agents = AGENTS.active_in_workspaces(db(), [row.workspace_id for row in rows])
    uses = uses_of(here.row.tree_id, [row.workspace_id for row in rows], cycle)
    lines = [
        Line(
            workspace_id=row.workspace_id,
            name=texts[row.workspace_id, row.name_digest],
            is_anchor=row.parent_id is None,
            agents=agents.get(row.workspace_id, 0),
            now=_sums(totals.get(row.workspace_id, [])),
            before=_sums(before.get(row.workspace_id, [])),
            micros_by_category=_by_category(totals.get(row.workspace_id, [])),
            use=uses[row.workspace_id],
        )
        for row in rows
    ]
    gone = [one for workspace_id, found in totals.items() if workspace_id not in uses for one in found]
    gone_before = [one for workspace_id, found in before.items() if workspace_id not in uses for one in found]
    return [*lines, _gone(gone, gone_before)] if gone or gone_before else lines


def _gone(totals: Sequence[Total], before: Sequence[Total]) -> Line:
    """What workspaces used that are deleted, or have left."""
    return Line(
        workspace_id=None,
        name="Deleted workspaces",
        is_anchor=False,
        agents=0,
        now=_sums(totals),
        before=_sums(before),
        micros_by_category=_by_category(totals),
        use=None,
    )


def _totals(tree_id: UUID, span: Span) -> list[Total]:
    return CALL_DAYS.of_tree(db(), tree_id, span.first, span.last, cycle_started_at=span.cycle_started_at)


def _by_workspace(totals: Iterable[Total]) -> dict[UUID, list[Total]]:
    found: dict[UUID, list[Total]] = defaultdict(list)
    for one in totals:
        found[one.workspace_id].append(one)
    return found


def _sums(totals: Iterable[Total]) -> Sums:
    return sum((_sums_of(one) for one in totals), Sums())


def _sums_of(one: Total) -> Sums:
    calls = one.units if one.category in OF_CALLS else 0
    return Sums(calls=calls, seconds=one.seconds, micros=one.micros)


def _by_category(totals: Iterable[Total]) -> dict[str, int]:
    return {one.category: one.micros for one in totals}
