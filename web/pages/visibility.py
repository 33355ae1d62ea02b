"""What an agency shows its clients: set for one workspace, for several at once, and for new ones."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.visibility import Area, Level, Visibility
from web.access import because, followed, person
from web.pages.blueprint import pages
from web.pages.forms import Invalid, choice_of, done, shows_again
from web.pages.here import here_or_404, lead_or_404
from web.pages.settings import settings
from web.pages.trees import agency_tree_id
from web.pages.workspaces import workspaces
from web.services import services

AS_IT_IS = ""  # in a form for several workspaces: this area stays in each of them what it was


@dataclass(frozen=True, kw_only=True)
class AreaWords:
    title: str
    hint: str


AREAS: dict[Area, AreaWords] = {
    Area.DASHBOARD: AreaWords(
        title="Dashboard", hint="What was tracked, and calls: numbers, charts, the API."
    ),
    Area.PROMPTS: AreaWords(title="Prompt editing", hint="What the agents are told."),
    Area.CONFIGURATION: AreaWords(
        title="Configuration",
        hint="How agents are set up, and the workspace.",
    ),
    Area.DEPLOYMENT: AreaWords(title="Deployment", hint="Widget and phone numbers."),
    Area.ACTIONS: AreaWords(title="Actions", hint="What runs before, during and after a call."),
}


@pages.app_context_processor
def _for_the_forms() -> dict[str, object]:
    return {"AREAS": AREAS, "LEVELS": list(Level)}


@pages.post("/w/<uuid:workspace_id>/settings/visibility")
@shows_again(settings)
def set_visibility(workspace_id: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SET_VISIBILITY)
    tree_id = here.row.tree_id
    if tree_id is None or not here.is_child:
        abort(404)
    wanted = _all_levels()

    services().agency.set_visibility(tree_id, person(), [workspace_id], wanted, because=because())

    followed()
    text = "What the client sees is set, and holds from now on."
    return done(text, "pages.settings", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/workspaces/visibility")
@shows_again(workspaces)
def set_visibility_of_several(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.SET_VISIBILITY)
    child_ids, changes = _children_chosen(), _levels_to_change()
    tree_id = agency_tree_id(workspace_id)

    services().agency.set_visibility(tree_id, person(), child_ids, changes, because=because())

    followed()
    text = f"Set for {len(child_ids)} {'workspace' if len(child_ids) == 1 else 'workspaces'}, from now on."
    return done(text, "pages.workspaces", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/workspaces/visibility/defaults")
@shows_again(workspaces)
def set_visibility_defaults(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.SET_VISIBILITY)
    wanted = Visibility().but(_all_levels())
    tree_id = agency_tree_id(workspace_id)

    services().agency.set_visibility_defaults(tree_id, person(), wanted, because=because())

    followed()
    return done("New workspaces begin like this.", "pages.workspaces", workspace_id=workspace_id)


def _all_levels() -> dict[Area, Level]:
    return {area: Level(choice_of(area.value, list(Level))) for area in Area}


def _levels_to_change() -> dict[Area, Level]:
    chosen = {area: choice_of(area.value, [AS_IT_IS, *Level]) for area in Area}
    changes = {area: Level(level) for area, level in chosen.items() if level != AS_IT_IS}
    if not changes:
        raise Invalid(Area.DASHBOARD.value, "Please choose what is to be changed.")
    return changes


def _children_chosen() -> list[UUID]:
    """Each once; whether they are of this agency is asked with the command."""
    given = request.form.getlist("child")
    if not given:
        raise Invalid("child", "Please choose the workspaces that it is for.")
    try:
        return list(dict.fromkeys(map(UUID, given)))
    except ValueError:
        raise Invalid("child", "Please choose workspaces of the list.") from None
