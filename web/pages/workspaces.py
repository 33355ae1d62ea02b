"""The workspaces of a tree, for those who lead it: which there are, and whether there may be another."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from domain.permissions import Permission, Role, Standing
from domain.refusals import Refused
from domain.visibility import Visibility
from projections.catalogue import ACCESS, VISIBILITY
from web.access import ask_stripe, because, db, followed, live, new_id, person, place_or_404
from web.pages.blueprint import pages
from web.pages.forms import No, done, name_of, shows_again
from web.pages.here import Here, lead_or_404
from web.pages.overview import Line, lines_of, subscription_of
from web.pages.template_choice import choices, chosen, started
from web.pages.trees import agency_tree_id
from web.services import services


@dataclass(frozen=True, kw_only=True)
class ShownToClients:
    """What each child's people see, and what those of a new one will."""

    rows: list[tuple[UUID, str, Visibility]]
    defaults: Visibility


@pages.get("/w/<uuid:workspace_id>/workspaces")
def workspaces(workspace_id: UUID, no: No | None = None, **_: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_TREE)
    subscription = subscription_of(here)
    lines = lines_of(subscription) if subscription else []
    return render_template(
        "workspaces.html",
        here=here,
        subscription=subscription,
        lines=lines,
        adoptable=_adoptable(here) if here.may_create_children else [],
        shown_to_clients=_shown_to_clients(here, lines) if here.has_agency else None,
        templates=choices(here),
        no=no,
    )


@pages.post("/w/<uuid:workspace_id>/workspaces")
@shows_again(workspaces)
def create_child(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.CREATE_CHILD)
    name, template_id = name_of("name", "a name for the workspace"), chosen(here)
    tree_id, child_id = agency_tree_id(workspace_id), new_id("child")
    _refuse_before_the_name_is_kept(tree_id, child_id)

    name_digest = services().vault.keep_text(child_id, name)
    template = started(here, template_id, child_id)
    services().agency.create_child(
        tree_id, person(), child_id, name_digest, template=template, because=because()
    )

    followed()
    return done(f"“{name}” is open.", "pages.workspaces", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/workspaces/<uuid:adopted_id>/adopt")
@shows_again(workspaces)
def adopt(workspace_id: UUID, adopted_id: UUID) -> ResponseReturnValue:
    """Bring in a workspace that stands alone; one that is not theirs to see does not exist for them."""
    lead_or_404(workspace_id, Permission.CREATE_CHILD)
    name_digest = place_or_404(adopted_id).name_digest
    tree_id = agency_tree_id(workspace_id)

    ask_stripe().adopt(tree_id, person(), adopted_id, because=because())

    followed()
    name = services().vault.text(adopted_id, name_digest)
    return done(f"“{name}” is part of the agency.", "pages.workspaces", workspace_id=workspace_id)


def _shown_to_clients(here: Here, lines: list[Line]) -> ShownToClients:
    assert here.row.tree_id is not None, "an agency is a tree"
    names = {line.row.workspace_id: line.name for line in lines if line.row.parent_id is not None}
    shown = VISIBILITY.in_workspaces(db(), list(names))
    return ShownToClients(
        rows=[(child_id, name, shown[child_id]) for child_id, name in names.items()],
        defaults=VISIBILITY.defaults_of_tree(db(), here.row.tree_id),
    )


def _adoptable(here: Here) -> list[tuple[UUID, str]]:
    """Workspaces that stand alone and belong to whoever owns this anchor, by name."""
    if Standing.ANCHOR_OWNER not in here.standings:
        return []
    places = [
        place
        for place in ACCESS.places_of(live(), person())
        if place.role_here == Role.OWNER and place.tree_id is None
    ]
    texts = services().vault.texts([(place.workspace_id, place.name_digest) for place in places])
    named = [(place.workspace_id, texts[place.workspace_id, place.name_digest]) for place in places]
    return sorted(named, key=lambda one: (one[1].casefold(), one[0]))


def _refuse_before_the_name_is_kept(tree_id: UUID, child_id: UUID) -> None:
    """A refused workspace leaves no name in the vault; one that is there already was not refused."""
    tree = services().agency.tree(tree_id)
    if child_id not in tree.children and (refusal := tree.why_not_add_child()):
        raise Refused(refusal)
