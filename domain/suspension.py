"""Suspension: what of a workspace goes off with its customer, and what of that comes back?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.agent import Agent, AgentStatus
from domain.because import Because
from domain.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Running:
    """The agents of a workspace, and its deployments: one stream, or None where there never was one."""

    workspace: Workspace
    agents: Sequence[Agent]
    deployments: Any  # Deployment

    @property
    def agents_on(self) -> tuple[UUID, ...]:
        return tuple(one.id for one in self.agents if one.status is AgentStatus.ACTIVE)

    @property
    def deployments_on(self) -> tuple[UUID, ...]:
        if self.deployments is None:
            return ()
        return tuple(one for one, widget in self.deployments.widgets.items() if widget.enabled)

    def agents_to_restore(self, agent_ids: Collection[UUID]) -> tuple[UUID, ...]:
        """Of those that were on: what was deleted meanwhile is gone, and what was switched since is left."""
        return tuple(one.id for one in self.agents if one.id in agent_ids and one.suspended)

    def deployments_to_restore(self, deployment_ids: Collection[UUID]) -> tuple[UUID, ...]:
        if self.deployments is None:
            return ()
        widgets = self.deployments.widgets.items()
        return tuple(one for one, widget in widgets if one in deployment_ids and widget.by_suspension)

    def switch_off(self, *, because: Because) -> None:
        for agent in self.agents:
            agent.pause(tree_id=self.workspace.tree_id, by_suspension=True, because=because)
        if self.deployments is not None:
            self.deployments.suspend(self.workspace, because=because)

    def switch_on(self, agent_ids: Collection[UUID], *, because: Because) -> None:
        for agent in self.agents:
            if agent.id in agent_ids:
                agent.activate(tree_id=self.workspace.tree_id, because=because)
        if self.deployments is not None:
            self.deployments.resume(self.workspace, because=because)

    @property
    def changed(self) -> list[Any]:
        """What is to be saved."""
        those = [*self.agents, self.deployments]
        return [one for one in those if one is not None and one.pending_events]
