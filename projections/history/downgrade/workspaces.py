"""What every workspace of a tree was before its end and is after it, and whom it kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.fact import Fact
from domain.permissions import Role
from domain.plans import FREE
from domain.workspace import Workspace
from projections.history.downgrade.story import (
    MemberKept,
    MemberLeft,
    Release,
    WorkspaceDeleted,
    WorkspaceTold,
)
from projections.history.downgrade.subscription import SubscriptionTold

STAFF = frozenset({Role.OWNER, Role.ADMIN})


class WorkspacesTold:
    """The workspaces of one tree, folded by the aggregate itself until the moment of the end."""

    def __init__(self, tree: SubscriptionTold) -> None:
        self.tree = tree
        self.workspaces: dict[UUID, Workspace] = {}
        self.joined_at: dict[tuple[UUID, UUID], datetime] = {}
        self.left: defaultdict[UUID, list[MemberLeft]] = defaultdict(list)
        self.told: list[WorkspaceTold] = []
        self.released: defaultdict[str, list[WorkspaceTold]] = defaultdict(list)  # by their cause
        self.deleted: list[WorkspaceDeleted] = []

    def tell(self, fact: Fact) -> None:
        event = fact.event
        match event:
            case Workspace.Opened():
                self.joined_at[fact.stream, event.owner_id] = event.timestamp
            case Workspace.MemberJoined():
                self.joined_at[fact.stream, event.person_id] = event.timestamp
            case Workspace.MemberRemoved() if self._is_ours(fact):
                gone = MemberLeft(
                    person_id=event.person_id, role=event.role, left_at=event.timestamp, actor=event.actor
                )
                self.left[fact.stream].append(gone)
            case Workspace.Deleted() if event.tree_id == self.tree.tree_id:
                self._delete(fact)
            case Workspace.Downgraded() if self.tree.ends_with(fact):
                self.told.append(self._came_out(fact, self.tree.pool_events))
            case Workspace.Downgraded() if (change := self.tree.releases.get(event.cause)) is not None:
                self.released[event.cause].append(self._came_out(fact, change.pool_events_from))
        self.workspaces[fact.stream] = event.mutate(self.workspaces.get(fact.stream))

    def foretell(self) -> list[WorkspaceTold]:
        """What would become of each workspace if the tree ended as it now is."""
        mine = [one for one in self.workspaces.values() if one.tree_id == self.tree.tree_id]
        mine.sort(key=lambda one: one.parent_id is not None)
        pool_events = self.tree.pool_events
        return [self._told(one.id, pool_events, FREE.pool_events, FREE.name, None) for one in mine]

    def releases(self) -> tuple[Release, ...]:
        """What each change of plan had no place for."""
        return tuple(
            replace(release, workspaces=tuple(self.released[cause]))
            for cause, release in self.tree.releases.items()
            if cause in self.released
        )

    def _is_ours(self, fact: Fact) -> bool:
        """What befell an adopted workspace before is its own."""
        return fact.tree_id == self.tree.tree_id or fact.stream == self.tree.anchor_id

    def _came_out(self, fact: Fact, pool_events: int) -> WorkspaceTold:
        event = fact.event
        return self._told(fact.stream, pool_events, event.quota_events, event.plan_to, event.timestamp)

    def _told(
        self, stream: UUID, pool_events: int, quota_events: int, plan_to: str, at: datetime | None
    ) -> WorkspaceTold:
        workspace = self.workspaces[stream]
        members = tuple(
            MemberKept(person_id=person_id, role=role, joined_at=self.joined_at[stream, person_id])
            for person_id, role in workspace.members.items()
        )
        return WorkspaceTold(
            workspace_id=stream,
            name_digest=workspace.name_digest,
            was_anchor=workspace.parent_id is None,
            plan_from=workspace.plan,
            plan_to=plan_to,
            parent_id_from=workspace.parent_id,
            pool_events_from=pool_events,
            quota_events_to=quota_events,
            members=members,
            members_left=tuple(one for one in self.left[stream] if one.person_id not in workspace.members),
            lost_sight=self._lost_sight(workspace),
            keys=len(workspace.keys),
            downgraded_at=at,
        )

    def _lost_sight(self, workspace: Workspace) -> tuple[UUID, ...]:
        if workspace.parent_id is None:
            return ()
        above = self.workspaces[workspace.parent_id].members.items()
        return tuple(one for one, role in above if role in STAFF and one not in workspace.members)

    def _delete(self, fact: Fact) -> None:
        self.deleted.append(
            WorkspaceDeleted(
                workspace_id=fact.stream,
                name_digest=self.workspaces[fact.stream].name_digest,
                deleted_at=fact.event.timestamp,
                actor=fact.event.actor,
            )
        )


def told_workspaces(facts: Iterable[Fact], tree: SubscriptionTold) -> WorkspacesTold:
    """Told until the end of the tree: what came after is no part of the story."""
    told = WorkspacesTold(tree)
    for fact in facts:
        if tree.end is not None and fact.append > tree.end.append:
            break
        if isinstance(fact.event, Workspace.Event):
            told.tell(fact)
    return told
