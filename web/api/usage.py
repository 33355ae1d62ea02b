"""What a key may know of usage: its own workspace's, and the pool's if it is the anchor's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, jsonify

from domain.plans import CURRENCY
from projections.catalogue import SUBSCRIPTIONS
from projections.dashboard import DashboardRow
from projections.pooled_usage import CycleUsage
from projections.subscriptions import SubscriptionRow
from web.access import db
from web.api.blueprint import api
from web.api.gates import anchor_of_key, workspace_of_key
from web.api.query import instant_in, instant_of, invalid, one_of, parameters
from web.pools import End, PoolUse, use_of_tree
from web.services import services
from web.usage import cycles_of_tree, usage_in_workspace

PERIOD_MAX = timedelta(days=92)
GROUP_BY = ("day", "agent", "task_type", "outcome")


@dataclass(frozen=True, kw_only=True)
class UsageQuery:
    """Half-open: `started_at` belongs to the period, `ends_at` to what comes after it."""

    started_at: datetime
    ends_at: datetime
    group_by: str


@api.get("/usage")
def usage() -> Response:
    """What the key's workspace tracked in a period, by day, agent, task type or outcome."""
    row = workspace_of_key()
    asked = _usage_query(row)
    _refuse_too_many(row, asked)
    found = services().usage_rows.in_workspaces(
        db(), [row.workspace_id], asked.started_at, asked.ends_at, by=[asked.group_by]
    )[asked.group_by]
    return jsonify(
        {
            "workspace_id": str(row.workspace_id),
            "from": asked.started_at.isoformat(),
            "to": asked.ends_at.isoformat(),
            "group_by": asked.group_by,
            "currency": CURRENCY,
            "total": _sums(found.total),
            "groups": [{"key": group.key, **_sums(group.sums)} for group in found.groups],
            "other": _sums(found.other) if found.other else None,
        }
    )


@api.get("/tree/usage")
def tree_usage() -> Response:
    """The pool of a cycle, for a key of the anchor; for any other key there is none."""
    anchor = anchor_of_key()
    assert anchor.tree_id is not None, "whoever leads an agency has a tree"
    subscription = SUBSCRIPTIONS.of_tree(db(), anchor.tree_id)
    assert subscription is not None, "the screens move together"
    cycle = _cycle_query(subscription)
    used = use_of_tree(subscription, cycle)
    return jsonify(
        tree_id=str(anchor.tree_id),
        cycle={"started_at": cycle.cycle_started_at.isoformat(), "ends_at": cycle.cycle_ends_at.isoformat()},
        currency=CURRENCY,
        pool_events=cycle.pool_events,
        **_end(End(used=cycle.used, overage_events=cycle.overage_events)),
        bands=[
            {"events": band.events, "rate_micros": band.rate_micros, "cost_micros": band.cost_micros}
            for band in cycle.overage_bands
        ],
        projected=_end(used.likely) if used.likely else None,
        workspaces=[
            {"workspace_id": str(draw.workspace_id), "name": draw.name, "events": draw.events}
            for draw in used.draws
        ],
        days=_days(used),
    )


def _usage_query(row: DashboardRow) -> UsageQuery:
    """The parameters of the question; without any it is about the running cycle, by day."""
    given = parameters("from", "to", "group_by")
    group_by = one_of(given, "group_by", GROUP_BY, "The default is day.") or GROUP_BY[0]
    running = usage_in_workspace(row).cycle
    started_at = instant_in(given, "from") or running.started_at
    ends_at = instant_in(given, "to") or running.ends_at
    if started_at >= ends_at:
        missing = "" if {"from", "to"} <= given.keys() else "The one left out is that of the running cycle."
        raise invalid("from", "`from` is not before `to`.", missing)
    if ends_at - started_at > PERIOD_MAX:
        hint = "Ask for it in parts; `from` belongs to a period, `to` does not."
        raise invalid("to", f"The period is longer than {PERIOD_MAX.days} days.", hint)
    return UsageQuery(started_at=started_at, ends_at=ends_at, group_by=group_by)


def _refuse_too_many(row: DashboardRow, asked: UsageQuery) -> None:
    rows = services().usage_rows
    reach = rows.reach_in_workspaces(db(), [row.workspace_id], asked.started_at, asked.ends_at)
    if reach > asked.started_at:
        hint = f"Ask in parts; from {reach.isoformat()} on it can be answered."
        raise invalid("from", "The period holds more events than one answer can sum up.", hint)


def _cycle_query(subscription: SubscriptionRow) -> CycleUsage:
    """The cycle that began at the instant asked for, or the running one."""
    given = parameters("cycle")
    cycles = cycles_of_tree(subscription)
    if "cycle" not in given:
        return cycles[0]
    started_at = instant_of("cycle", given["cycle"])
    found = next((cycle for cycle in cycles if cycle.cycle_started_at == started_at), None)
    if found is None:
        raise invalid("cycle", "No cycle of this tree began then.", "GET /api/v1/tree lists its cycles.")
    return found


def _sums(sums: Any) -> dict[str, Any]:
    return {
        "events": sums.events,
        "hours_saved": sums.hours_saved,
        "saved_micros": sums.saved_micros,
        "agent_cost_micros": sums.agent_cost_micros,
        "net_saved_micros": sums.net_saved_micros,
    }


def _end(end: End) -> dict[str, int]:
    return {
        "used": end.used,
        "overage_events": end.overage_events,
        "overage_micros": end.overage_micros,
    }


def _days(used: PoolUse) -> list[dict[str, Any]]:
    """A day is 24 hours from the cycle's beginning on, named by the instant at which it begins."""
    first = used.usage.cycle_started_at
    return [
        {"day": (first + timedelta(days=number)).isoformat(), "events": events}
        for number, events in enumerate(used.days)
    ]
