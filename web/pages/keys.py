"""The API keys of a workspace: which there are, a new one, and the end of one."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from domain.api_keys import KeyMode
from domain.permissions import Permission
from projections.catalogue import ACCESS
from web.access import because, db, followed, person
from web.pages.blueprint import pages
from web.pages.forms import No, choice_of, done, shows_again
from web.pages.here import here_or_404, look_again
from web.services import services

SCOPES = ("track", "read")


@pages.get("/w/<uuid:workspace_id>/keys")
def keys(workspace_id: UUID, no: No | None = None, **_: str) -> ResponseReturnValue:
    return _page(workspace_id, no=no)


def _page(workspace_id: UUID, *, no: No | None = None, new_key: str | None = None) -> str:
    here = here_or_404(workspace_id, Permission.HANDLE_KEYS)
    found = ACCESS.keys_of(db(), workspace_id)
    return render_template(
        "keys.html", here=here, keys=found, modes=list(KeyMode), new_key=new_key, url=services().url, no=no
    )


@pages.post("/w/<uuid:workspace_id>/keys")
@shows_again(keys)
def issue_key(workspace_id: UUID) -> ResponseReturnValue:
    """The answer is the only page that ever shows the key."""
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
    look_again()
    return _page(workspace_id, new_key=key.text), HTTPStatus.CREATED


@pages.post("/w/<uuid:workspace_id>/keys/<key_id>/revoke")
@shows_again(keys)
def revoke_key(workspace_id: UUID, key_id: str) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.HANDLE_KEYS)

    services().agency.revoke_key(workspace_id, person(), key_id, because=because())

    followed()
    return done("The key is revoked and refused from now on.", "pages.keys", workspace_id=workspace_id)
