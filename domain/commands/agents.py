"""Commands on voice agents: made, told what to say, set up, switched on and off, and given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.agent import Agent, AgentStatus, Prompt
from domain.because import Because
from domain.commands.inside import Inside
from domain.conflicts import decided_again
from domain.holdings import Held
from domain.permissions import Permission
from domain.refusals import Refusal, Refused, Unknown
from domain.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Attachments:
    """Ids of things in the same workspace: what is to be attached to an agent, and what to be detached."""

    attach: tuple[UUID, ...] = ()
    detach: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to change of an agent; the rest stays as it is."""

    name_digest: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    based_on: int | None = None  # how often it had been configured for who chose these settings
    status: AgentStatus | None = None
    knowledge: Attachments = Attachments()
    actions: Attachments = Attachments()


class Agents(Inside):
    """`person_id` is None for an API key of the workspace itself, which does what its admin may."""

    @decided_again
    def make_agent(
        self,
        agent_id: UUID,
        workspace_id: UUID,
        person_id: UUID | None,
        name_digest: str,
        *,
        because: Because,
    ) -> bool:
        """Once for an id: False if it was made before."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.CONFIGURE)
        if agent_id in self.repository:
            self.agent_in(workspace_id, agent_id, also_deleted=True)
            return False
        named: dict[str, Any] = {"name_digest": name_digest, "tree_id": workspace.tree_id}
        agent = Agent.make(agent_id, workspace_id=workspace_id, **named, because=because)
        self.save(agent, *self._holding(workspace, Held.AGENT, agent_id, 1, because))
        return True

    @decided_again
    def change_agent(
        self,
        agent_id: UUID,
        workspace_id: UUID,
        person_id: UUID | None,
        wanted: Wanted,
        *,
        because: Because,
    ) -> None:
        """Its name, how it speaks, whether it answers, what it knows and does: all of it, or nothing."""
        workspace, agent = self._to(Permission.CONFIGURE, agent_id, workspace_id, person_id)
        then: dict[str, Any] = {"tree_id": workspace.tree_id, "because": because}
        if wanted.name_digest is not None:
            agent.rename(wanted.name_digest, **then)
        agent.configure(agent.settings.but(wanted.settings), based_on=wanted.based_on, **then)
        if wanted.status is AgentStatus.ACTIVE:
            if self.is_suspended(workspace):
                raise Refused(Refusal.CUSTOMER_SUSPENDED)
            agent.activate(**then)
        if wanted.status is AgentStatus.PAUSED:
            agent.pause(**then)
        self._attach(agent, wanted, then)
        self.save(agent)

    def _attach(self, agent: Agent, wanted: Wanted, then: dict[str, Any]) -> None:
        workspace_id = agent.workspace_id
        for thing_id in wanted.knowledge.detach:
            agent.detach_knowledge(thing_id, **then)
        for thing_id in wanted.actions.detach:
            agent.detach_action(thing_id, **then)
        for thing_id in wanted.knowledge.attach:
            self.knowledge_base(workspace_id, thing_id)
            agent.attach_knowledge(thing_id, **then)
        for thing_id in wanted.actions.attach:
            self._require_action(workspace_id, thing_id)
            agent.attach_action(thing_id, **then)

    @decided_again
    def write_prompt(
        self,
        agent_id: UUID,
        workspace_id: UUID,
        person_id: UUID | None,
        prompt: Prompt,
        *,
        based_on: int,
        because: Because,
    ) -> int:
        """The number of the version."""
        workspace, agent = self._to(Permission.EDIT_PROMPTS, agent_id, workspace_id, person_id)
        number = agent.write_prompt(prompt, based_on=based_on, tree_id=workspace.tree_id, because=because)
        self.save(agent)
        return number

    @decided_again
    def restore_prompt(
        self,
        agent_id: UUID,
        workspace_id: UUID,
        person_id: UUID | None,
        number: int,
        *,
        because: Because,
    ) -> int:
        """The number of the version that has these words again."""
        workspace, agent = self._to(Permission.EDIT_PROMPTS, agent_id, workspace_id, person_id)
        if not 1 <= number <= agent.prompt_number:
            raise Unknown(f"version {number} of a prompt")
        restored = agent.restore_prompt(number, tree_id=workspace.tree_id, because=because)
        self.save(agent)
        return restored

    @decided_again
    def delete_agent(
        self, agent_id: UUID, workspace_id: UUID, person_id: UUID | None, *, because: Because
    ) -> None:
        """Its history stays; its place is free."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.CONFIGURE)
        agent = self.agent_in(workspace_id, agent_id, also_deleted=True)
        if agent.deleted:
            return
        agent.delete(tree_id=workspace.tree_id, because=because)
        self.save(agent, *self._holding(workspace, Held.AGENT, agent_id, None, because))

    # Deciding.

    def _to(
        self, permission: Permission, agent_id: UUID, workspace_id: UUID, person_id: UUID | None
    ) -> tuple[Workspace, Agent]:
        workspace = self._workspace_for(workspace_id, person_id, permission)
        return workspace, self.agent_in(workspace_id, agent_id)

    def _require_action(self, workspace_id: UUID, action_id: UUID) -> None:
        actions = self.actions_in(workspace_id)
        if actions is None or action_id not in actions.steps:
            raise Unknown(f"Action {action_id}")
