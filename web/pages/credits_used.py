"""Credits used by one workspace, as its own people see them: by cycle, category, agent, and of its budget."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from projections.catalogue import CALL_DAYS
from web.access import db
from web.credit_use import uses_of
from web.pages.blueprint import pages
from web.pages.here import here_or_404
from web.pages.overview import subscription_of
from web.usage import cycle_of

NO_SUCH_CYCLE = "No cycle began then in which credits were used. Choose one on this page."


@pages.get("/w/<uuid:workspace_id>/credits-used")
def credits_used(workspace_id: UUID) -> ResponseReturnValue:
    """A child never hears of the pool, the balance or the other clients."""
    here = here_or_404(workspace_id, Permission.SEE_CALLS)
    running = cycle_of(subscription_of(here))
    known = CALL_DAYS.cycles_in_workspace(db(), workspace_id)
    starts = [running.started_at, *(one for one in known if one != running.started_at)]
    wanted = request.args.get("cycle")
    chosen = next((one for one in starts if one.isoformat() == wanted), None) if wanted else starts[0]
    if chosen is None:
        abort(400, NO_SUCH_CYCLE)
    return render_template(
        "credits_used.html",
        here=here,
        cycle=running,
        starts=starts,
        chosen=chosen,
        ends_at=next((one for one in reversed(starts) if one > chosen), None),
        use=uses_of(here.row.tree_id, [workspace_id], running)[workspace_id] if here.row.tree_id else None,
        categories=CALL_DAYS.totals_in_workspace(db(), workspace_id, chosen),
        days=CALL_DAYS.days_in_workspace(db(), workspace_id, chosen),
    )
