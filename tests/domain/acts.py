"""What the cast does in many tests of the domain."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain.membership import INVITATION_DAYS, MEMBERS_MAX
from domain.permissions import Role
from domain.workspace import Workspace
from tests.histories.life import ACME, ANA, Life, digest, named


def invite(life: Life, by: UUID, whom: UUID, role: Role, *, workspace: UUID = ACME) -> UUID:
    invitation = named(f"invitation {len(life.facts)}")
    life.agency.invite(workspace, by, invitation, whom, role, because=life.by(by))
    return invitation


def a_full_workspace(life: Life) -> UUID:
    """As many members as there may be on any plan, and more than there are seats on this one."""
    full = Workspace.open(
        named("Full"), name_digest=digest("Full"), owner_id=ANA, plan="free", because=life.by(ANA)
    )
    expires_at = life.now + timedelta(days=INVITATION_DAYS)
    for number in range(MEMBERS_MAX - 1):
        invitation, guest = named(f"invitation of guest {number}"), named(f"guest {number}")
        given = {"invitation_id": invitation, "person_id": guest, "role": Role.VIEWER}
        full.note(full.MemberInvited, life.by(ANA), **given, expires_at=expires_at)
        full.note(full.MemberJoined, life.by(guest), **given)
    life.agency.save(full)
    return full.id
