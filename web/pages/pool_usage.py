"""Usage of a pool: how much is drawn in a cycle, by whom, where will it end and what does that cost?"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from projections.pooled_usage import CycleUsage
from web.pages.blueprint import pages
from web.pages.charts import chart_of
from web.pages.here import Here, lead_or_404
from web.pages.overview import subscription_of
from web.pools import use_alone, use_of_tree
from web.usage import cycles_in_workspace, cycles_of_tree

NO_SUCH_CYCLE = "No cycle of this pool began then. Choose one on the page of the pool."


@pages.get("/w/<uuid:workspace_id>/usage/pool")
def pool_usage(workspace_id: UUID) -> ResponseReturnValue:
    """Of the tree, or of a workspace that stands alone and has a quota of its own."""
    here = lead_or_404(workspace_id, Permission.SEE_TREE)
    subscription = subscription_of(here)
    cycles = cycles_of_tree(subscription) if subscription else _cycles_alone(here)
    cycle = _chosen(cycles)
    use = use_of_tree(subscription, cycle) if subscription else use_alone(workspace_id, here.name, cycle)
    return render_template(
        "pool_usage.html",
        here=here,
        subscription=subscription,
        periods=[(one.cycle_started_at, one.cycle_ends_at, one.used) for one in cycles],
        is_running=cycle is cycles[0],
        usage=cycle,
        use=use,
        chart=chart_of(use, stops=here.plan.stops_at_limit),
    )


def _chosen(cycles: Sequence[CycleUsage]) -> CycleUsage:
    wanted = request.args.get("cycle")
    if not wanted:
        return cycles[0]
    found = (one for one in cycles if one.cycle_started_at.isoformat() == wanted)
    return next(found, None) or abort(400, NO_SUCH_CYCLE)


def _cycles_alone(here: Here) -> list[CycleUsage]:
    """The months in which it drew from its own quota, and the running one."""
    return [
        CycleUsage(
            cycle_started_at=own.cycle.started_at,
            cycle_ends_at=own.cycle.ends_at,
            pool_events=here.plan.pool_events,
            used=own.events,
        )
        for own in cycles_in_workspace(here.row)
        if own.pool_id == here.workspace_id
    ]
