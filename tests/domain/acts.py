"""What the cast does in many tests of the domain."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain import membership
from domain.membership import INVITATION_DAYS, MEMBERS_MAX
from domain.permissions import Role, Standing
from domain.workspace import Workspace
from tests.histories.life import ACME, ANA, Life, digest, named

FOUNDER = frozenset({Standing.ANCHOR_OWNER})


def invite(life: Life, by: UUID, whom: UUID, role: Role, *, workspace: UUID = ACME) -> UUID:
    invitation = named(f"invitation {len(life.facts)}")
    life.agency.invite(workspace, by, invitation, whom, role, because=life.by(by))
    return invitation


def a_full_workspace(life: Life) -> UUID:
    """As many members as there may be."""
    full = Workspace.open(
        named("Full"), name_digest=digest("Full"), owner_id=ANA, plan="free", because=life.by(ANA)
    )
    expires_at = life.now + timedelta(days=INVITATION_DAYS)
    for number in range(MEMBERS_MAX - 1):
        invitation, guest = named(f"invitation of guest {number}"), named(f"guest {number}")
        membership.invite(full, invitation, guest, Role.VIEWER, expires_at, who=FOUNDER, because=life.by(ANA))
        membership.accept_invitation(full, invitation, because=life.by(guest))
    life.agency.save(full)
    return full.id
