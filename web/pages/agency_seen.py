"""Why can't I see Agency? Answered to every member, also to one who may pay for nothing."""

from __future__ import annotations

from uuid import UUID

from flask import render_template

from domain.agency_seen import SAID, SEEN, why_no_agency
from projections.catalogue import CUSTOMERS, DASHBOARD
from web.access import db
from web.pages.blueprint import pages
from web.pages.here import Here, here_or_404


@pages.get("/w/<uuid:workspace_id>/agency")
def agency_seen(workspace_id: UUID) -> str:
    here = here_or_404(workspace_id)
    reason = why_no_agency(here.plan, here.above, has_children=_has_children(here))
    message, hint = SAID[reason] if reason else SEEN
    return render_template(
        "agency_seen.html",
        here=here,
        reason=reason,
        message=message,
        hint=hint,
        customer=CUSTOMERS.status_of(db(), [workspace_id]).get(workspace_id),
    )


def _has_children(here: Here) -> bool:
    """Asked of those only who would see them."""
    if here.row.tree_id is None or not here.leads:
        return False
    return any(row.parent_id is not None for row in DASHBOARD.of_tree(db(), here.row.tree_id))
