"""Commands on where a workspace's agents meet people: its widgets."""

from __future__ import annotations

from uuid import UUID

from domain.because import Because
from domain.commands.inside import Inside
from domain.conflicts import decided_again
from domain.deployment import Deployment, Widget
from domain.permissions import Permission
from domain.refusals import Unknown
from domain.workspace import Workspace


class Deploying(Inside):
    """`person_id` is None for an API key of the workspace, which was asked for its scope where it came in."""

    @decided_again
    def create_widget(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        deployment_id: UUID,
        *,
        agent_id: UUID,
        name_digest: str,
        allowed_origins: tuple[str, ...],
        because: Because,
    ) -> Widget:
        """Once for an id; as it was made, which tells another request with the same id from the same one."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.DEPLOY)
        self.agent_in(workspace_id, agent_id)
        found = self.deployments_in(workspace_id) or Deployment.begin(workspace, because=because)
        found.create(
            workspace,
            deployment_id,
            agent_id=agent_id,
            name_digest=name_digest,
            allowed_origins=allowed_origins,
            because=because,
        )
        self.save(found)
        return found.made[deployment_id]

    @decided_again
    def change_widget(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        deployment_id: UUID,
        *,
        name_digest: str,
        allowed_origins: tuple[str, ...],
        because: Because,
    ) -> None:
        workspace, found = self._to_deploy(workspace_id, person_id)
        found.change(
            workspace,
            deployment_id,
            name_digest=name_digest,
            allowed_origins=allowed_origins,
            because=because,
        )
        self.save(found)

    @decided_again
    def enable_widget(
        self, workspace_id: UUID, person_id: UUID | None, deployment_id: UUID, *, because: Because
    ) -> None:
        workspace, found = self._to_deploy(workspace_id, person_id)
        found.enable(workspace, deployment_id, kept_off=self.keeps_off(workspace), because=because)
        self.save(found)

    @decided_again
    def disable_widget(
        self, workspace_id: UUID, person_id: UUID | None, deployment_id: UUID, *, because: Because
    ) -> None:
        workspace, found = self._to_deploy(workspace_id, person_id)
        found.disable(workspace, deployment_id, because=because)
        self.save(found)

    @decided_again
    def remove_widget(
        self, workspace_id: UUID, person_id: UUID | None, deployment_id: UUID, *, because: Because
    ) -> None:
        workspace, found = self._to_deploy(workspace_id, person_id)
        found.remove(workspace, deployment_id, because=because)
        self.save(found)

    def _to_deploy(self, workspace_id: UUID, person_id: UUID | None) -> tuple[Workspace, Deployment]:
        workspace = self._workspace_for(workspace_id, person_id, Permission.DEPLOY)
        found = self.deployments_in(workspace_id)
        if found is None:
            raise Unknown(f"the widgets of {workspace_id}")
        return workspace, found
