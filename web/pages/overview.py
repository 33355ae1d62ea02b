"""Overview: what goes on in this workspace, or in the whole tree for those who lead it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.visibility import Area
from projections.catalogue import DASHBOARD, POOLED_USAGE, SUBSCRIPTIONS
from projections.dashboard import DashboardRow
from projections.subscriptions import SubscriptionRow
from web.access import db
from web.pages.blueprint import pages
from web.pages.downgraded import downgraded
from web.pages.forms import No
from web.pages.here import Here, here_or_404
from web.pages.trees import awaiting_in, trees_of
from web.services import services
from web.usage import cycle_of, usage_in_workspace, usage_of_pool


@dataclass(frozen=True, kw_only=True)
class Line:
    """One workspace of the tree."""

    row: DashboardRow
    name: str
    events: int


@pages.get("/w/<uuid:workspace_id>/")
def overview(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    """The way into a workspace: also for those to whom the agency does not show its numbers."""
    here = here_or_404(workspace_id)
    subscription = subscription_of(here)
    if subscription is None or here.is_child or not here.leads:
        return _alone(here, no)
    usage = usage_of_pool(subscription)
    lines = lines_of(subscription)
    gone = usage.used - sum(line.events for line in lines)
    return render_template(
        "overview_of_tree.html", here=here, subscription=subscription, usage=usage, lines=lines, gone=gone
    )


def _alone(here: Here, no: No | None) -> str:
    trees = trees_of(here.workspace_id) if here.leads and not here.is_child else []
    return render_template(
        "overview.html",
        here=here,
        own=usage_in_workspace(here.row) if here.shows(Area.DASHBOARD) else None,
        # Whose settings are hidden: they are bound, so a member.
        is_member=not here.shows(Area.CONFIGURATION) and here.may(Permission.LEAVE),
        downgraded=downgraded(here),
        awaiting=awaiting_in(trees),
        no=no,
    )


def subscription_of(here: Here) -> SubscriptionRow | None:
    return SUBSCRIPTIONS.of_tree(db(), here.row.tree_id) if here.row.tree_id else None


def lines_of(subscription: SubscriptionRow) -> list[Line]:
    """The workspaces of a tree with what each drew in this cycle: the anchor first."""
    rows = DASHBOARD.of_tree(db(), subscription.tree_id)
    texts = services().vault.texts([(row.workspace_id, row.name_digest) for row in rows])
    used = POOLED_USAGE.of_tree(db(), subscription.tree_id, cycle_of(subscription).started_at)
    drawn = {one.workspace_id: one.events for one in used}
    return [
        Line(
            row=row,
            name=texts[row.workspace_id, row.name_digest],
            events=drawn.get(row.workspace_id, 0),
        )
        for row in rows
    ]
