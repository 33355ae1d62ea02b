"""What each person could do in each workspace of a tree before its end, and what they can do after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from domain.permissions import REACHES_CHILDREN, TABLE, Permission, Role, may, standings
from domain.plans import PLANS
from projections.history.downgrade.story import DowngradeStory, WorkspaceTold

P = Permission
# The table says which role may do it; these mean nothing where there is nothing to do it to.
NOT_IN_A_CHILD = {P.SEE_TREE, P.SEE_BILLING, P.SEE_LOOKS, P.CREATE_CHILD, P.HANDLE_BILLING}
NOT_IN_A_CHILD |= {P.SET_SINGLE_SIGN_ON, P.CLOSE_WORKSPACE}
BY_A_ROLE_IN_IT = {P.LEAVE, P.SEE_INVOICES, P.OPEN_INVOICE}
OF_AN_AGENCY = {P.SEE_TREE, P.CREATE_CHILD, P.SET_VISIBILITY}


@dataclass(frozen=True, kw_only=True)
class Rights:
    """role: in the workspace itself, which nobody loses. above: in the anchor, while there was a tree."""

    workspace_id: UUID
    person_id: UUID
    role: Role | None
    above: Role | None
    before: tuple[Permission, ...]
    after: tuple[Permission, ...]

    @property
    def lost(self) -> list[Permission]:
        return [one for one in self.before if one not in self.after]

    @property
    def gained(self) -> list[Permission]:
        return [one for one in self.after if one not in self.before]

    @property
    def kept(self) -> list[Permission]:
        return [one for one in self.before if one in self.after]


def rights_of(story: DowngradeStory) -> list[Rights]:
    """Workspace by workspace: its members first, then those who came in through the anchor."""
    anchor = next((one for one in story.workspaces if one.was_anchor), None)
    leading = {one.person_id: one.role for one in anchor.members} if anchor else {}
    return [rights for one in story.workspaces for rights in _in_workspace(one, leading)]


def _in_workspace(told: WorkspaceTold, leading: dict[UUID, Role]) -> Iterator[Rights]:
    members = {one.person_id: one.role for one in told.members}
    above = {} if told.was_anchor else leading
    through_anchor = [one for one, role in above.items() if role in REACHES_CHILDREN and one not in members]
    for person_id in (*members, *through_anchor):
        role, in_anchor = members.get(person_id), above.get(person_id)
        yield Rights(
            workspace_id=told.workspace_id,
            person_id=person_id,
            role=role,
            above=in_anchor,
            before=_before(told, role, in_anchor),
            after=_after(told, role),
        )


def _before(told: WorkspaceTold, role: Role | None, in_anchor: Role | None) -> tuple[Permission, ...]:
    who = standings(here=role, in_anchor=in_anchor, is_child=not told.was_anchor)
    missing = {P.CLOSE_WORKSPACE, P.DELETE_CHILD} if told.was_anchor else set(NOT_IN_A_CHILD)
    missing |= BY_A_ROLE_IN_IT if role is None else set()
    return tuple(one for one in TABLE if may(who, one) and one not in missing | _not_bought(told.plan_from))


def _after(told: WorkspaceTold, role: Role | None) -> tuple[Permission, ...]:
    """It stands alone; the anchor’s people still read the history of what it led."""
    who = standings(here=role, in_anchor=None, is_child=False)
    missing = _not_bought(told.plan_to) - ({P.SEE_TREE} if told.was_anchor else set()) | {P.DELETE_CHILD}
    return tuple(one for one in TABLE if may(who, one) and one not in missing)


def _not_bought(plan: str) -> set[Permission]:
    bought = PLANS[plan]
    missing = set() if bought.may_be_agency else set(OF_AN_AGENCY)
    return missing if "single_sign_on" in bought.features else missing | {P.SET_SINGLE_SIGN_ON}
