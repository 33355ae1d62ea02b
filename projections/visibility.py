"""Visibility: what has each agency decided to show its clients, and what a new one? (inline)

Whether that binds someone is asked at the gate, of what they are to the workspace: a workspace that has
left its agency keeps its row, and nobody is bound by it any more.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from psycopg.rows import dict_row

from domain.fact import Fact
from domain.tree import Tree
from domain.visibility import EVERYTHING, Area, Level, Visibility
from domain.workspace import Workspace
from projections.projection import Db, Projection, on

LEVELS = ", ".join(f"{area} text NOT NULL" for area in Area)
NAMES = ", ".join(Area)
NEW = ", ".join(f"{area} = excluded.{area}" for area in Area)


class Visibilities(Projection):
    name = "visibility"
    logs = ("agency",)
    tables = {
        "visibility": f"workspace_id uuid PRIMARY KEY, {LEVELS}",
        "visibility_defaults": f"tree_id uuid PRIMARY KEY, {LEVELS}",
    }

    # Questions.

    def in_workspace(self, db: Db, workspace_id: UUID) -> Visibility:
        return self.in_workspaces(db, [workspace_id])[workspace_id]

    def in_workspaces(self, db: Db, workspace_ids: Collection[UUID]) -> dict[UUID, Visibility]:
        """Of each of them; everything, where nothing was set."""
        found = db.cursor(row_factory=dict_row).execute(
            f"SELECT workspace_id, {NAMES} FROM visibility WHERE workspace_id = ANY(%s)",
            (list(workspace_ids),),
        )
        rows = {row["workspace_id"]: _read(row) for row in found.fetchall()}
        return {one: rows.get(one, EVERYTHING) for one in workspace_ids}

    def defaults_of_tree(self, db: Db, tree_id: UUID) -> Visibility:
        found = db.cursor(row_factory=dict_row).execute(
            f"SELECT {NAMES} FROM visibility_defaults WHERE tree_id = %s", (tree_id,)
        )
        row = found.fetchone()
        return _read(row) if row else EVERYTHING

    # What each fact changes.

    @on(Workspace.VisibilitySet)
    def set(self, db: Db, fact: Fact, event: Workspace.VisibilitySet) -> None:
        self._keep(db, "visibility", "workspace_id", fact.stream, Visibility.said_by(event))

    @on(Workspace.Adopted)
    def adopted(self, db: Db, fact: Fact, event: Workspace.Adopted) -> None:
        """What another agency decided before is over."""
        db.execute("DELETE FROM visibility WHERE workspace_id = %s", (fact.stream,))

    @on(Workspace.Deleted, Workspace.Closed)
    def deleted(self, db: Db, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        db.execute("DELETE FROM visibility WHERE workspace_id = %s", (fact.stream,))

    @on(Tree.VisibilityDefaultsSet)
    def defaults_set(self, db: Db, fact: Fact, event: Tree.VisibilityDefaultsSet) -> None:
        self._keep(db, "visibility_defaults", "tree_id", fact.stream, Visibility.said_by(event))

    def _keep(self, db: Db, table: str, key: str, of: UUID, visibility: Visibility) -> None:
        db.execute(
            f"INSERT INTO {table} ({key}, {NAMES}) VALUES (%s, %s, %s, %s, %s, %s)"
            f" ON CONFLICT ({key}) DO UPDATE SET {NEW}",
            (of, *(visibility.of(area).value for area in Area)),
        )


def _read(row: dict[str, str]) -> Visibility:
    return Visibility(**{area.value: Level(row[area.value]) for area in Area})
