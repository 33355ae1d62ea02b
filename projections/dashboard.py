"""Dashboard: what does an agency, or a workspace that stands alone, look like right now?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.workspace import Workspace
from projections.folding import Folding, Rows
from projections.projection import Db, on


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


class Dashboard(Folding):
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

    def of_trees(self, db: Db, tree_ids: Collection[UUID]) -> list[DashboardRow]:
        found = db.cursor(row_factory=class_row(DashboardRow)).execute(
            f"SELECT {ROW} FROM dashboard WHERE tree_id = ANY(%s) ORDER BY workspace_id", (list(tree_ids),)
        )
        return found.fetchall()

    def in_workspace(self, db: Db, workspace_id: UUID) -> DashboardRow | None:
        found = db.cursor(row_factory=class_row(DashboardRow)).execute(
            f"SELECT {ROW} FROM dashboard WHERE workspace_id = %s", (workspace_id,)
        )
        return found.fetchone()

    # What each fact changes.

    @on(Workspace.Opened)
    def opened(self, rows: Rows, fact: Fact, event: Workspace.Opened) -> None:
        rows.insert(
            "dashboard",
            workspace_id=fact.stream,
            tree_id=event.tree_id,
            parent_id=event.parent_id,
            name_digest=event.name_digest,
            plan=event.plan,
            members=1,
            key_ids=[],
            opened_at=event.timestamp,
        )

    @on(Workspace.Renamed)
    def renamed(self, rows: Rows, fact: Fact, event: Workspace.Renamed) -> None:
        rows.update("dashboard", (fact.stream,), name_digest=event.name_digest)

    @on(Workspace.BecameAnchor)
    def became_anchor(self, rows: Rows, fact: Fact, event: Workspace.BecameAnchor) -> None:
        rows.update("dashboard", (fact.stream,), tree_id=event.tree_id, plan=event.plan_to)

    @on(Workspace.Downgraded)
    def downgraded(self, rows: Rows, fact: Fact, event: Workspace.Downgraded) -> None:
        rows.update("dashboard", (fact.stream,), tree_id=None, parent_id=None, plan=event.plan_to)

    @on(Workspace.PlanChanged)
    def plan_changed(self, rows: Rows, fact: Fact, event: Workspace.PlanChanged) -> None:
        rows.update("dashboard", (fact.stream,), plan=event.plan_to)

    @on(Workspace.Adopted)
    def adopted(self, rows: Rows, fact: Fact, event: Workspace.Adopted) -> None:
        place = {"tree_id": event.tree_id, "parent_id": event.parent_id}
        rows.update("dashboard", (fact.stream,), **place, plan=event.plan_to)

    @on(Workspace.Deleted, Workspace.Closed)
    def deleted(self, rows: Rows, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        rows.delete("dashboard", (fact.stream,))

    @on(Workspace.MemberJoined)
    def member_joined(self, rows: Rows, fact: Fact, event: Workspace.MemberJoined) -> None:
        rows.add("dashboard", (fact.stream,), members=1)

    @on(Workspace.MemberRemoved)
    def member_removed(self, rows: Rows, fact: Fact, event: Workspace.MemberRemoved) -> None:
        rows.add("dashboard", (fact.stream,), members=-1)

    @on(Workspace.KeyIssued)
    def key_issued(self, rows: Rows, fact: Fact, event: Workspace.KeyIssued) -> None:
        rows.put("dashboard", (fact.stream,), "key_ids", event.key_id)

    @on(Workspace.KeyReplaced, Workspace.KeyRevoked)
    def key_gone(self, rows: Rows, fact: Fact, event: Workspace.KeyReplaced | Workspace.KeyRevoked) -> None:
        rows.take("dashboard", (fact.stream,), "key_ids", event.key_id)
