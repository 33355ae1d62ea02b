"""Commands on what support looks into."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain.because import Because
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.refusals import Unknown
from domain.support_look import LOOK_MINUTES, SupportLook


class Looking(Loading):
    @decided_again
    def begin_look(
        self, look_id: UUID, person_id: UUID, workspace_id: UUID, reason_digest: str, *, because: Because
    ) -> SupportLook:
        """Look into a workspace and all that it leads, or is led by; the same look twice is one.

        That the person works in support is asked by who lets them in.
        """
        if look_id in self.repository:
            return self.look(look_id)
        workspace = self.workspace(workspace_id)
        if workspace.deleted:
            raise Unknown(f"Workspace {workspace_id}")
        look = SupportLook.begin(
            look_id,
            workspace_id=workspace.parent_id or workspace_id,
            tree_id=workspace.tree_id,
            person_id=person_id,
            reason_digest=reason_digest,
            ends_at=because.at + timedelta(minutes=LOOK_MINUTES),
            because=because,
        )
        self.save(look)
        return look

    @decided_again
    def end_look(self, look_id: UUID, person_id: UUID, *, because: Because) -> None:
        """Only by who looks; for anybody else there is no such look."""
        look = self.look(look_id)
        if look.person_id != person_id:
            raise Unknown(f"SupportLook {look_id}")
        look.end(because=because)
        self.save(look)

    def look(self, look_id: UUID) -> SupportLook:
        return self._load(SupportLook, look_id)
