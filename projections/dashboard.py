"""Dashboard: what does an agency, or a workspace that stands alone, look like right now?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.workspace import Workspace
from projections.projection import Db, Projection, Writes, on


@dataclass(frozen=True, kw_only=True)
class DashboardRow:
    workspace_id: UUID
    tree_id: UUID | None
    parent_id: UUID | None
    name_digest: str
    plan: str
    members: int
    keys: int  # neither revoked nor replaced
    opened_at: datetime


ROW = "workspace_id, tree_id, parent_id, name_digest, plan, members, cardinality(key_ids) AS keys, opened_at"


class Dashboard(Projection):
    name = "dashboard"
    logs = ("agency",)
    tables = {
        "dashboard": """
            workspace_id uuid PRIMARY KEY,
            tree_id      uuid,
            parent_id    uuid,
            name_digest  text NOT NULL,
            plan         text NOT NULL,
            members      integer NOT NULL,
            key_ids      text[] NOT NULL,
            opened_at    timestamptz NOT NULL
        """,
    }
    indexes = {"dashboard_tree": "dashboard (tree_id)"}

    # Questions.

    def of_tree(self, db: Db, tree_id: UUID) -> list[DashboardRow]:
        """The anchor first, then its children in the order they were opened."""
        found = db.cursor(row_factory=class_row(DashboardRow)).execute(
            f"SELECT {ROW} FROM dashboard WHERE tree_id = %s"
            " ORDER BY parent_id IS NOT NULL, opened_at, workspace_id",
            (tree_id,),
        )
        return found.fetchall()

    def in_workspace(self, db: Db, workspace_id: UUID) -> DashboardRow | None:
        found = db.cursor(row_factory=class_row(DashboardRow)).execute(
            f"SELECT {ROW} FROM dashboard WHERE workspace_id = %s", (workspace_id,)
        )
        return found.fetchone()

    # What each fact changes.

    @on(Workspace.Opened)
    def opened(self, db: Writes, fact: Fact, event: Workspace.Opened) -> None:
        db.execute(
            "INSERT INTO dashboard VALUES (%s, %s, %s, %s, %s, 1, '{}', %s)",
            (
                fact.stream,
                event.tree_id,
                event.parent_id,
                event.name_digest,
                event.plan,
                event.timestamp,
            ),
        )

    @on(Workspace.Renamed)
    def renamed(self, db: Writes, fact: Fact, event: Workspace.Renamed) -> None:
        db.execute(
            "UPDATE dashboard SET name_digest = %s WHERE workspace_id = %s",
            (event.name_digest, fact.stream),
        )

    @on(Workspace.BecameAnchor)
    def became_anchor(self, db: Writes, fact: Fact, event: Workspace.BecameAnchor) -> None:
        db.execute(
            "UPDATE dashboard SET tree_id = %s, plan = %s WHERE workspace_id = %s",
            (event.tree_id, event.plan_to, fact.stream),
        )

    @on(Workspace.Downgraded)
    def downgraded(self, db: Writes, fact: Fact, event: Workspace.Downgraded) -> None:
        db.execute(
            "UPDATE dashboard SET tree_id = NULL, parent_id = NULL, plan = %s WHERE workspace_id = %s",
            (event.plan_to, fact.stream),
        )

    @on(Workspace.PlanChanged)
    def plan_changed(self, db: Writes, fact: Fact, event: Workspace.PlanChanged) -> None:
        db.execute("UPDATE dashboard SET plan = %s WHERE workspace_id = %s", (event.plan_to, fact.stream))

    @on(Workspace.Adopted)
    def adopted(self, db: Writes, fact: Fact, event: Workspace.Adopted) -> None:
        db.execute(
            "UPDATE dashboard SET tree_id = %s, parent_id = %s, plan = %s WHERE workspace_id = %s",
            (event.tree_id, event.parent_id, event.plan_to, fact.stream),
        )

    @on(Workspace.Deleted, Workspace.Closed)
    def deleted(self, db: Writes, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        db.execute("DELETE FROM dashboard WHERE workspace_id = %s", (fact.stream,))

    @on(Workspace.MemberJoined)
    def member_joined(self, db: Writes, fact: Fact, event: Workspace.MemberJoined) -> None:
        self._count(db, fact.stream, 1)

    @on(Workspace.MemberRemoved)
    def member_removed(self, db: Writes, fact: Fact, event: Workspace.MemberRemoved) -> None:
        self._count(db, fact.stream, -1)

    @on(Workspace.KeyIssued)
    def key_issued(self, db: Writes, fact: Fact, event: Workspace.KeyIssued) -> None:
        db.execute(
            "UPDATE dashboard SET key_ids = key_ids || %s::text WHERE workspace_id = %s",
            (event.key_id, fact.stream),
        )

    @on(Workspace.KeyReplaced, Workspace.KeyRevoked)
    def key_gone(self, db: Writes, fact: Fact, event: Workspace.KeyReplaced | Workspace.KeyRevoked) -> None:
        db.execute(
            "UPDATE dashboard SET key_ids = array_remove(key_ids, %s) WHERE workspace_id = %s",
            (event.key_id, fact.stream),
        )

    def _count(self, db: Writes, workspace_id: UUID, members: int) -> None:
        db.execute(
            "UPDATE dashboard SET members = members + %s WHERE workspace_id = %s", (members, workspace_id)
        )
