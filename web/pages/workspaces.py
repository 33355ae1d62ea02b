"""The workspaces of a tree, for those who lead it: which there are, and whether there may be another."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import render_template
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.refusals import Refusal, Refused
from projections.catalogue import SUBSCRIPTIONS
from web.access import because, db, person
from web.pages.blueprint import pages
from web.pages.forms import No, done, name_of, shows_again
from web.pages.here import lead_or_404
from web.pages.overview import lines_of, subscription_of
from web.services import services


@pages.get("/w/<uuid:workspace_id>/workspaces")
def workspaces(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_TREE)
    subscription = subscription_of(here)
    lines = lines_of(subscription) if subscription else []
    return render_template("workspaces.html", here=here, subscription=subscription, lines=lines, no=no)


@pages.post("/w/<uuid:workspace_id>/workspaces")
@shows_again(workspaces)
def create_child(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.CREATE_CHILD)
    name = name_of("name", "a name for the workspace")
    tree_id = _tree_of_anchor(workspace_id)
    child_id = uuid4()

    name_digest = services().vault.keep_text(child_id, name)
    services().agency.create_child(tree_id, person(), child_id, name_digest, because=because())

    services().followed()
    return done(f"“{name}” is open.", "pages.workspaces", workspace_id=workspace_id)


def _tree_of_anchor(workspace_id: UUID) -> UUID:
    """The newest tree, whatever became of it: the tree itself says why it takes no child."""
    trees = SUBSCRIPTIONS.of_anchor(db(), workspace_id)
    if not trees:
        raise Refused(Refusal.NO_AGENCY_PLAN)
    return trees[0].tree_id
