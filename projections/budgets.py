"""Budgets: how many credits may each client's workspace use in a cycle, and who has come near to it? (inline)

Calls are stopped by it. It ends with the agency that gave it; the credits themselves are counted elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.budget import Budget
from domain.fact import Fact
from domain.workspace import Workspace
from projections.projection import Db, Projection, on


@dataclass(frozen=True, kw_only=True)
class BudgetRow:
    workspace_id: UUID
    tree_id: UUID
    limit_micros: int
    stops: bool
    raised_micros: int | None
    raised_for: datetime | None
    raised_because: str | None  # the digest of the reason, which lies in the vault under the anchor

    @property
    def budget(self) -> Budget:
        return Budget(
            limit_micros=self.limit_micros,
            stops=self.stops,
            raised_micros=self.raised_micros,
            raised_for=self.raised_for,
        )


class Budgets(Projection):
    name = "budgets"
    logs = ("agency",)
    tables = {
        "budgets": """
            workspace_id   uuid PRIMARY KEY,
            tree_id        uuid NOT NULL,
            limit_micros   bigint NOT NULL,
            stops          boolean NOT NULL,
            raised_micros  bigint,
            raised_for     timestamptz,
            raised_because text
        """,
    }

    # Questions.

    def in_workspaces(self, db: Db, workspace_ids: Collection[UUID]) -> dict[UUID, BudgetRow]:
        """Of those among them that have one."""
        found = db.cursor(row_factory=class_row(BudgetRow)).execute(
            "SELECT * FROM budgets WHERE workspace_id = ANY(%s)", (list(workspace_ids),)
        )
        return {row.workspace_id: row for row in found.fetchall()}

    def in_workspace(self, db: Db, workspace_id: UUID) -> BudgetRow | None:
        return self.in_workspaces(db, [workspace_id]).get(workspace_id)

    # What each fact changes.

    @on(Workspace.BudgetSet)
    def set(self, db: Db, fact: Fact, event: Workspace.BudgetSet) -> None:
        db.execute(
            "INSERT INTO budgets VALUES (%s, %s, %s, %s) ON CONFLICT (workspace_id) DO UPDATE"
            " SET tree_id = excluded.tree_id, limit_micros = excluded.limit_micros, stops = excluded.stops,"
            " raised_micros = NULL, raised_for = NULL, raised_because = NULL",
            (fact.stream, event.tree_id, event.limit_micros, event.stops),
        )

    @on(Workspace.BudgetRaised)
    def raised(self, db: Db, fact: Fact, event: Workspace.BudgetRaised) -> None:
        db.execute(
            "UPDATE budgets SET raised_micros = %s, raised_for = %s, raised_because = %s"
            " WHERE workspace_id = %s",
            (event.limit_micros, event.cycle_started_at, event.reason_digest, fact.stream),
        )

    @on(
        Workspace.BudgetRemoved,
        Workspace.Adopted,
        Workspace.Downgraded,
        Workspace.Deleted,
        Workspace.Closed,
    )
    def removed(self, db: Db, fact: Fact, event: Workspace.Event) -> None:
        db.execute("DELETE FROM budgets WHERE workspace_id = %s", (fact.stream,))
