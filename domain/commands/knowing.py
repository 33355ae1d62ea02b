"""Commands on the knowledge bases of a workspace."""

from __future__ import annotations

from uuid import UUID

from domain.because import Because
from domain.commands.inside import Inside
from domain.conflicts import decided_again
from domain.holdings import Held
from domain.knowledge import KnowledgeBase
from domain.permissions import Permission
from domain.plans import PLANS
from domain.workspace import Workspace


class Knowing(Inside):
    """`person_id` is None for an API key of the workspace itself."""

    @decided_again
    def create_knowledge_base(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        base_id: UUID,
        name_digest: str,
        *,
        because: Because,
    ) -> KnowledgeBase:
        """Once for an id."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.CONFIGURE)
        if base_id in self.repository:
            return self.knowledge_base(workspace_id, base_id, deleted_too=True)
        base = KnowledgeBase.create(
            base_id,
            workspace_id=workspace_id,
            tree_id=workspace.tree_id,
            name_digest=name_digest,
            because=because,
        )
        self.save(base, *self._holding(workspace, Held.KNOWLEDGE_BASE, base_id, 0, because))
        return base

    @decided_again
    def rename_knowledge_base(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        base_id: UUID,
        name_digest: str,
        *,
        because: Because,
    ) -> None:
        workspace = self._workspace_for(workspace_id, person_id, Permission.CONFIGURE)
        base = self.knowledge_base(workspace_id, base_id)
        base.rename(name_digest, workspace.tree_id, because=because)
        self.save(base)

    @decided_again
    def add_document(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        base_id: UUID,
        document_id: UUID,
        *,
        title_digest: str,
        digest: str,
        bytes: int,
        because: Because,
    ) -> KnowledgeBase:
        """As long as all documents of the workspace together are what its plan holds."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.CONFIGURE)
        base = self.knowledge_base(workspace_id, base_id)
        held = sum(self.held(workspace_id, Held.KNOWLEDGE_BASE).values())
        base.add_document(
            document_id,
            workspace.tree_id,
            title_digest=title_digest,
            digest=digest,
            bytes=bytes,
            room_bytes=PLANS[workspace.plan].limits.documents_bytes_max - held,
            because=because,
        )
        self._save_sized(workspace, base, because)
        return base

    @decided_again
    def remove_document(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        base_id: UUID,
        document_id: UUID,
        *,
        because: Because,
    ) -> None:
        workspace = self._workspace_for(workspace_id, person_id, Permission.CONFIGURE)
        base = self.knowledge_base(workspace_id, base_id)
        base.remove_document(document_id, workspace.tree_id, because=because)
        self._save_sized(workspace, base, because)

    @decided_again
    def delete_knowledge_base(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        base_id: UUID,
        *,
        because: Because,
    ) -> None:
        """Not while an agent answers from it: it would know less from one call to the next."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.CONFIGURE)
        base = self.knowledge_base(workspace_id, base_id, deleted_too=True)
        is_attached = any(base.id in agent.knowledge for agent in self.agents_in(workspace_id))
        base.delete(workspace.tree_id, is_attached=is_attached, because=because)
        self.save(base, *self._holding(workspace, Held.KNOWLEDGE_BASE, base_id, None, because))

    def _save_sized(self, workspace: Workspace, base: KnowledgeBase, because: Because) -> None:
        size = base.held_bytes
        self.save(base, *self._holding(workspace, Held.KNOWLEDGE_BASE, base.id, size, because))
