"""How a command finds out whether somebody may change what lives in a workspace, and what it holds.

Nobody in particular is a program with a key of that very workspace, which may do what its admins may; the
key of a child speaks for the client, so what the agency shows them binds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from domain import membership
from domain.agent import Agent
from domain.because import Because
from domain.commands.loading import Loading
from domain.holdings import Held, Holdings
from domain.ids import stream_of_holdings
from domain.knowledge import KnowledgeBase
from domain.limits import require_room
from domain.permissions import Permission, Standing
from domain.plans import PLANS
from domain.refusals import Unknown
from domain.workspace import Workspace


class Inside(Loading):
    def held(self, workspace_id: UUID, kind: Held) -> Mapping[UUID, int]:
        """Each thing of this kind that the workspace holds, and its size."""
        holdings = self._holdings(workspace_id)
        return holdings.of(kind) if holdings else {}

    def agent_in(self, workspace_id: UUID, agent_id: UUID, *, also_deleted: bool = False) -> Agent:
        """An agent of this very workspace; of another one there is none by that name."""
        agent = self._load(Agent, agent_id)
        if agent.workspace_id != workspace_id or (agent.deleted and not also_deleted):
            raise Unknown(f"Agent {agent_id}")
        return agent

    def agents_in(self, workspace_id: UUID) -> list[Agent]:
        """All that were not deleted; for who pauses and activates them together."""
        return [self.agent_in(workspace_id, one) for one in sorted(self.held(workspace_id, Held.AGENT))]

    def knowledge_base(
        self, workspace_id: UUID, base_id: UUID, *, deleted_too: bool = False
    ) -> KnowledgeBase:
        """One of this workspace; of any other there is none."""
        base = self._load(KnowledgeBase, base_id)
        if base.workspace_id != workspace_id or (base.deleted and not deleted_too):
            raise Unknown(f"KnowledgeBase {base_id}")
        return base

    def _holding(
        self, workspace: Workspace, kind: Held, thing_id: UUID, size: int | None, because: Because
    ) -> list[Holdings]:
        """What is to be saved beside a thing whose size becomes this. The limit is asked of the very version
        that is saved, so that of two who take the last place at once one decides again."""
        holdings = self._holdings(workspace.id)
        held = holdings.of(kind) if holdings is not None else {}
        require_room(held, kind, thing_id, size, PLANS[workspace.plan].limits)
        if holdings is not None:
            holdings.set(kind, thing_id, size, workspace.tree_id, because=because)
            return [holdings]
        if size is None:
            return []
        return [Holdings.begin(workspace.id, workspace.tree_id, kind, thing_id, size, because=because)]

    def _holdings(self, workspace_id: UUID) -> Holdings | None:
        return self._load_or_none(Holdings, stream_of_holdings(workspace_id))

    def _workspace_for(self, workspace_id: UUID, person_id: UUID | None, permission: Permission) -> Workspace:
        workspace = self.workspace(workspace_id)
        membership.require(workspace, self._who(workspace, person_id), permission)
        return workspace

    def _who(self, workspace: Workspace, person_id: UUID | None) -> frozenset[Standing]:
        if person_id is not None:
            return self.standings_in(workspace, person_id)
        is_child = workspace.parent_id is not None
        return frozenset({Standing.CHILD_ADMIN if is_child else Standing.ANCHOR_ADMIN})
