"""Commands on exports: a history is taken out, which is a part of the history from then on."""

from __future__ import annotations

from uuid import UUID

from domain.because import Because
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.export import Export, Holding
from domain.permissions import Permission, may
from domain.refusals import Refusal, Refused


class Exporting(Loading):
    @decided_again
    def ask_for_export(
        self, export_id: UUID, workspace_id: UUID, person_id: UUID | None, *, because: Because
    ) -> Export:
        """Somebody takes out what belongs to a workspace; the same export asked for twice is one.

        An operator is nobody of whom the log knows: `person_id` is None then.
        """
        if export_id in self.repository:
            return self.export(export_id)
        workspace = self.workspace(workspace_id)
        is_child = workspace.parent_id is not None
        if person_id is not None:
            who = self.standings_in(workspace, person_id)
            if is_child or not may(who, Permission.EXPORT_HISTORY):
                raise Refused(Refusal.ROLE_TOO_LOW)
        asked = Export.ask(
            export_id,
            workspace_id=workspace_id,
            tree_id=None if is_child else workspace.tree_id,
            person_id=person_id,
            because=because,
        )
        self.save(asked)
        return asked

    @decided_again
    def make_export(self, export_id: UUID, holding: Holding, *, because: Because) -> Export:
        """Say what is in it; the first time counts."""
        export = self.export(export_id)
        export.make(holding, because=because)
        self.save(export)
        return export

    def export(self, export_id: UUID) -> Export:
        return self._load(Export, export_id)
