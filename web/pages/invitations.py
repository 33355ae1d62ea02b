"""An invitation, as the invited person sees it: the link in the mail is the proof of who they are."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from domain.membership import why_not_accept
from domain.refusals import Refusal, Refused
from projections.catalogue import DASHBOARD, MEMBERS
from projections.members import InvitationRow, InvitationState
from web.access import because, db, followed, now, person_or_none, read_of
from web.pages.blueprint import pages
from web.pages.forms import No, done, name_of, shows_again
from web.pages.signing import begin_session
from web.services import services

NEVER_WAS = "It leads to nothing that there is now."
GONE = {
    InvitationState.ACCEPTED: "It was accepted already, and works once.",
    InvitationState.REVOKED: "It was revoked.",
}
EXPIRED = "It has expired."
MEMBER_ALREADY = "Whoever it is for is a member already."


@pages.get("/invitations/<uuid:workspace_id>/<uuid:invitation_id>/<mac>")
def invitation(
    workspace_id: UUID, invitation_id: UUID, mac: str, no: No | None = None
) -> ResponseReturnValue:
    _genuine_or_404(workspace_id, invitation_id, mac)
    row = DASHBOARD.in_workspace(db(), workspace_id)
    found = MEMBERS.invitation_to(db(), workspace_id, invitation_id)
    reason = _why_gone(found)
    if row is None or found is None or reason:
        return render_template("invitation_gone.html", reason=reason), HTTPStatus.GONE
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
    found = MEMBERS.invitation_to(db(), workspace_id, invitation_id)
    if found is None or _why_gone(found):
        raise Refused(Refusal.INVITATION_NOT_OPEN)
    if person_or_none() not in (None, found.person_id):
        abort(HTTPStatus.CONFLICT, "You are signed in as somebody else. Sign out, then open the link again.")
    _name_the_new(workspace_id, found)

    services().agency.accept_invitation(workspace_id, invitation_id, because=because(found.person_id))

    begin_session(found.person_id)
    followed()
    return done("Welcome. This workspace is now one of yours.", "pages.overview", workspace_id=workspace_id)


def _genuine_or_404(workspace_id: UUID, invitation_id: UUID, mac: str) -> None:
    if not services().keys.invitation_ok(workspace_id, invitation_id, mac):
        abort(404)
    read_of(workspace_id)


def _why_gone(found: InvitationRow | None) -> str | None:
    """Why the link of an invitation does not work any more."""
    if found is None or services().vault.person(found.person_id).erased:
        return NEVER_WAS
    if found.state != InvitationState.OPEN:
        return GONE[InvitationState(found.state)]
    if any(one.person_id == found.person_id for one in MEMBERS.in_workspace(db(), found.workspace_id)):
        return MEMBER_ALREADY
    return EXPIRED if found.expires_at <= now() else None


def _name_the_new(workspace_id: UUID, found: InvitationRow) -> None:
    """Whoever has no name yet says it now; one who cannot come in is not remembered by it."""
    if services().vault.person(found.person_id).named:
        return
    name = name_of("name", "your name")
    workspace = services().agency.workspace(workspace_id)
    if refusal := why_not_accept(workspace, found.invitation_id, at=now()):
        raise Refused(refusal)
    services().vault.name_person(found.person_id, name)


def _inviter(found: InvitationRow) -> str:
    kind, _, actor_id = found.invited_by.partition(":")
    return services().vault.person(UUID(actor_id)).name if kind == "person" else "Heartwood"
