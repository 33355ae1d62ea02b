"""Access: who may do what where, and which key speaks for which workspace? (inline)"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row, tuple_row

from domain.api_keys import KeyState, state_at
from domain.fact import Fact
from domain.permissions import Role, Standing, standings
from domain.tree import Tree
from domain.workspace import Workspace
from projections.projection import Db, Later, Projection, on


@dataclass(frozen=True, kw_only=True)
class Place:
    """A workspace as someone who belongs to it may stand in it."""

    workspace_id: UUID
    tree_id: UUID | None
    parent_id: UUID | None
    plan: str
    name_digest: str
    role_here: str | None
    role_in_anchor: str | None

    @property
    def standings(self) -> frozenset[Standing]:
        return standings(
            here=Role(self.role_here) if self.role_here else None,
            in_anchor=Role(self.role_in_anchor) if self.role_in_anchor else None,
            is_child=self.parent_id is not None,
        )

    @property
    def own_standings(self) -> frozenset[Standing]:
        """Without what comes from above: of what this very workspace has for itself."""
        return standings(
            here=Role(self.role_here) if self.role_here else None,
            in_anchor=None,
            is_child=self.parent_id is not None,
        )

    @property
    def anchor_id(self) -> UUID:
        return self.parent_id or self.workspace_id


@dataclass(frozen=True, kw_only=True)
class WorkspaceRow:
    workspace_id: UUID
    tree_id: UUID | None
    parent_id: UUID | None
    plan: str
    name_digest: str


@dataclass(frozen=True, kw_only=True)
class Key:
    """An API key, without its secret."""

    key_id: str
    workspace_id: UUID
    mode: str
    scopes: list[str]
    secret_mac: str
    revoked: bool
    expires_at: datetime | None  # once it was replaced

    def state_at(self, at: datetime) -> KeyState:
        return state_at(at, revoked=self.revoked, expires_at=self.expires_at)


class Access(Projection):
    name = "access"
    logs = ("agency",)
    tables = {
        "access_workspaces": """
            workspace_id uuid PRIMARY KEY,
            tree_id      uuid,
            parent_id    uuid,
            plan         text NOT NULL,
            name_digest  text NOT NULL
        """,
        "access_members": """
            workspace_id uuid NOT NULL,
            person_id    uuid NOT NULL,
            role         text NOT NULL,
            PRIMARY KEY (workspace_id, person_id)
        """,
        "access_trees": """
            tree_id   uuid PRIMARY KEY,
            anchor_id uuid NOT NULL
        """,
        "access_keys": """
            key_id       text PRIMARY KEY,
            workspace_id uuid NOT NULL,
            mode         text NOT NULL,
            scopes       text[] NOT NULL,
            secret_mac   text NOT NULL,
            revoked      boolean NOT NULL DEFAULT false,
            expires_at   timestamptz
        """,
    }
    indexes = {
        "access_members_person": "access_members (person_id)",
        "access_workspaces_parent": "access_workspaces (parent_id)",
        "access_keys_workspace": "access_keys (workspace_id)",
        "access_trees_anchor": "access_trees (anchor_id)",
    }

    # Questions.

    def place_of(self, db: Db, person_id: UUID, workspace_id: UUID) -> Place | None:
        """The workspace as this person may see it; None also if it is not theirs to see."""
        found = db.cursor(row_factory=class_row(Place)).execute(
            PLACES + " AND w.workspace_id = %(workspace_id)s",
            {"person_id": person_id, "workspace_id": workspace_id},
        )
        return found.fetchone()

    def places_of(self, db: Db, person_id: UUID) -> list[Place]:
        """Every workspace that this person may see: those first that are or were an agency's anchor."""
        found = db.cursor(row_factory=class_row(Place)).execute(
            PLACES + " ORDER BY NOT EXISTS (SELECT FROM access_trees t WHERE t.anchor_id = w.workspace_id),"
            " w.parent_id IS NOT NULL, w.workspace_id LIMIT 1000",
            {"person_id": person_id},
        )
        return found.fetchall()

    def memberships_of(self, db: Db, person_id: UUID) -> list[UUID]:
        """Every workspace that this person is a member of."""
        found = db.cursor(row_factory=scalar_row).execute(
            "SELECT workspace_id FROM access_members WHERE person_id = %s ORDER BY workspace_id", (person_id,)
        )
        return found.fetchall()

    def workspace(self, db: Db, workspace_id: UUID) -> WorkspaceRow | None:
        """A workspace, for a key that speaks for it."""
        found = db.cursor(row_factory=class_row(WorkspaceRow)).execute(
            "SELECT * FROM access_workspaces WHERE workspace_id = %s", (workspace_id,)
        )
        return found.fetchone()

    def key(self, db: Db, key_id: str) -> Key | None:
        found = db.cursor(row_factory=class_row(Key)).execute(
            "SELECT * FROM access_keys WHERE key_id = %s", (key_id,)
        )
        return found.fetchone()

    def key_states(self, db: Db, key_ids: Collection[str], at: datetime) -> dict[str, KeyState]:
        """Which of these keys work at an instant; one that there is not has no state."""
        return self.ask_key_states(db, key_ids, at)()

    def ask_key_states(self, db: Db, key_ids: Collection[str], at: datetime) -> Later[dict[str, KeyState]]:
        found = db.cursor(row_factory=tuple_row).execute(
            "SELECT key_id, revoked, expires_at FROM access_keys WHERE key_id = ANY(%s)", (list(key_ids),)
        )
        return lambda: {
            key_id: state_at(at, revoked=revoked, expires_at=expires_at)
            for key_id, revoked, expires_at in found.fetchall()
        }

    def keys_of(self, db: Db, workspace_id: UUID) -> list[Key]:
        found = db.cursor(row_factory=class_row(Key)).execute(
            "SELECT * FROM access_keys WHERE workspace_id = %s ORDER BY revoked, key_id", (workspace_id,)
        )
        return found.fetchall()

    def anchor_of(self, db: Db, tree_id: UUID) -> UUID | None:
        """The anchor of a tree, also of one that has ended."""
        return (
            db.cursor(row_factory=scalar_row)
            .execute("SELECT anchor_id FROM access_trees WHERE tree_id = %s", (tree_id,))
            .fetchone()
        )

    # What each fact changes.

    @on(Workspace.Opened)
    def opened(self, db: Db, fact: Fact, event: Workspace.Opened) -> None:
        db.execute(
            "INSERT INTO access_workspaces VALUES (%s, %s, %s, %s, %s)",
            (fact.stream, event.tree_id, event.parent_id, event.plan, event.name_digest),
        )
        self._join(db, fact.stream, event.owner_id, Role.OWNER)

    @on(Workspace.Renamed)
    def renamed(self, db: Db, fact: Fact, event: Workspace.Renamed) -> None:
        db.execute(
            "UPDATE access_workspaces SET name_digest = %s WHERE workspace_id = %s",
            (event.name_digest, fact.stream),
        )

    @on(Workspace.BecameAnchor)
    def became_anchor(self, db: Db, fact: Fact, event: Workspace.BecameAnchor) -> None:
        db.execute(
            "UPDATE access_workspaces SET tree_id = %s, plan = %s WHERE workspace_id = %s",
            (event.tree_id, event.plan_to, fact.stream),
        )

    @on(Workspace.Downgraded)
    def downgraded(self, db: Db, fact: Fact, event: Workspace.Downgraded) -> None:
        db.execute(
            "UPDATE access_workspaces SET tree_id = NULL, parent_id = NULL, plan = %s"
            " WHERE workspace_id = %s",
            (event.plan_to, fact.stream),
        )

    @on(Workspace.PlanChanged)
    def plan_changed(self, db: Db, fact: Fact, event: Workspace.PlanChanged) -> None:
        db.execute(
            "UPDATE access_workspaces SET plan = %s WHERE workspace_id = %s", (event.plan_to, fact.stream)
        )

    @on(Workspace.Adopted)
    def adopted(self, db: Db, fact: Fact, event: Workspace.Adopted) -> None:
        db.execute(
            "UPDATE access_workspaces SET tree_id = %s, parent_id = %s, plan = %s WHERE workspace_id = %s",
            (event.tree_id, event.parent_id, event.plan_to, fact.stream),
        )

    @on(Workspace.Deleted)
    def deleted(self, db: Db, fact: Fact, event: Workspace.Deleted) -> None:
        db.execute("DELETE FROM access_workspaces WHERE workspace_id = %s", (fact.stream,))
        db.execute("DELETE FROM access_members WHERE workspace_id = %s", (fact.stream,))
        db.execute("UPDATE access_keys SET revoked = true WHERE workspace_id = %s", (fact.stream,))

    @on(Tree.Founded)
    def founded(self, db: Db, fact: Fact, event: Tree.Founded) -> None:
        db.execute("INSERT INTO access_trees VALUES (%s, %s)", (fact.stream, event.anchor_id))

    @on(Workspace.MemberJoined)
    def member_joined(self, db: Db, fact: Fact, event: Workspace.MemberJoined) -> None:
        self._join(db, fact.stream, event.person_id, event.role)

    @on(Workspace.RoleChanged)
    def role_changed(self, db: Db, fact: Fact, event: Workspace.RoleChanged) -> None:
        self._join(db, fact.stream, event.person_id, event.role_to)

    @on(Workspace.OwnershipTransferred)
    def ownership_transferred(self, db: Db, fact: Fact, event: Workspace.OwnershipTransferred) -> None:
        self._join(db, fact.stream, event.successor_id, Role.OWNER)
        self._join(db, fact.stream, event.person_id, event.role_to)

    @on(Workspace.MemberRemoved)
    def member_removed(self, db: Db, fact: Fact, event: Workspace.MemberRemoved) -> None:
        db.execute(
            "DELETE FROM access_members WHERE workspace_id = %s AND person_id = %s",
            (fact.stream, event.person_id),
        )

    @on(Workspace.KeyIssued)
    def key_issued(self, db: Db, fact: Fact, event: Workspace.KeyIssued) -> None:
        db.execute(
            "INSERT INTO access_keys VALUES (%s, %s, %s, %s, %s)",
            (event.key_id, fact.stream, event.mode.value, list(event.scopes), event.secret_mac),
        )

    @on(Workspace.KeyReplaced)
    def key_replaced(self, db: Db, fact: Fact, event: Workspace.KeyReplaced) -> None:
        db.execute(
            "UPDATE access_keys SET expires_at = %s WHERE key_id = %s", (event.expires_at, event.key_id)
        )

    @on(Workspace.KeyRevoked)
    def key_revoked(self, db: Db, fact: Fact, event: Workspace.KeyRevoked) -> None:
        db.execute("UPDATE access_keys SET revoked = true WHERE key_id = %s", (event.key_id,))

    def _join(self, db: Db, workspace_id: UUID, person_id: UUID, role: Role) -> None:
        db.execute(
            "INSERT INTO access_members VALUES (%s, %s, %s)"
            " ON CONFLICT (workspace_id, person_id) DO UPDATE SET role = excluded.role",
            (workspace_id, person_id, role.value),
        )


PLACES = """
    SELECT w.workspace_id, w.tree_id, w.parent_id, w.plan, w.name_digest,
           here.role AS role_here, above.role AS role_in_anchor
      FROM access_workspaces w
      LEFT JOIN access_members here
             ON here.workspace_id = w.workspace_id AND here.person_id = %(person_id)s
      LEFT JOIN access_members above
             ON above.workspace_id = w.parent_id AND above.person_id = %(person_id)s
            AND above.role IN ('owner', 'admin', 'auditor')
     WHERE (here.role IS NOT NULL OR above.role IS NOT NULL)
"""
