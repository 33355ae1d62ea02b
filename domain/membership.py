"""Who belongs to a workspace: invitations and memberships, and the first "no" that stands in their way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from domain import visibility
from domain.because import Because
from domain.permissions import Permission, Role, Standing, may, permission_to_give
from domain.plans import PLANS
from domain.refusals import Refusal, Refused

if TYPE_CHECKING:
    from domain.workspace import Workspace

MEMBERS_MAX = 200
INVITATIONS_OPEN_MAX = 50
INVITATION_DAYS = 7
SENT_MAX = 10  # mails of one invitation
SENT_APART = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Invitation:
    person_id: UUID
    role: Role
    expires_at: datetime
    sent_at: datetime | None = None  # the last time
    sent: int = 1

    def sent_again(self, at: datetime, expires_at: datetime) -> Invitation:
        return replace(self, expires_at=expires_at, sent_at=at, sent=self.sent + 1)


# Commands. Each one decides, and records at most one fact.


def invite(
    workspace: Workspace,
    invitation_id: UUID,
    person_id: UUID,
    role: Role,
    expires_at: datetime,
    *,
    who: frozenset[Standing],
    because: Because,
) -> None:
    if refusal := why_not_invite(workspace, person_id, role, who=who, at=because.at):
        raise Refused(refusal)
    workspace.note(
        workspace.MemberInvited,
        because,
        invitation_id=invitation_id,
        person_id=person_id,
        role=role,
        expires_at=expires_at,
    )


def resend_invitation(
    workspace: Workspace,
    invitation_id: UUID,
    expires_at: datetime,
    *,
    who: frozenset[Standing],
    because: Because,
) -> None:
    """The same invitation in another mail, for longer: every link of it works until it is used or over."""
    if refusal := why_not_resend(workspace, invitation_id, who=who, at=because.at):
        raise Refused(refusal)
    workspace.note(
        workspace.InvitationResent,
        because,
        invitation_id=invitation_id,
        person_id=workspace.invitations[invitation_id].person_id,
        expires_at=expires_at,
    )


def revoke_invitation(
    workspace: Workspace, invitation_id: UUID, *, who: frozenset[Standing], because: Because
) -> None:
    require(workspace, who, Permission.INVITE_CLIENT)
    if invitation := workspace.invitations.get(invitation_id):
        require(workspace, who, permission_to_give(invitation.role), Refusal.ROLE_NOT_YOURS_TO_GIVE)
        workspace.note(
            workspace.InvitationRevoked, because, invitation_id=invitation_id, person_id=invitation.person_id
        )


def accept_invitation(workspace: Workspace, invitation_id: UUID, *, because: Because) -> None:
    if refusal := why_not_accept(workspace, invitation_id, at=because.at):
        raise Refused(refusal)
    invitation = workspace.invitations[invitation_id]
    workspace.note(
        workspace.MemberJoined,
        because,
        invitation_id=invitation_id,
        person_id=invitation.person_id,
        role=invitation.role,
    )


def change_role(
    workspace: Workspace, person_id: UUID, role: Role, *, who: frozenset[Standing], because: Because
) -> None:
    if workspace.members.get(person_id) == role:
        return
    if refusal := why_not_change_role(workspace, person_id, role, who=who):
        raise Refused(refusal)
    role_from = workspace.members[person_id]
    workspace.note(workspace.RoleChanged, because, person_id=person_id, role_from=role_from, role_to=role)


def transfer_ownership(
    workspace: Workspace,
    person_id: UUID,
    successor_id: UUID,
    role: Role,
    *,
    who: frozenset[Standing],
    because: Because,
) -> None:
    """An owner hands the workspace to another member, and keeps `role`."""
    assert successor_id != person_id
    assert role is not Role.OWNER
    if workspace.members.get(person_id) == role and workspace.members.get(successor_id) is Role.OWNER:
        return
    if refusal := why_not_transfer(workspace, person_id, successor_id, role, who=who):
        raise Refused(refusal)
    workspace.note(
        workspace.OwnershipTransferred,
        because,
        person_id=person_id,
        role_to=role,
        successor_id=successor_id,
        successor_role_from=workspace.members[successor_id],
    )


def remove_member(
    workspace: Workspace, person_id: UUID, *, leaving: bool, who: frozenset[Standing], because: Because
) -> None:
    """Take a membership away; `leaving` when the member does it."""
    if person_id not in workspace.members:
        return
    if refusal := why_not_remove(workspace, person_id, leaving=leaving, who=who):
        raise Refused(refusal)
    workspace.note(workspace.MemberRemoved, because, person_id=person_id, role=workspace.members[person_id])


# Rules. Questions about the present, with no effect on it.


def require(
    workspace: Workspace,
    who: frozenset[Standing],
    permission: Permission,
    otherwise: Refusal = Refusal.ROLE_TOO_LOW,
) -> None:
    """Refuse whoever lacks the permission, and everybody once the workspace is deleted."""
    if workspace.deleted:
        raise Refused(Refusal.WORKSPACE_DELETED)
    if not may(who, permission) or not visibility.allows(workspace, who, permission):
        raise Refused(otherwise)


def why_not_invite(
    workspace: Workspace, person_id: UUID, role: Role, *, who: frozenset[Standing], at: datetime
) -> Refusal | None:
    if workspace.deleted:
        return Refusal.WORKSPACE_DELETED
    if not may(who, Permission.INVITE_CLIENT):
        return Refusal.ROLE_TOO_LOW
    if not may(who, permission_to_give(role)):
        return Refusal.ROLE_NOT_YOURS_TO_GIVE
    if person_id in workspace.members:
        return Refusal.ALREADY_MEMBER
    if len(workspace.members) >= MEMBERS_MAX:
        return Refusal.WORKSPACE_IS_FULL
    return _why_no_room(workspace, person_id, at=at)


def why_not_resend(
    workspace: Workspace, invitation_id: UUID, *, who: frozenset[Standing], at: datetime
) -> Refusal | None:
    if workspace.deleted:
        return Refusal.WORKSPACE_DELETED
    if not may(who, Permission.INVITE_CLIENT):
        return Refusal.ROLE_TOO_LOW
    invitation = workspace.invitations.get(invitation_id)
    if invitation is not None and not may(who, permission_to_give(invitation.role)):
        return Refusal.ROLE_NOT_YOURS_TO_GIVE
    if invitation is not None and invitation.person_id in workspace.members:
        return Refusal.ALREADY_MEMBER
    if invitation is None:
        return Refusal.INVITATION_NOT_OPEN
    if invitation.expires_at <= at and (no_room := _why_no_room(workspace, invitation.person_id, at=at)):
        return no_room
    if invitation.sent_at is not None and at < invitation.sent_at + SENT_APART:
        return Refusal.SENT_JUST_NOW
    return Refusal.SENT_TOO_OFTEN if invitation.sent >= SENT_MAX else None


def _why_no_room(workspace: Workspace, person_id: UUID, *, at: datetime) -> Refusal | None:
    """For an invitation that would be open from now on."""
    waiting = [one.person_id for one in workspace.invitations.values() if one.expires_at > at]
    if len(waiting) >= INVITATIONS_OPEN_MAX:
        return Refusal.TOO_MANY_INVITATIONS
    if person_id not in waiting and seats_used(workspace, at) >= PLANS[workspace.plan].seats_max:
        return Refusal.SEATS_USED_UP
    return None


def seats_used(workspace: Workspace, at: datetime) -> int:
    """Members, and everybody whose invitation is open; whoever is invited twice needs one seat."""
    waiting = {one.person_id for one in workspace.invitations.values() if one.expires_at > at}
    return len(waiting | workspace.members.keys())


def why_not_accept(workspace: Workspace, invitation_id: UUID, *, at: datetime) -> Refusal | None:
    if workspace.deleted:
        return Refusal.WORKSPACE_DELETED
    invitation = workspace.invitations.get(invitation_id)
    if invitation is not None and invitation.person_id in workspace.members:
        return Refusal.ALREADY_MEMBER
    if len(workspace.members) >= MEMBERS_MAX:
        return Refusal.WORKSPACE_IS_FULL
    if invitation is None:
        return Refusal.INVITATION_NOT_OPEN
    if invitation.expires_at <= at:
        return Refusal.INVITATION_EXPIRED
    if len(workspace.members) >= PLANS[workspace.plan].seats_max:
        return Refusal.SEATS_USED_UP  # as after a downgrade: whoever was in stays, nobody comes in
    return None


def why_not_change_role(
    workspace: Workspace, person_id: UUID, role: Role, *, who: frozenset[Standing]
) -> Refusal | None:
    if workspace.deleted:
        return Refusal.WORKSPACE_DELETED
    if not may(who, Permission.REMOVE_MEMBER):
        return Refusal.ROLE_TOO_LOW
    held = workspace.members.get(person_id)
    if not may(who, permission_to_give(role)) or (held and not may(who, permission_to_give(held))):
        return Refusal.ROLE_NOT_YOURS_TO_GIVE
    if held is None:
        return Refusal.NOT_A_MEMBER
    if is_last_owner(workspace, person_id):
        return Refusal.LAST_OWNER
    return None


def why_not_transfer(
    workspace: Workspace, person_id: UUID, successor_id: UUID, role: Role, *, who: frozenset[Standing]
) -> Refusal | None:
    if workspace.deleted:
        return Refusal.WORKSPACE_DELETED
    if workspace.members.get(person_id) is not Role.OWNER or not may(who, Permission.GIVE_OWNERSHIP):
        return Refusal.ROLE_TOO_LOW
    if not may(who, permission_to_give(role)):
        return Refusal.ROLE_NOT_YOURS_TO_GIVE
    return None if successor_id in workspace.members else Refusal.NOT_A_MEMBER


def why_not_remove(
    workspace: Workspace, person_id: UUID, *, leaving: bool, who: frozenset[Standing]
) -> Refusal | None:
    """Whether a member can be removed, or, `leaving`, can go."""
    if workspace.deleted:
        return Refusal.WORKSPACE_DELETED
    if not leaving and not may(who, Permission.REMOVE_MEMBER):
        return Refusal.ROLE_TOO_LOW
    if not leaving and not may(who, permission_to_give(workspace.members[person_id])):
        return Refusal.ROLE_NOT_YOURS_TO_GIVE
    if is_last_owner(workspace, person_id):
        return Refusal.LAST_OWNER
    return None


def is_last_owner(workspace: Workspace, person_id: UUID) -> bool:
    owners = [member for member, role in workspace.members.items() if role is Role.OWNER]
    return owners == [person_id]
