"""Knowledge: which knowledge bases has a workspace, and which documents are in them?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.knowledge import KnowledgeBase
from domain.workspace import Workspace
from projections.projection import Db, Projection, Writes, on


@dataclass(frozen=True, kw_only=True)
class KnowledgeBaseRow:
    base_id: UUID
    workspace_id: UUID
    name_digest: str
    created_at: datetime
    documents: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    document_id: UUID
    base_id: UUID
    workspace_id: UUID
    title_digest: str
    digest: str
    bytes: int
    added_by: str  # the actor of the fact
    added_at: datetime


BASES = """
    SELECT b.*, count(d.document_id) AS documents, coalesce(sum(d.bytes), 0)::bigint AS bytes
      FROM knowledge_bases b LEFT JOIN knowledge_documents d USING (base_id)
"""


class Knowledge(Projection):
    name = "knowledge"
    logs = ("agency",)
    tables = {
        "knowledge_bases": """
            base_id      uuid PRIMARY KEY,
            workspace_id uuid NOT NULL,
            name_digest  text NOT NULL,
            created_at   timestamptz NOT NULL
        """,
        "knowledge_documents": """
            document_id  uuid PRIMARY KEY,
            base_id      uuid NOT NULL,
            workspace_id uuid NOT NULL,
            title_digest text NOT NULL,
            digest       text NOT NULL,
            bytes        bigint NOT NULL,
            added_by     text NOT NULL,
            added_at     timestamptz NOT NULL
        """,
    }
    indexes = {
        "knowledge_bases_workspace": "knowledge_bases (workspace_id)",
        "knowledge_documents_base": "knowledge_documents (base_id)",
        "knowledge_documents_workspace": "knowledge_documents (workspace_id)",
    }
    needed = frozenset(indexes)

    # Questions.

    def in_workspace(self, db: Db, workspace_id: UUID) -> list[KnowledgeBaseRow]:
        """In the order in which they were made; a plan limits how many there are."""
        found = db.cursor(row_factory=class_row(KnowledgeBaseRow)).execute(
            f"{BASES} WHERE b.workspace_id = %s GROUP BY b.base_id ORDER BY b.created_at, b.base_id",
            (workspace_id,),
        )
        return found.fetchall()

    def base_in_workspace(self, db: Db, workspace_id: UUID, base_id: UUID) -> KnowledgeBaseRow | None:
        found = db.cursor(row_factory=class_row(KnowledgeBaseRow)).execute(
            f"{BASES} WHERE b.workspace_id = %s AND b.base_id = %s GROUP BY b.base_id",
            (workspace_id, base_id),
        )
        return found.fetchone()

    def documents_in_workspace(self, db: Db, workspace_id: UUID, base_id: UUID) -> list[DocumentRow]:
        """All of one knowledge base, in the order in which they came."""
        found = db.cursor(row_factory=class_row(DocumentRow)).execute(
            "SELECT * FROM knowledge_documents WHERE workspace_id = %s AND base_id = %s"
            " ORDER BY added_at, document_id",
            (workspace_id, base_id),
        )
        return found.fetchall()

    def document_in_workspace(
        self, db: Db, workspace_id: UUID, base_id: UUID, document_id: UUID
    ) -> DocumentRow | None:
        found = db.cursor(row_factory=class_row(DocumentRow)).execute(
            "SELECT * FROM knowledge_documents WHERE workspace_id = %s AND base_id = %s AND document_id = %s",
            (workspace_id, base_id, document_id),
        )
        return found.fetchone()

    # What each fact changes.

    @on(KnowledgeBase.Made)
    def created(self, db: Writes, fact: Fact, event: KnowledgeBase.Made) -> None:
        db.execute(
            "INSERT INTO knowledge_bases VALUES (%s, %s, %s, %s)",
            (fact.stream, event.workspace_id, event.name_digest, event.timestamp),
        )

    @on(KnowledgeBase.Renamed)
    def renamed(self, db: Writes, fact: Fact, event: KnowledgeBase.Renamed) -> None:
        db.execute(
            "UPDATE knowledge_bases SET name_digest = %s WHERE base_id = %s",
            (event.name_digest, fact.stream),
        )

    @on(KnowledgeBase.DocumentAdded)
    def document_added(self, db: Writes, fact: Fact, event: KnowledgeBase.DocumentAdded) -> None:
        db.execute(
            "INSERT INTO knowledge_documents VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                event.document_id,
                fact.stream,
                event.workspace_id,
                event.title_digest,
                event.digest,
                event.bytes,
                event.actor,
                event.timestamp,
            ),
        )

    @on(KnowledgeBase.DocumentRemoved)
    def document_removed(self, db: Writes, fact: Fact, event: KnowledgeBase.DocumentRemoved) -> None:
        db.execute("DELETE FROM knowledge_documents WHERE document_id = %s", (event.document_id,))

    @on(KnowledgeBase.Deleted)
    def deleted(self, db: Writes, fact: Fact, event: KnowledgeBase.Deleted) -> None:
        db.execute("DELETE FROM knowledge_documents WHERE base_id = %s", (fact.stream,))
        db.execute("DELETE FROM knowledge_bases WHERE base_id = %s", (fact.stream,))

    @on(Workspace.Deleted, Workspace.Closed)
    def workspace_deleted(self, db: Writes, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        db.execute("DELETE FROM knowledge_documents WHERE workspace_id = %s", (fact.stream,))
        db.execute("DELETE FROM knowledge_bases WHERE workspace_id = %s", (fact.stream,))
