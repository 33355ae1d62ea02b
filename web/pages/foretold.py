"""What would become of each workspace of a tree: told by the command that would do it, and not saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.permissions import Role
from domain.plans import PLANS
from domain.tree import Tree
from domain.workspace import Workspace
from projections.catalogue import MEMBERS
from projections.history.downgrade.story import MemberKept, WorkspaceTold
from projections.history.downgrade.words import FEATURES
from projections.history.downgrade.workspaces import STAFF
from projections.history.names import KnownNames, Mentions
from projections.subscriptions import SubscriptionRow
from web.access import because, db
from web.pages.overview import lines_of
from web.services import services


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """`drawn` is what each workspace tracked in this cycle."""

    workspaces: list[WorkspaceTold]
    names: KnownNames
    drawn: Mapping[UUID, int]
    features_lost: list[str]


def if_it_ended(tree: SubscriptionRow) -> Foretold:
    after = services().agency.what_if_it_ended(tree.tree_id, because=because())
    return _foretold(tree, *after)


def if_it_changed(tree: SubscriptionRow, plan: str) -> Foretold:
    after = services().agency.what_if_it_changed(tree.tree_id, plan, because=because())
    return _foretold(tree, *after)


def _foretold(before: SubscriptionRow, tree: Tree, workspaces: list[Workspace]) -> Foretold:
    above = next(one.members for one in workspaces if one.id == tree.anchor_id)
    told = [_told(before, tree, workspace, above) for workspace in workspaces]
    mentioned = Mentions()
    for one in told:
        mentioned.people.update(one.lost_sight, (member.person_id for member in one.members))
        mentioned.workspace(one.workspace_id)
    vault = services().vault
    lost = PLANS[before.plan].features - PLANS[tree.plan].features
    return Foretold(
        workspaces=told,
        names=mentioned.looked_up(
            people=vault.people,
            texts=vault.texts,
            digests={one.workspace_id: one.name_digest for one in told},
        ),
        drawn={line.row.workspace_id: line.events for line in lines_of(before)},
        features_lost=[FEATURES.get(one, one) for one in sorted(lost)],
    )


def _told(
    before: SubscriptionRow, tree: Tree, workspace: Workspace, above: Mapping[UUID, Role]
) -> WorkspaceTold:
    """From the fact that the command recorded about this workspace, if it did record one."""
    fact = next(iter(workspace.pending_events), None)
    alone = isinstance(fact, Workspace.Downgraded)
    parent_id = fact.parent_id_from if isinstance(fact, Workspace.Downgraded) else workspace.parent_id
    return WorkspaceTold(
        workspace_id=workspace.id,
        name_digest=workspace.name_digest,
        was_anchor=workspace.id == tree.anchor_id,
        plan_from=before.plan,
        plan_to=workspace.plan,
        parent_id_from=parent_id,
        pool_events_from=before.pool_events,
        quota_events_to=fact.quota_events if isinstance(fact, Workspace.Downgraded) else tree.pool_events,
        members=_members(workspace),
        members_left=(),
        lost_sight=_lost_sight(workspace, above) if alone and parent_id else (),
        keys=len(workspace.keys),
        downgraded_at=None,
    )


def _members(workspace: Workspace) -> tuple[MemberKept, ...]:
    since = {row.person_id: row.joined_at for row in MEMBERS.in_workspace(db(), workspace.id)}
    return tuple(
        MemberKept(person_id=person_id, role=role, joined_at=since.get(person_id, workspace.created_on))
        for person_id, role in workspace.members.items()
    )


def _lost_sight(workspace: Workspace, above: Mapping[UUID, Role]) -> tuple[UUID, ...]:
    return tuple(one for one, role in above.items() if role in STAFF and one not in workspace.members)
