"""Commands on what is asked of a client's own servers around a call: the actions of a workspace."""

from __future__ import annotations

from uuid import UUID

from domain.action import Action, Asked
from domain.because import Because
from domain.commands.inside import Inside
from domain.conflicts import decided_again
from domain.permissions import Permission
from domain.refusals import Unknown
from domain.workspace import Workspace


class Acting(Inside):
    """`person_id` is None for an API key of the workspace, which was asked for its scope where it came in."""

    @decided_again
    def create_action(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        action_id: UUID,
        asked: Asked,
        *,
        because: Because,
    ) -> Asked:
        """Once for an id; as it was made, which tells another request with the same id from the same one."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.EDIT_ACTIONS)
        found = self.actions_in(workspace_id) or Action.begin(workspace, because=because)
        found.create(workspace, action_id, asked, because=because)
        self.save(found)
        return found.made[action_id]

    @decided_again
    def change_action(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        action_id: UUID,
        asked: Asked,
        *,
        because: Because,
    ) -> None:
        workspace, found = self._to_act(workspace_id, person_id)
        found.change(workspace, action_id, asked, because=because)
        self.save(found)

    @decided_again
    def move_action(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        action_id: UUID,
        *,
        up: bool,
        because: Because,
    ) -> None:
        workspace, found = self._to_act(workspace_id, person_id)
        found.move(workspace, action_id, up=up, because=because)
        self.save(found)

    @decided_again
    def enable_action(
        self, workspace_id: UUID, person_id: UUID | None, action_id: UUID, *, because: Because
    ) -> None:
        workspace, found = self._to_act(workspace_id, person_id)
        found.enable(workspace, action_id, because=because)
        self.save(found)

    @decided_again
    def disable_action(
        self, workspace_id: UUID, person_id: UUID | None, action_id: UUID, *, because: Because
    ) -> None:
        workspace, found = self._to_act(workspace_id, person_id)
        found.disable(workspace, action_id, because=because)
        self.save(found)

    @decided_again
    def delete_action(
        self, workspace_id: UUID, person_id: UUID | None, action_id: UUID, *, because: Because
    ) -> None:
        workspace, found = self._to_act(workspace_id, person_id)
        found.delete(workspace, action_id, because=because)
        self.save(found)

    def _to_act(self, workspace_id: UUID, person_id: UUID | None) -> tuple[Workspace, Action]:
        workspace = self._workspace_for(workspace_id, person_id, Permission.EDIT_ACTIONS)
        found = self.actions_in(workspace_id)
        if found is None:
            raise Unknown(f"the actions of {workspace_id}")
        return workspace, found
