"""The actions of a workspace: what is asked of a client's own servers before, during and after a call."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.action import (
    HEADER_NAME_MAX,
    HEADER_VALUE_MAX,
    HEADERS_MAX,
    METHODS,
    TIMEOUT_SECONDS_MAX,
    Asked,
    Phase,
)
from domain.addresses import URL_MAX, NotOutward, outward_url_in
from domain.headers import NoHeader, headers_in
from domain.permissions import Permission
from projections.actions import ActionRow
from projections.catalogue import ACTIONS, AGENTS
from web.access import because, db, followed, new_id, person
from web.actions import headers_of, kept, only_used, seen
from web.pages.agents_here import agents_of
from web.pages.blueprint import pages
from web.pages.forms import Invalid, No, choice_of, done, name_of, shows_again
from web.pages.here import Here, here_or_404
from web.services import services
from web.texts import number_in

HEADERS_TYPED_MAX = HEADERS_MAX * (HEADER_NAME_MAX + HEADER_VALUE_MAX + 4)  # characters
STATES = ("enabled", "disabled")
WAYS = ("up", "down")
PHASES = {
    Phase.PRE_FETCH: "Before the call",
    Phase.LIVE: "During the call",
    Phase.POST_CALL: "After the call",
}


@pages.get("/w/<uuid:workspace_id>/actions")
def actions(workspace_id: UUID, no: No | None = None, **_: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_ACTIONS)
    found = seen(workspace_id)
    return render_template(
        "actions.html",
        here=here,
        found=found,
        by_phase={phase: [one for one in found if one.row.phase == phase] for phase in Phase},
        attached=_attached(here),
        actions_max=here.plan.limits.actions_max,
        phases=PHASES,
        methods=METHODS,
        url_max=URL_MAX,
        no=no,
    )


@pages.post("/w/<uuid:workspace_id>/actions")
@shows_again(actions)
def create_action(workspace_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.EDIT_ACTIONS)
    asked = _asked(workspace_id, None)

    with only_used(workspace_id, asked.headers_digest):
        services().agency.create_action(workspace_id, person(), new_id("action"), asked, because=because())

    followed()
    return done("The action is added.", "pages.actions", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/actions/<uuid:action_id>")
@shows_again(actions)
def change_action(workspace_id: UUID, action_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.EDIT_ACTIONS)
    before = action_or_404(workspace_id, action_id)
    asked = _asked(workspace_id, before)

    with only_used(workspace_id, before.headers_digest, asked.headers_digest):
        services().agency.change_action(workspace_id, person(), action_id, asked, because=because())

    followed()
    return done("The action is saved.", "pages.actions", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/actions/<uuid:action_id>/move")
@shows_again(actions)
def move_action(workspace_id: UUID, action_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.EDIT_ACTIONS)
    action_or_404(workspace_id, action_id)
    way = choice_of("way", WAYS)

    services().agency.move_action(workspace_id, person(), action_id, up=way == "up", because=because())

    followed()
    return done("The order is changed.", "pages.actions", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/actions/<uuid:action_id>/state")
@shows_again(actions)
def switch_action(workspace_id: UUID, action_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.EDIT_ACTIONS)
    action_or_404(workspace_id, action_id)
    state = choice_of("state", STATES)

    agency = services().agency
    switch = agency.enable_action if state == "enabled" else agency.disable_action
    switch(workspace_id, person(), action_id, because=because())

    followed()
    return done(f"The action is {state}.", "pages.actions", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/actions/<uuid:action_id>/delete")
@shows_again(actions)
def delete_action(workspace_id: UUID, action_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.EDIT_ACTIONS)
    before = _action(workspace_id, action_id)

    with only_used(workspace_id, before.headers_digest if before else None):
        services().agency.delete_action(workspace_id, person(), action_id, because=because())

    followed()
    return done("The action is deleted.", "pages.actions", workspace_id=workspace_id)


def _attached(here: Here) -> dict[UUID, list[str]]:
    """The names of the agents that each action is attached to."""
    found: dict[UUID, list[str]] = {}
    for agent_id, name in agents_of(here).items():
        for action_id in AGENTS.actions_in_workspace(db(), here.workspace_id, agent_id):
            found.setdefault(action_id, []).append(name)
    return found


def action_or_404(workspace_id: UUID, action_id: UUID) -> ActionRow:
    return _action(workspace_id, action_id) or abort(404)


def _action(workspace_id: UUID, action_id: UUID) -> ActionRow | None:
    rows = ACTIONS.in_workspace(db(), workspace_id)
    return next((row for row in rows if row.action_id == action_id), None)


def _asked(workspace_id: UUID, before: ActionRow | None) -> Asked:
    """What the form says, checked before anything is kept of it."""
    name = name_of("name", "a name")
    phase = Phase(choice_of("phase", list(Phase)))
    method = choice_of("method", METHODS)
    url = _url()
    seconds = _seconds()
    typed = request.form.get("headers", "")
    if len(typed) > HEADERS_TYPED_MAX:
        raise Invalid("headers", f"Please write at most {HEADERS_MAX} headers, one on each line.")
    try:
        sent = headers_in(typed, headers_of(before) if before else ())
    except NoHeader as error:
        raise Invalid("headers", f"{error} Nothing was changed.") from None
    return kept(
        workspace_id, name=name, phase=phase, method=method, url=url, sent=sent, timeout_seconds=seconds
    )


def _url() -> str:
    try:
        return outward_url_in(request.form.get("url", ""))
    except NotOutward as error:
        raise Invalid("url", f"{error} Nothing was changed.") from None


def _seconds() -> int:
    seconds = number_in(request.form.get("timeout", "").strip())
    if seconds is None or not 1 <= seconds <= TIMEOUT_SECONDS_MAX:
        raise Invalid("timeout", f"Please enter between 1 and {TIMEOUT_SECONDS_MAX} seconds.")
    return seconds
