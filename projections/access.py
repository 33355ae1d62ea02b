"""Access: who may do what where, and which key speaks for which workspace? (inline)"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row, tuple_row

from domain.api_keys import KeyState, state_at
from domain.fact import Fact
from domain.permissions import Role
from domain.support_look import SupportLook
from domain.tree import Tree
from domain.workspace import Workspace
from projections.access_rows import Key, LookRow, WorkspaceRow
from projections.places import PLACES, Place
from projections.projection import Db, Later, Projection, on


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
        "access_looks": """
            look_id       uuid PRIMARY KEY,
            person_id     uuid NOT NULL,
            workspace_id  uuid NOT NULL,
            reason_digest text NOT NULL,
            began_at      timestamptz NOT NULL,
            ends_at       timestamptz NOT NULL,
            ended_at      timestamptz
        """,
    }
    indexes = {
        "access_members_person": "access_members (person_id)",
        "access_workspaces_parent": "access_workspaces (parent_id)",
        "access_keys_workspace": "access_keys (workspace_id)",
        "access_trees_anchor": "access_trees (anchor_id)",
        "access_looks_person": "access_looks (person_id, ends_at)",
        "access_looks_workspace": "access_looks (workspace_id, began_at)",
    }
    needed = frozenset({"access_keys_workspace"})

    # Questions.

    def place_of(
        self, db: Db, person_id: UUID, workspace_id: UUID, at: datetime | None = None
    ) -> Place | None:
        """The workspace as this person may see it; None also if it is not theirs to see.

        Looks count at an instant only: without one, nobody looks.
        """
        found = db.cursor(row_factory=class_row(Place)).execute(
            PLACES + " AND w.workspace_id = %(workspace_id)s",
            {"person_id": person_id, "workspace_id": workspace_id, "at": at},
        )
        return found.fetchone()

    def places_of(self, db: Db, person_id: UUID, at: datetime | None = None) -> list[Place]:
        """Every workspace that this person may see: those first that are or were an agency's anchor."""
        found = db.cursor(row_factory=class_row(Place)).execute(
            PLACES + " ORDER BY NOT EXISTS (SELECT FROM access_trees t WHERE t.anchor_id = w.workspace_id),"
            " w.parent_id IS NOT NULL, w.workspace_id LIMIT 1000",
            {"person_id": person_id, "at": at},
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

    def looks_of(self, db: Db, person_id: UUID, at: datetime) -> list[LookRow]:
        """What somebody looks into at an instant."""
        found = db.cursor(row_factory=class_row(LookRow)).execute(
            "SELECT * FROM access_looks WHERE person_id = %s AND ended_at IS NULL AND ends_at > %s"
            " ORDER BY ends_at",
            (person_id, at),
        )
        return found.fetchall()

    def looks_into(self, db: Db, workspace_id: UUID, limit: int) -> list[LookRow]:
        """Who ever looked into an anchor, or a workspace that stands alone: the newest first."""
        found = db.cursor(row_factory=class_row(LookRow)).execute(
            "SELECT * FROM access_looks WHERE workspace_id = %s ORDER BY began_at DESC, look_id LIMIT %s",
            (workspace_id, limit),
        )
        return found.fetchall()

    def led_by(self, db: Db, anchor_id: UUID) -> list[UUID]:
        """Whose rows those who lead an anchor may read: its own, its trees', and of all that were ever in
        them. The database knows, also for who sees nothing of them yet."""
        found = db.cursor(row_factory=scalar_row).execute("SELECT unnest(heartwood_led_by(%s))", (anchor_id,))
        ids: list[UUID] = found.fetchall()
        return ids

    def trees_of(self, db: Db, anchor_id: UUID) -> list[UUID]:
        """The trees that an anchor ever had."""
        query = "SELECT tree_id FROM access_trees WHERE anchor_id = %s ORDER BY tree_id"
        ids: list[UUID] = db.cursor(row_factory=scalar_row).execute(query, (anchor_id,)).fetchall()
        return ids

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

    @on(Workspace.Deleted, Workspace.Closed)
    def deleted(self, db: Db, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
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

    @on(SupportLook.Begun)
    def look_begun(self, db: Db, fact: Fact, event: SupportLook.Begun) -> None:
        db.execute(
            "INSERT INTO access_looks VALUES (%s, %s, %s, %s, %s, %s)",
            (
                fact.stream,
                event.person_id,
                event.workspace_id,
                event.reason_digest,
                event.timestamp,
                event.ends_at,
            ),
        )

    @on(SupportLook.Ended)
    def look_ended(self, db: Db, fact: Fact, event: SupportLook.Ended) -> None:
        db.execute("UPDATE access_looks SET ended_at = %s WHERE look_id = %s", (event.timestamp, fact.stream))

    def _join(self, db: Db, workspace_id: UUID, person_id: UUID, role: Role) -> None:
        db.execute(
            "INSERT INTO access_members VALUES (%s, %s, %s)"
            " ON CONFLICT (workspace_id, person_id) DO UPDATE SET role = excluded.role",
            (workspace_id, person_id, role.value),
        )
