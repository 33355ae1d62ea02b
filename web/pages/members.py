"""The members of a workspace: who belongs to it, who is invited, and how that changes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from domain.membership import INVITATION_DAYS, why_not_invite
from domain.permissions import Permission, Role, permission_to_give
from domain.refusals import Refused
from projections.catalogue import MEMBERS
from projections.members import InvitationRow, MemberRow
from web.access import because, db, followed, new_id, now, person
from web.errors import TooMany
from web.pages.blueprint import pages
from web.pages.filters import instant
from web.pages.forms import Invalid, No, choice_of, done, email_of, name_of, shows_again
from web.pages.here import Here, here_or_404
from web.services import services

TOO_MANY = "Too many invitations were sent to this address, or by you."
KEPT = (Role.ADMIN, Role.MEMBER)  # what an owner may be after handing the workspace on


@pages.get("/w/<uuid:workspace_id>/members")
def members(workspace_id: UUID, no: No | None = None, **_: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_MEMBERS)
    rows = MEMBERS.in_workspace(db(), workspace_id)
    invited = MEMBERS.invited_to(db(), workspace_id)
    return render_template(
        "members.html",
        here=here,
        me=person(),
        members=rows,
        invitations=invited,
        people=services().vault.people(
            [*(one.person_id for one in rows), *(one.person_id for one in invited)]
        ),
        roles=_roles_to_give(here),
        seats_used=_seats_used(rows, invited),
        owned=_owned(here, rows),
        now=now(),
        no=no,
    )


def _roles_to_give(here: Here) -> list[str]:
    return [role.value for role in Role if here.may(permission_to_give(role))]


def _seats_used(rows: Sequence[MemberRow], invited: Sequence[InvitationRow]) -> int:
    waiting = {one.person_id for one in invited if one.expires_at > now()}
    return len(waiting.union(one.person_id for one in rows))


def _owned(here: Here, rows: Sequence[MemberRow]) -> list[str]:
    """The roles that an owner may keep who hands the workspace on; none for who does not own it."""
    if not any(one.person_id == person() and one.role == Role.OWNER for one in rows):
        return []
    return [role.value for role in KEPT if here.may(permission_to_give(role))]


# Invitations.


@pages.post("/w/<uuid:workspace_id>/members/invitations")
@shows_again(members)
def invite(workspace_id: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.INVITE_CLIENT)
    email = email_of("email")
    name = name_of("name", "the name", required=False)
    role = Role(choice_of("role", list(Role)))
    if seconds := services().attempts.invite(email=email, by=person(), now=now()):
        raise TooMany(TOO_MANY, seconds)

    invited_id = services().vault.person_of_email(email)
    if invited_id is None:
        invited_id = _newcomer(here, name, email, role)
    else:
        _refuse_a_second(workspace_id, invited_id)
    services().agency.invite(
        workspace_id, person(), new_id("invitation"), invited_id, role, because=because()
    )

    followed()
    return done(f"An invitation is on its way to {email}.", "pages.members", workspace_id=workspace_id)


def _refuse_a_second(workspace_id: UUID, invited_id: UUID) -> None:
    """Whoever is invited already is not invited once more; the same form, sent again, is no second one."""
    for one in MEMBERS.invited_to(db(), workspace_id):
        waits = one.person_id == invited_id and one.expires_at > now()
        if waits and one.invitation_id != new_id("invitation"):
            until = instant(one.expires_at)
            raise Invalid(
                "email",
                f"This address is invited already, as {one.role}, until {until}; that invitation still works."
                " Send it again above, or revoke it to invite them in another role.",
            )


def _newcomer(here: Here, name: str, email: str, role: Role) -> UUID:
    """Someone whom the vault remembers from now on, unless the answer would be no: then for nothing."""
    workspace, newcomer_id = services().agency.workspace(here.workspace_id), new_id("person")
    if refusal := why_not_invite(workspace, newcomer_id, role, who=here.standings, at=now()):
        raise Refused(refusal)
    found: UUID = services().vault.remember(name, email, newcomer_id)
    return found


@pages.post("/w/<uuid:workspace_id>/members/invitations/<uuid:invitation_id>/resend")
@shows_again(members)
def resend_invitation(workspace_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.INVITE_CLIENT)

    services().agency.resend_invitation(workspace_id, person(), invitation_id, because=because())

    followed()
    text = f"The invitation is on its way once more, and works for another {INVITATION_DAYS} days."
    return done(text, "pages.members", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/members/invitations/<uuid:invitation_id>/revoke")
@shows_again(members)
def revoke_invitation(workspace_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.INVITE_CLIENT)

    services().agency.revoke_invitation(workspace_id, person(), invitation_id, because=because())

    followed()
    return done("The invitation is revoked.", "pages.members", workspace_id=workspace_id)


# Members.


@pages.post("/w/<uuid:workspace_id>/members/<uuid:person_id>/role")
@shows_again(members)
def change_role(workspace_id: UUID, person_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.REMOVE_MEMBER)
    role = Role(choice_of("role", list(Role)))

    services().agency.change_role(workspace_id, person(), person_id, role, because=because())

    followed()
    seen_by_any_role = "pages.overview" if person_id == person() else "pages.members"
    return done(f"The role is now {role.value}.", seen_by_any_role, workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/members/owner")
@shows_again(members)
def transfer_ownership(workspace_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.GIVE_OWNERSHIP)
    role, successor_id = Role(choice_of("role", KEPT)), _successor()

    services().agency.transfer_ownership(workspace_id, person(), successor_id, role, because=because())

    followed()
    name = services().vault.person(successor_id).name
    text = f"{name} owns the workspace now, and you are its {role.value}."
    return done(text, "pages.members", workspace_id=workspace_id)


def _successor() -> UUID:
    try:
        successor_id = UUID(request.form.get("successor", ""))
    except ValueError:
        raise Invalid("successor", "Please choose a member of this workspace.") from None
    if successor_id == person():
        raise Invalid("successor", "You own it already; please choose somebody else.")
    return successor_id


@pages.post("/w/<uuid:workspace_id>/members/<uuid:person_id>/remove")
@shows_again(members)
def remove_member(workspace_id: UUID, person_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.REMOVE_MEMBER)

    services().agency.remove_member(workspace_id, person(), person_id, because=because())

    followed()
    return done("They are no longer a member here.", "pages.members", workspace_id=workspace_id)
