"""The API keys of a workspace: which there are, a new one, one in the place of another, the end of one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.api_keys import KeyMode, KeyState, Overlap, Scope
from domain.permissions import Permission
from projections.catalogue import ACCESS
from web.access import because, db, followed, form_token, now, person
from web.pages.blueprint import pages
from web.pages.forms import No, choice_of, done, shows_again
from web.pages.here import here_or_404
from web.pages.shown_once import show_on_next_page, shown_now
from web.services import services

SCOPES = {
    Scope.TRACK: "send events, and record calls",
    Scope.READ: "ask for the workspace, its usage, calls and tree",
    Scope.MANAGE: "change what lives in the workspace: agents, knowledge, phone numbers, widgets, actions",
}
USUAL = (Scope.TRACK, Scope.READ)  # chosen unless somebody says otherwise


@pages.get("/w/<uuid:workspace_id>/keys")
def keys(workspace_id: UUID, no: No | None = None, **_: str) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_KEYS)
    found = ACCESS.keys_of(db(), workspace_id)
    return render_template(
        "keys.html",
        here=here,
        keys=sorted(found, key=lambda key: key.state_at(now()) is not KeyState.WORKS),
        last_used=services().key_traffic.last_used(db(), [key.key_id for key in found]),
        now=now(),
        modes=list(KeyMode),
        scopes=list(Scope),
        usual_scopes=USUAL,
        SCOPES=SCOPES,
        overlaps=list(Overlap),
        new_key=shown_now(workspace_id),
        url=services().url,
        no=no,
    )


@pages.post("/w/<uuid:workspace_id>/keys")
@shows_again(keys)
def issue_key(workspace_id: UUID) -> ResponseReturnValue:
    """The page that comes next is the only one that ever shows the key."""
    here_or_404(workspace_id, Permission.HANDLE_KEYS)
    mode = KeyMode(choice_of("mode", list(KeyMode)))
    key = _new_key(mode)

    services().agency.issue_key(
        workspace_id,
        person(),
        key_id=key.key_id,
        mode=mode,
        scopes=tuple(request.form.getlist("scopes")),
        secret_mac=key.secret_mac,
        because=because(),
    )

    return _shown(workspace_id, key)


@pages.post("/w/<uuid:workspace_id>/keys/<key_id>/replace")
@shows_again(keys)
def replace_key(workspace_id: UUID, key_id: str) -> ResponseReturnValue:
    """A key that may do the same, shown once; the old one works until the overlap is over."""
    here_or_404(workspace_id, Permission.HANDLE_KEYS)
    replaced = next((one for one in ACCESS.keys_of(db(), workspace_id) if one.key_id == key_id), None)
    if replaced is None:
        abort(404)
    overlap = Overlap(choice_of("overlap", list(Overlap)))
    key = _new_key(replaced.mode)

    services().agency.replace_key(
        workspace_id,
        person(),
        key_id,
        successor_id=key.key_id,
        secret_mac=key.secret_mac,
        overlap=overlap,
        because=because(),
    )

    return _shown(workspace_id, key)


@pages.post("/w/<uuid:workspace_id>/keys/<key_id>/revoke")
@shows_again(keys)
def revoke_key(workspace_id: UUID, key_id: str) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.HANDLE_KEYS)

    services().agency.revoke_key(workspace_id, person(), key_id, because=because())

    followed()
    return done("The key is revoked and refused from now on.", "pages.keys", workspace_id=workspace_id)


def _new_key(mode: str) -> Any:
    """One form makes one key, however often it is sent. The token is in no fact and no table, so that
    what is stored does not lead to the secret, not even together with the pepper."""
    return services().keys.make(mode, f"{g.request_id}:{form_token()}")


def _shown(workspace_id: UUID, key: Any) -> ResponseReturnValue:
    followed()
    show_on_next_page(workspace_id, key.text)
    return redirect(url_for("pages.keys", workspace_id=workspace_id), code=HTTPStatus.SEE_OTHER)
