"""Where a workspace stands: alone, as an anchor, or as a child; and on which plan.

Each command decides and records at most one fact.
"""

from __future__ import annotations

from uuid import UUID

from domain import visibility
from domain.because import Because
from domain.permissions import Permission, Role, Standing, may
from domain.refusals import Refusal, Refused
from domain.workspace import Workspace


def choose_plan(workspace: Workspace, tree_id: UUID, plan: str, *, because: Because) -> None:
    workspace.record(workspace.PlanChosen, because, tree_id=tree_id, plan=plan)


def become_anchor(
    workspace: Workspace, tree_id: UUID, plan: str, customer_id: str, *, because: Because
) -> None:
    workspace.record(
        workspace.BecameAnchor,
        because,
        tree_id=tree_id,
        plan_from=workspace.plan,
        plan_to=plan,
        customer_id=customer_id,
    )


def change_plan(workspace: Workspace, plan: str, *, because: Because) -> None:
    """With its tree."""
    if plan != workspace.plan:
        workspace.note(workspace.PlanChanged, because, plan_from=workspace.plan, plan_to=plan)


def downgrade(workspace: Workspace, plan: str, quota_events: int, *, because: Because) -> None:
    """Out of the tree, to stand alone."""
    workspace.note(
        workspace.Downgraded,
        because,
        was_anchor=workspace.parent_id is None,
        parent_id_from=workspace.parent_id,
        plan_from=workspace.plan,
        plan_to=plan,
        quota_events=quota_events,
        members_kept=len(workspace.members),
    )


def adopt(workspace: Workspace, tree_id: UUID, parent_id: UUID, plan: str, *, because: Because) -> None:
    """Into a tree, below its anchor; with everything and everybody in it."""
    workspace.record(
        workspace.Adopted,
        because,
        tree_id=tree_id,
        parent_id=parent_id,
        plan_from=workspace.plan,
        plan_to=plan,
    )


def delete(workspace: Workspace, *, who: frozenset[Standing], has_children: bool, because: Because) -> None:
    if workspace.deleted:
        return
    if refusal := why_not_delete(workspace, who=who, has_children=has_children):
        raise Refused(refusal)
    workspace.note(workspace.Deleted, because, parent_id=workspace.parent_id)


def close(workspace: Workspace, *, who: frozenset[Standing], because: Because) -> None:
    """The end of one that stands alone."""
    if workspace.deleted:
        return
    if refusal := why_not_close(workspace, who=who):
        raise Refused(refusal)
    workspace.note(workspace.Closed, because)


# Rules. The first refusal that applies, in the order `Refusal` lists them.


def why_not_delete(workspace: Workspace, *, who: frozenset[Standing], has_children: bool) -> Refusal | None:
    is_child = workspace.parent_id is not None
    needed = Permission.DELETE_CHILD if is_child else Permission.HANDLE_BILLING
    if not may(who, needed) or not visibility.allows(workspace, who, needed):
        return Refusal.ROLE_TOO_LOW  # what pays is given up on the billing page
    if has_children:
        return Refusal.CHILDREN_EXIST
    return None if is_child else Refusal.NOT_A_CHILD


def why_not_close(workspace: Workspace, *, who: frozenset[Standing]) -> Refusal | None:
    """Whatever it chose and has not paid for does not stand in the way."""
    if not may(who, Permission.CLOSE_WORKSPACE):
        return Refusal.ROLE_TOO_LOW
    return Refusal.NOT_ALONE if workspace.tree_id is not None else None


def is_only_of(workspace: Workspace, person_id: UUID) -> bool:
    """Whether it stands alone, and nobody but them belongs to it."""
    return workspace.tree_id is None and set(workspace.members) == {person_id}


def why_not_adopt(workspace: Workspace, person_id: UUID) -> Refusal | None:
    """Whoever brings a workspace into an agency owns it; that they own the anchor too is asked there."""
    if workspace.deleted:
        return Refusal.WORKSPACE_DELETED
    if workspace.members.get(person_id) is not Role.OWNER:
        return Refusal.NOT_YOURS_TO_ADOPT
    return Refusal.NOT_ALONE if workspace.tree_id is not None else None
