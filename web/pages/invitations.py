"""An invitation, as the invited person sees it: the link in the mail is the proof of who they are."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from domain.refusals import Refusal, Refused
from projections.catalogue import DASHBOARD, MEMBERS
from projections.members import InvitationRow
from web.access import because, db, followed, now, person_or_none
from web.pages.blueprint import pages
from web.pages.forms import No, done, shows_again
from web.pages.signing import begin_session
from web.services import services


@pages.get("/invitations/<uuid:workspace_id>/<uuid:invitation_id>/<mac>")
def invitation(
    workspace_id: UUID, invitation_id: UUID, mac: str, no: No | None = None
) -> ResponseReturnValue:
    _genuine_or_404(workspace_id, invitation_id, mac)
    row = DASHBOARD.in_workspace(db(), workspace_id)
    found = _open_invitation(workspace_id, invitation_id)
    if row is None or found is None or found.expires_at <= now():
        return render_template("invitation_gone.html", expired=bool(row and found)), HTTPStatus.GONE
    return render_template(
        "invitation.html",
        workspace=services().vault.text(workspace_id, row.name_digest),
        inviter=_inviter(found),
        invited=services().vault.person(found.person_id),
        somebody_else=person_or_none() not in (None, found.person_id),
        found=found,
        no=no,
    )


@pages.post("/invitations/<uuid:workspace_id>/<uuid:invitation_id>/<mac>")
@shows_again(invitation)
def accept_invitation(workspace_id: UUID, invitation_id: UUID, mac: str) -> ResponseReturnValue:
    _genuine_or_404(workspace_id, invitation_id, mac)
    found = _open_invitation(workspace_id, invitation_id)
    if found is None:
        raise Refused(Refusal.INVITATION_NOT_OPEN)
    if person_or_none() not in (None, found.person_id):
        abort(HTTPStatus.CONFLICT, "You are signed in as somebody else. Sign out, then open the link again.")

    services().agency.accept_invitation(workspace_id, invitation_id, because=because(found.person_id))

    begin_session(found.person_id)
    followed()
    return done("Welcome. This workspace is now one of yours.", "pages.overview", workspace_id=workspace_id)


def _genuine_or_404(workspace_id: UUID, invitation_id: UUID, mac: str) -> None:
    if not services().keys.invitation_ok(workspace_id, invitation_id, mac):
        abort(404)


def _open_invitation(workspace_id: UUID, invitation_id: UUID) -> InvitationRow | None:
    """Neither accepted nor revoked; it may have expired."""
    invited = MEMBERS.invited_to(db(), workspace_id)
    return next((one for one in invited if one.invitation_id == invitation_id), None)


def _inviter(found: InvitationRow) -> str:
    kind, _, actor_id = found.invited_by.partition(":")
    return services().vault.person(UUID(actor_id)).name if kind == "person" else "Heartwood"
