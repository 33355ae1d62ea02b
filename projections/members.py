"""Members: who belongs to a workspace, in which role and since when, and who is invited?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.permissions import Role
from domain.workspace import Workspace
from projections.folding import Folding, Rows
from projections.projection import Db, on


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    workspace_id: UUID
    person_id: UUID
    role: str
    joined_at: datetime


@dataclass(frozen=True, kw_only=True)
class InvitationRow:
    invitation_id: UUID
    workspace_id: UUID
    person_id: UUID
    role: str
    invited_by: str  # the actor of the fact
    invited_at: datetime
    expires_at: datetime
    sent_at: datetime  # the last time
    sent: int
    state: str  # of `InvitationState`


EVER_MAX = 200  # of those who were ever invited to one workspace


class InvitationState(StrEnum):
    OPEN = "open"  # though it may have expired
    ACCEPTED = "accepted"
    REVOKED = "revoked"


class Members(Folding):
    name = "members"
    logs = ("agency",)
    tables = {
        "members": """
            workspace_id uuid NOT NULL,
            person_id    uuid NOT NULL,
            role         text NOT NULL,
            joined_at    timestamptz NOT NULL,
            PRIMARY KEY (workspace_id, person_id)
        """,
        "invitations": """
            invitation_id uuid PRIMARY KEY,
            workspace_id  uuid NOT NULL,
            person_id     uuid NOT NULL,
            role          text NOT NULL,
            invited_by    text NOT NULL,
            invited_at    timestamptz NOT NULL,
            expires_at    timestamptz NOT NULL,
            sent_at       timestamptz NOT NULL,
            sent          integer NOT NULL,
            state         text NOT NULL
        """,
    }
    indexes = {
        "members_person": "members (person_id)",
        "invitations_workspace": "invitations (workspace_id)",
        "invitations_person": "invitations (person_id)",
    }
    needed = frozenset({"invitations_workspace"})

    # Questions.

    def in_workspace(self, db: Db, workspace_id: UUID) -> list[MemberRow]:
        """In the order they joined."""
        found = db.cursor(row_factory=class_row(MemberRow)).execute(
            "SELECT * FROM members WHERE workspace_id = %s ORDER BY joined_at, person_id", (workspace_id,)
        )
        return found.fetchall()

    def invited_to(self, db: Db, workspace_id: UUID) -> list[InvitationRow]:
        """Invitations that were neither accepted nor revoked; some may have expired."""
        found = db.cursor(row_factory=class_row(InvitationRow)).execute(
            "SELECT * FROM invitations WHERE workspace_id = %s AND state = 'open'"
            " ORDER BY invited_at, invitation_id",
            (workspace_id,),
        )
        return found.fetchall()

    def ever_invited_to(self, db: Db, workspace_id: UUID) -> list[InvitationRow]:
        """Of each person the newest invitation, whatever became of it; of very many people the last ones."""
        found = db.cursor(row_factory=class_row(InvitationRow)).execute(
            "SELECT * FROM (SELECT DISTINCT ON (person_id) * FROM invitations WHERE workspace_id = %s"
            " ORDER BY person_id, invited_at DESC, invitation_id) newest"
            f" ORDER BY invited_at DESC, invitation_id LIMIT {EVER_MAX}",
            (workspace_id,),
        )
        return found.fetchall()

    def invitation_to(self, db: Db, workspace_id: UUID, invitation_id: UUID) -> InvitationRow | None:
        """Whatever became of it; None once the workspace is deleted."""
        found = db.cursor(row_factory=class_row(InvitationRow)).execute(
            "SELECT * FROM invitations WHERE workspace_id = %s AND invitation_id = %s",
            (workspace_id, invitation_id),
        )
        return found.fetchone()

    def of_person(self, db: Db, person_id: UUID) -> list[MemberRow]:
        """What one person belongs to, in the order they joined."""
        found = db.cursor(row_factory=class_row(MemberRow)).execute(
            "SELECT * FROM members WHERE person_id = %s ORDER BY joined_at, workspace_id", (person_id,)
        )
        return found.fetchall()

    def invitations_of(self, db: Db, person_id: UUID) -> list[InvitationRow]:
        """Invitations of one person, wherever to, that were neither accepted nor revoked."""
        found = db.cursor(row_factory=class_row(InvitationRow)).execute(
            "SELECT * FROM invitations WHERE person_id = %s AND state = 'open'"
            " ORDER BY invited_at, invitation_id",
            (person_id,),
        )
        return found.fetchall()

    # What each fact changes.

    @on(Workspace.Opened)
    def opened(self, rows: Rows, fact: Fact, event: Workspace.Opened) -> None:
        self._join(rows, fact.stream, event.owner_id, Role.OWNER, event.timestamp)

    @on(Workspace.MemberInvited)
    def invited(self, rows: Rows, fact: Fact, event: Workspace.MemberInvited) -> None:
        rows.insert(
            "invitations",
            invitation_id=event.invitation_id,
            workspace_id=fact.stream,
            person_id=event.person_id,
            role=event.role.value,
            invited_by=event.actor,
            invited_at=event.timestamp,
            expires_at=event.expires_at,
            sent_at=event.timestamp,
            sent=1,
            state=InvitationState.OPEN.value,
        )

    @on(Workspace.InvitationResent)
    def resent(self, rows: Rows, fact: Fact, event: Workspace.InvitationResent) -> None:
        sent = {"expires_at": event.expires_at, "sent_at": event.timestamp}
        rows.update("invitations", (event.invitation_id,), **sent)
        rows.add("invitations", (event.invitation_id,), sent=1)

    @on(Workspace.InvitationRevoked)
    def revoked(self, rows: Rows, fact: Fact, event: Workspace.InvitationRevoked) -> None:
        self._close(rows, event.invitation_id, InvitationState.REVOKED)

    @on(Workspace.MemberJoined)
    def joined(self, rows: Rows, fact: Fact, event: Workspace.MemberJoined) -> None:
        self._close(rows, event.invitation_id, InvitationState.ACCEPTED)
        self._join(rows, fact.stream, event.person_id, event.role, event.timestamp)

    @on(Workspace.RoleChanged)
    def role_changed(self, rows: Rows, fact: Fact, event: Workspace.RoleChanged) -> None:
        self._give(rows, fact.stream, event.person_id, event.role_to)

    @on(Workspace.OwnershipTransferred)
    def ownership_transferred(self, rows: Rows, fact: Fact, event: Workspace.OwnershipTransferred) -> None:
        self._give(rows, fact.stream, event.successor_id, Role.OWNER)
        self._give(rows, fact.stream, event.person_id, event.role_to)

    @on(Workspace.MemberRemoved)
    def removed(self, rows: Rows, fact: Fact, event: Workspace.MemberRemoved) -> None:
        rows.delete("members", (fact.stream, event.person_id))
        rows.execute(
            "UPDATE invitations SET state = 'revoked'"
            " WHERE workspace_id = %s AND person_id = %s AND state = 'open'",
            (fact.stream, event.person_id),
        )

    @on(Workspace.Deleted, Workspace.Closed)
    def deleted(self, rows: Rows, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        rows.execute("DELETE FROM members WHERE workspace_id = %s", (fact.stream,))
        rows.execute("DELETE FROM invitations WHERE workspace_id = %s", (fact.stream,))

    def _close(self, rows: Rows, invitation_id: UUID, state: InvitationState) -> None:
        rows.update("invitations", (invitation_id,), state=state.value)

    def _give(self, rows: Rows, workspace_id: UUID, person_id: UUID, role: Role) -> None:
        rows.update("members", (workspace_id, person_id), role=role.value)

    def _join(self, rows: Rows, workspace_id: UUID, person_id: UUID, role: Role, at: datetime) -> None:
        who = {"workspace_id": workspace_id, "person_id": person_id}
        rows.insert("members", **who, role=role.value, joined_at=at)
