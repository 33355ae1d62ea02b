"""Commands on who may come in: members, invitations, keys."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain import keyring, membership
from domain.api_keys import KeyMode, Overlap
from domain.because import Because
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.membership import INVITATION_DAYS
from domain.permissions import Role
from domain.refusals import Refusal, Refused


class People(Loading):
    @decided_again
    def invite(
        self,
        workspace_id: UUID,
        person_id: UUID,
        invitation_id: UUID,
        invited_id: UUID,
        role: Role,
        *,
        because: Because,
    ) -> None:
        """Invite a person; the same invitation twice is one."""
        workspace = self.workspace(workspace_id)
        if invitation_id in workspace.invited:
            return
        membership.invite(
            workspace,
            invitation_id,
            invited_id,
            role,
            because.at + timedelta(days=INVITATION_DAYS),
            who=self.standings_in(workspace, person_id),
            because=because,
        )
        self.save(workspace)

    @decided_again
    def resend_invitation(
        self, workspace_id: UUID, person_id: UUID, invitation_id: UUID, *, because: Because
    ) -> None:
        workspace = self.workspace(workspace_id)
        who = self.standings_in(workspace, person_id)
        expires_at = because.at + timedelta(days=INVITATION_DAYS)
        membership.resend_invitation(workspace, invitation_id, expires_at, who=who, because=because)
        self.save(workspace)

    @decided_again
    def revoke_invitation(
        self, workspace_id: UUID, person_id: UUID, invitation_id: UUID, *, because: Because
    ) -> None:
        workspace = self.workspace(workspace_id)
        who = self.standings_in(workspace, person_id)
        membership.revoke_invitation(workspace, invitation_id, who=who, because=because)
        self.save(workspace)

    @decided_again
    def accept_invitation(self, workspace_id: UUID, invitation_id: UUID, *, because: Because) -> None:
        workspace = self.workspace(workspace_id)
        invitation = workspace.invitations.get(invitation_id)
        if invitation is not None and invitation.person_id in self.repository:
            raise Refused(Refusal.INVITATION_NOT_OPEN)  # they were erased while it was on its way
        membership.accept_invitation(workspace, invitation_id, because=because)
        self.save(workspace)

    @decided_again
    def change_role(
        self, workspace_id: UUID, person_id: UUID, member_id: UUID, role: Role, *, because: Because
    ) -> None:
        workspace = self.workspace(workspace_id)
        who = self.standings_in(workspace, person_id)
        membership.change_role(workspace, member_id, role, who=who, because=because)
        self.save(workspace)

    @decided_again
    def transfer_ownership(
        self, workspace_id: UUID, person_id: UUID, successor_id: UUID, role: Role, *, because: Because
    ) -> None:
        workspace = self.workspace(workspace_id)
        who = self.standings_in(workspace, person_id)
        membership.transfer_ownership(workspace, person_id, successor_id, role, who=who, because=because)
        self.save(workspace)

    @decided_again
    def remove_member(
        self, workspace_id: UUID, person_id: UUID, member_id: UUID, *, because: Because
    ) -> None:
        workspace = self.workspace(workspace_id)
        membership.remove_member(
            workspace,
            member_id,
            leaving=member_id == person_id,
            who=self.standings_in(workspace, person_id),
            because=because,
        )
        self.save(workspace)

    # Keys.

    @decided_again
    def issue_key(
        self,
        workspace_id: UUID,
        person_id: UUID,
        *,
        key_id: str,
        mode: KeyMode,
        scopes: tuple[str, ...],
        secret_mac: str,
        because: Because,
    ) -> None:
        workspace = self.workspace(workspace_id)
        who = self.standings_in(workspace, person_id)
        keyring.issue_key(workspace, key_id, mode, scopes, secret_mac, who=who, because=because)
        self.save(workspace)

    @decided_again
    def replace_key(
        self,
        workspace_id: UUID,
        person_id: UUID,
        key_id: str,
        *,
        successor_id: str,
        secret_mac: str,
        overlap: Overlap,
        because: Because,
    ) -> None:
        workspace = self.workspace(workspace_id)
        who = self.standings_in(workspace, person_id)
        keyring.replace_key(workspace, key_id, successor_id, secret_mac, overlap, who=who, because=because)
        self.save(workspace)

    @decided_again
    def revoke_key(self, workspace_id: UUID, person_id: UUID, key_id: str, *, because: Because) -> None:
        workspace = self.workspace(workspace_id)
        who = self.standings_in(workspace, person_id)
        keyring.revoke_key(workspace, key_id, who=who, because=because)
        self.save(workspace)
