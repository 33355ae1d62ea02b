"""The API keys of a workspace: which there are, a new one, and the end of one."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from domain.api_keys import KeyMode
from domain.permissions import Permission
from projections.catalogue import ACCESS
from web.access import because, db, followed, person
from web.pages.blueprint import pages
from web.pages.forms import No, choice_of, done, shows_again
from web.pages.here import here_or_404
from web.pages.shown_once import show_on_next_page, shown_now
from web.services import services

SCOPES = ("track", "read")


@pages.get("/w/<uuid:workspace_id>/keys")
def keys(workspace_id: UUID, no: No | None = None, **_: str) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.HANDLE_KEYS)
    return render_template(
        "keys.html",
        here=here,
        keys=ACCESS.keys_of(db(), workspace_id),
        modes=list(KeyMode),
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
    key = services().keys.make(mode)

    services().agency.issue_key(
        workspace_id,
        person(),
        key_id=key.key_id,
        mode=mode,
        scopes=SCOPES,
        secret_mac=key.secret_mac,
        because=because(),
    )

    followed()
    show_on_next_page(workspace_id, key.text)
    return redirect(url_for("pages.keys", workspace_id=workspace_id), code=HTTPStatus.SEE_OTHER)


@pages.post("/w/<uuid:workspace_id>/keys/<key_id>/revoke")
@shows_again(keys)
def revoke_key(workspace_id: UUID, key_id: str) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.HANDLE_KEYS)

    services().agency.revoke_key(workspace_id, person(), key_id, because=because())

    followed()
    return done("The key is revoked and refused from now on.", "pages.keys", workspace_id=workspace_id)
