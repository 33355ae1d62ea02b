"""The workspaces of a tree, for those who lead it: which there are, and whether there may be another."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.refusals import Refusal, Refused
from projections.catalogue import SUBSCRIPTIONS
from web.access import because, db, followed, new_id, person
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
    tree_id, child_id = _tree_of_anchor(workspace_id), new_id("child")
    _refuse_before_the_name_is_kept(tree_id, child_id)

    name_digest = services().vault.keep_text(child_id, name)
    services().agency.create_child(tree_id, person(), child_id, name_digest, because=because())

    followed()
    return done(f"“{name}” is open.", "pages.workspaces", workspace_id=workspace_id)


def _tree_of_anchor(workspace_id: UUID) -> UUID:
    """The newest tree, whatever became of it: the tree itself says why it takes no child."""
    trees = SUBSCRIPTIONS.of_anchor(db(), workspace_id)
    if not trees:
        raise Refused(Refusal.NO_AGENCY_PLAN)
    return trees[0].tree_id


def _refuse_before_the_name_is_kept(tree_id: UUID, child_id: UUID) -> None:
    """A refused workspace leaves no name in the vault; one that is there already was not refused."""
    tree = services().agency.tree(tree_id)
    if child_id not in tree.children and (refusal := tree.why_not_add_child()):
        raise Refused(refusal)
