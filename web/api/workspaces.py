"""What a key may know of its workspace, and of its tree if it is the anchor's."""

from __future__ import annotations

from flask import Response, jsonify

from domain.agency_seen import SAID, SEEN, why_no_agency
from domain.permissions import Standing
from domain.plans import PLANS
from projections.catalogue import DASHBOARD, SUBSCRIPTIONS
from projections.dashboard import DashboardRow
from web.access import db
from web.api.blueprint import api
from web.api.gates import anchor_of_key, workspace_of_key
from web.services import services
from web.usage import cycles_of_tree, usage_in_workspace


@api.get("/workspace")
def workspace() -> Response:
    """The key's own workspace: plan, and what it tracked in this cycle. A child's key never sees the pool."""
    row = workspace_of_key()
    own = usage_in_workspace(row)
    return jsonify(
        workspace_id=str(row.workspace_id),
        name=services().vault.text(row.workspace_id, row.name_digest),
        plan=row.plan,
        cycle={"started_at": own.cycle.started_at.isoformat(), "ends_at": own.cycle.ends_at.isoformat()},
        events=own.events,
    )


@api.get("/workspace/agency")
def agency() -> Response:
    """Why there is no agency for this key; of an anchor, a key reads the tree as an auditor does."""
    row = workspace_of_key()
    above = frozenset({Standing.AUDITOR}) if row.parent_id is None else frozenset[Standing]()
    reason = why_no_agency(PLANS[row.plan], above, has_children=bool(above) and _has_children(row))
    message, hint = SAID[reason] if reason else SEEN
    return jsonify(visible=reason is None, reason=reason, message=message, hint=hint)


def _has_children(row: DashboardRow) -> bool:
    return row.tree_id is not None and len(DASHBOARD.of_tree(db(), row.tree_id)) > 1


@api.get("/tree")
def tree() -> Response:
    """The whole tree, for a key of its anchor; for any other key there is no tree."""
    anchor = anchor_of_key()
    assert anchor.tree_id is not None, "whoever leads an agency has a tree"
    subscription = SUBSCRIPTIONS.of_tree(db(), anchor.tree_id)
    assert subscription is not None, "the screens move together"
    rows = DASHBOARD.of_tree(db(), anchor.tree_id)
    names = services().vault.texts([(row.workspace_id, row.name_digest) for row in rows])
    return jsonify(
        tree_id=str(anchor.tree_id),
        status=subscription.status,
        plan=subscription.plan,
        ends_at=subscription.ends_at.isoformat() if subscription.ends_at else None,
        workspaces=[
            {
                "workspace_id": str(row.workspace_id),
                "parent_org_id": str(row.parent_id) if row.parent_id else None,
                "name": names[row.workspace_id, row.name_digest],
                "plan": row.plan,
            }
            for row in rows
        ],
        workspaces_max=subscription.workspaces_max,
        cycles=[
            {
                "started_at": cycle.cycle_started_at.isoformat(),
                "ends_at": cycle.cycle_ends_at.isoformat(),
                "pool_events": cycle.pool_events,
                "used": cycle.used,
                "overage_events": cycle.overage_events,
                "overage_micros": cycle.overage_micros,
            }
            for cycle in cycles_of_tree(subscription)
        ],
    )
