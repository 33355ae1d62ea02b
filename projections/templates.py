"""Templates: which structures does an agency keep, and which of its workspaces were started from them?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.template import Template
from domain.tree import Tree
from domain.workspace import Workspace
from projections.projection import Db, Projection, Writes, on

STARTED_MAX = 200  # in a list; more than any plan has workspaces


@dataclass(frozen=True, kw_only=True)
class TemplateRow:
    template_id: UUID
    tree_id: UUID
    number: int
    name_digest: str
    source_id: UUID
    structure_digest: str
    agents: int
    knowledge_bases: int
    documents: int
    actions: int
    saved_by: str  # the actor of the fact
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class StartedRow:
    child_id: UUID
    tree_id: UUID
    template_id: UUID
    number: int  # how often the template had been saved by then
    started_at: datetime


class Templates(Projection):
    name = "templates"
    logs = ("agency",)
    tables = {
        "templates": """
            template_id      uuid PRIMARY KEY,
            tree_id          uuid NOT NULL,
            number           integer NOT NULL,
            name_digest      text NOT NULL,
            source_id        uuid NOT NULL,
            structure_digest text NOT NULL,
            agents           integer NOT NULL,
            knowledge_bases  integer NOT NULL,
            documents        integer NOT NULL,
            actions          integer NOT NULL,
            saved_by         text NOT NULL,
            saved_at         timestamptz NOT NULL
        """,
        "template_starts": """
            child_id    uuid PRIMARY KEY,
            tree_id     uuid NOT NULL,
            template_id uuid NOT NULL,
            number      integer NOT NULL,
            started_at  timestamptz NOT NULL
        """,
    }
    indexes = {
        "templates_tree": "templates (tree_id)",
        "template_starts_tree": "template_starts (tree_id)",
        "template_starts_template": "template_starts (template_id)",
    }
    needed = frozenset({"template_starts_template"})

    # Questions.

    def of_tree(self, db: Db, tree_id: UUID) -> list[TemplateRow]:
        """The newest first; an agency has so many at most."""
        found = db.cursor(row_factory=class_row(TemplateRow)).execute(
            "SELECT * FROM templates WHERE tree_id = %s ORDER BY saved_at DESC, template_id", (tree_id,)
        )
        return found.fetchall()

    def started_in_tree(self, db: Db, tree_id: UUID) -> list[StartedRow]:
        """Workspaces by the template that they were started from last, in the order in which they were."""
        found = db.cursor(row_factory=class_row(StartedRow)).execute(
            "SELECT * FROM template_starts WHERE tree_id = %s ORDER BY started_at, child_id LIMIT %s",
            (tree_id, STARTED_MAX),
        )
        return found.fetchall()

    # What each fact changes.

    @on(Template.Saved)
    def saved(self, db: Writes, fact: Fact, event: Template.Saved) -> None:
        db.execute(
            "INSERT INTO templates VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (template_id) DO UPDATE SET number = excluded.number,"
            " name_digest = excluded.name_digest, source_id = excluded.source_id,"
            " structure_digest = excluded.structure_digest, agents = excluded.agents,"
            " knowledge_bases = excluded.knowledge_bases, documents = excluded.documents,"
            " actions = excluded.actions, saved_by = excluded.saved_by, saved_at = excluded.saved_at",
            (
                event.template_id,
                event.tree_id,
                event.number,
                event.name_digest,
                event.source_id,
                event.structure_digest,
                event.agents,
                event.knowledge_bases,
                event.documents,
                event.actions,
                event.actor,
                event.timestamp,
            ),
        )

    @on(Template.Started)
    def started(self, db: Writes, fact: Fact, event: Template.Started) -> None:
        db.execute(
            "INSERT INTO template_starts VALUES (%s, %s, %s, %s, %s) ON CONFLICT (child_id) DO UPDATE SET"
            " tree_id = excluded.tree_id, template_id = excluded.template_id, number = excluded.number,"
            " started_at = excluded.started_at",
            (event.child_id, event.tree_id, event.template_id, event.number, event.timestamp),
        )

    @on(Template.Deleted)
    def deleted(self, db: Writes, fact: Fact, event: Template.Deleted) -> None:
        db.execute("DELETE FROM template_starts WHERE template_id = %s", (event.template_id,))
        db.execute("DELETE FROM templates WHERE template_id = %s", (event.template_id,))

    @on(Tree.ChildRemoved)
    def child_removed(self, db: Writes, fact: Fact, event: Tree.ChildRemoved) -> None:
        self._gone(db, event.child_id)

    @on(Workspace.Downgraded, Workspace.Deleted)
    def left(self, db: Writes, fact: Fact, event: Workspace.Downgraded | Workspace.Deleted) -> None:
        """Nobody's workspace is compared with what it has left."""
        self._gone(db, fact.stream)

    def _gone(self, db: Writes, child_id: UUID) -> None:
        db.execute("DELETE FROM template_starts WHERE child_id = %s", (child_id,))
