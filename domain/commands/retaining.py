"""Commands on how long the texts of calls are kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain import retention
from domain.because import Because
from domain.commands.loading import Loading
from domain.conflicts import decided_again


class Retaining(Loading):
    @decided_again
    def set_retention(self, workspace_id: UUID, person_id: UUID, days: int, *, because: Because) -> None:
        workspace = self.workspace(workspace_id)
        who = self.standings_in(workspace, person_id)
        retention.set_retention(workspace, days, who=who, because=because)
        self.save(workspace)

    @decided_again
    def note_texts_retired(self, workspace_id: UUID, until: datetime, *, because: Because) -> None:
        workspace = self.workspace(workspace_id)
        retention.note_texts_retired(workspace, until, because=because)
        self.save(workspace)
