"""Usage of a workspace: how much in which cycle, on which days, by which agent and for what?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.cycles import Cycle
from domain.permissions import Permission
from domain.visibility import Area
from web.access import db, now
from web.pages.blueprint import pages
from web.pages.charts import Bar, bars_of
from web.pages.here import Here, here_or_404
from web.services import services
from web.usage import OwnUsage, cycles_in_workspace

KINDS = ("agent", "task_type", "outcome")
GROUPS_SHOWN = 8
NO_SUCH_CYCLE = "No cycle of this workspace began then. Choose one on its usage page."


@dataclass(frozen=True, kw_only=True)
class Table:
    """The groups of one kind: all of them, or the first few."""

    kind: str
    groups: Sequence[Any]  # adapters.usage.breakdown.Group
    left: int  # groups that are not shown, unless all of them are asked for
    other: Any  # Sums of those that are never listed, or None
    total: Any


@pages.get("/w/<uuid:workspace_id>/usage")
def usage(workspace_id: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, area=Area.DASHBOARD)
    cycles = cycles_in_workspace(here.row)
    own = _chosen(cycles)
    rows = services().usage_rows
    reach = rows.reach_in_workspaces(db(), [workspace_id], own.cycle.started_at, own.cycle.ends_at)
    found = rows.in_workspaces(db(), [workspace_id], reach, own.cycle.ends_at, by=[*KINDS, "day"])
    return render_template(
        "usage.html",
        here=here,
        own=own,
        periods=[(one.cycle.started_at, one.cycle.ends_at, one.events) for one in cycles],
        is_running=own is cycles[0],
        tables=[_table(kind, found[kind]) for kind in KINDS],
        days=_days(own.cycle, found["day"]),
        total=found["day"].total,
        kept_since=rows.kept_since(db(), workspace_id),
        read_since=reach if reach > own.cycle.started_at else None,
        latest=_latest(here, own.cycle),
    )


def _chosen(cycles: Sequence[OwnUsage]) -> OwnUsage:
    wanted = request.args.get("cycle")
    if not wanted:
        return cycles[0]
    found = (one for one in cycles if one.cycle.started_at.isoformat() == wanted)
    return next(found, None) or abort(400, NO_SUCH_CYCLE)


def _table(kind: str, breakdown: Any) -> Table:
    groups = breakdown.groups
    shown = len(groups) if request.args.get("all") == kind else GROUPS_SHOWN
    return Table(
        kind=kind,
        groups=groups[:shown],
        left=max(0, len(groups) - shown),
        other=breakdown.other,
        total=breakdown.total,
    )


def _days(cycle: Cycle, by_day: Any) -> list[Bar]:
    """Every day in UTC that is part of the cycle, until today."""
    events = {group.key: group.sums.events for group in by_day.groups}
    first, last = cycle.started_at.date(), (cycle.ends_at - timedelta.resolution).date()
    until = max(min(last, now().date()), first, *map(date.fromisoformat, events))
    days = [first + timedelta(days=number) for number in range((until - first).days + 1)]
    return bars_of([(day, events.get(day.isoformat(), 0)) for day in days], room=(last - first).days + 1)


def _latest(here: Here, cycle: Cycle) -> Any:
    """Single events are for those who may see them; None for others."""
    if not here.may(Permission.SEE_EVENTS):
        return None
    rows = services().usage_rows
    return rows.latest_in_workspace(db(), here.workspace_id, cycle.started_at, cycle.ends_at)
