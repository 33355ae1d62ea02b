"""A knowledge base: documents of a workspace that its agents answer from."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from domain.because import Because
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused

DOCUMENT_BYTES_MAX = 1_000_000
DOCUMENTS_MAX = 500  # in one knowledge base


class KnowledgeBase(Recorded):
    # State.

    def __init__(self, workspace_id: UUID, tree_id: UUID | None, name_digest: str) -> None:
        self.workspace_id = workspace_id
        self.name_digest = name_digest
        self.made_as = name_digest
        self.documents: dict[UUID, KnowledgeBase.DocumentAdded] = {}  # the ones that are there
        self.documents_made: dict[UUID, KnowledgeBase.DocumentAdded] = {}  # every one there ever was
        self.deleted = False

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID | None  # the tree that the workspace was part of

    class Made(Event, Recorded.Created):
        name_digest: str  # names, titles and texts lie in the vault, under the workspace

    class Renamed(Event):
        name_digest: str

        def apply(self, base: KnowledgeBase) -> None:
            base.name_digest = self.name_digest

    class DocumentAdded(Event):
        document_id: UUID
        title_digest: str
        digest: str
        bytes: int

        def apply(self, base: KnowledgeBase) -> None:
            base.documents[self.document_id] = base.documents_made[self.document_id] = self

    class DocumentRemoved(Event):
        document_id: UUID
        bytes: int

        def apply(self, base: KnowledgeBase) -> None:
            del base.documents[self.document_id]

    class Deleted(Event):
        """With all of its documents."""

        def apply(self, base: KnowledgeBase) -> None:
            base.documents = {}
            base.deleted = True

    # Commands. Each one decides, and records at most one fact; who may is asked of the workspace before.

    @classmethod
    def create(
        cls,
        base_id: UUID,
        *,
        workspace_id: UUID,
        tree_id: UUID | None,
        name_digest: str,
        because: Because,
    ) -> Self:
        return cls._begin(
            cls.Made, base_id, because, workspace_id=workspace_id, tree_id=tree_id, name_digest=name_digest
        )

    def rename(self, name_digest: str, tree_id: UUID | None, *, because: Because) -> None:
        if name_digest != self.name_digest:
            self._note(self.Renamed, because, tree_id, name_digest=name_digest)

    def add_document(
        self,
        document_id: UUID,
        tree_id: UUID | None,
        *,
        title_digest: str,
        digest: str,
        bytes: int,
        room_bytes: int,
        because: Because,
    ) -> None:
        """Once for an id; `room_bytes` are what the plan leaves to the workspace."""
        assert 0 < bytes <= DOCUMENT_BYTES_MAX
        if document_id in self.documents_made:
            return
        if bytes > room_bytes or len(self.documents) >= DOCUMENTS_MAX:
            raise Refused(Refusal.LIMIT_REACHED)
        fields = {"title_digest": title_digest, "digest": digest, "bytes": bytes}
        self._note(self.DocumentAdded, because, tree_id, document_id=document_id, **fields)

    def remove_document(self, document_id: UUID, tree_id: UUID | None, *, because: Because) -> None:
        if found := self.documents.get(document_id):
            self._note(self.DocumentRemoved, because, tree_id, document_id=document_id, bytes=found.bytes)

    def delete(self, tree_id: UUID | None, *, is_attached: bool, because: Because) -> None:
        if self.deleted:
            return
        if is_attached:
            raise Refused(Refusal.KNOWLEDGE_IN_USE)
        self._note(self.Deleted, because, tree_id)

    # Questions.

    @property
    def held_bytes(self) -> int:
        return sum(one.bytes for one in self.documents.values())

    def _note(
        self, fact: type[KnowledgeBase.Event], because: Because, tree_id: UUID | None, **fields: object
    ) -> None:
        self.record(fact, because, workspace_id=self.workspace_id, tree_id=tree_id, **fields)
