"""Of several reasons for a "no", the one that comes first in the enum is the answer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from domain import membership, subscription
from domain.membership import INVITATION_DAYS, INVITATIONS_OPEN_MAX
from domain.permissions import Role, Standing
from domain.plans import PLANS
from domain.refusals import Refusal, Refused
from domain.workspace import Workspace
from tests.domain.acts import a_full_workspace
from tests.histories.life import ANA, ANCHOR, BEN, EVE, TREE, VERA, Life, an_agency, named


def a_workspace_where_all_is_wrong(life: Life) -> Workspace:
    """Deleted, full, with too many open invitations, and Ben a member already."""
    workspace = life.agency.workspace(a_full_workspace(life))
    workspace.members[BEN] = Role.MEMBER
    late = life.now + timedelta(days=INVITATION_DAYS)
    workspace.invitations = {
        named(f"open {number}"): membership.Invitation(person_id=VERA, role=Role.VIEWER, expires_at=late)
        for number in range(INVITATIONS_OPEN_MAX)
    }
    workspace.deleted = True
    return workspace


def test_an_invitation_meets_its_refusals_in_their_order():
    life = an_agency()
    workspace = a_workspace_where_all_is_wrong(life)
    met: list[Refusal | None] = []

    def ask(whom: UUID, role: Role, *standings: Standing) -> None:
        who = frozenset(standings)
        met.append(membership.why_not_invite(workspace, whom, role, who=who, at=life.now))

    ask(BEN, Role.ADMIN)
    workspace.deleted = False
    ask(BEN, Role.ADMIN)
    ask(BEN, Role.ADMIN, Standing.CHILD_ADMIN)
    ask(BEN, Role.VIEWER, Standing.CHILD_ADMIN)
    ask(EVE, Role.VIEWER, Standing.CHILD_ADMIN)
    workspace.members = {ANA: Role.OWNER}
    ask(EVE, Role.VIEWER, Standing.CHILD_ADMIN)
    workspace.invitations = {}
    ask(EVE, Role.VIEWER, Standing.CHILD_ADMIN)

    assert met == [*in_order(met), None]
    assert len(met) == 7


def test_accepting_meets_its_refusals_in_their_order():
    life = an_agency()
    workspace = a_workspace_where_all_is_wrong(life)
    mine, theirs = named("mine"), named("theirs")
    over = membership.Invitation(person_id=BEN, role=Role.VIEWER, expires_at=life.now)
    workspace.invitations = {mine: over}
    met: list[Refusal | None] = []

    def ask(invitation_id: UUID) -> None:
        met.append(membership.why_not_accept(workspace, invitation_id, at=life.now))

    ask(mine)
    workspace.deleted = False
    ask(mine)
    ask(theirs)
    workspace.members = {ANA: Role.OWNER}
    ask(theirs)
    ask(mine)

    assert met == in_order(met)
    assert met[-1] is Refusal.INVITATION_EXPIRED
    assert len(met) == 5


def test_a_stranger_who_would_delete_an_anchor_is_told_of_the_role_and_not_of_its_children():
    life = an_agency()

    with pytest.raises(Refused, match="role_too_low"):
        life.agency.delete_child(ANCHOR, EVE, because=life.by(EVE))


def test_a_tree_that_ended_says_so_before_anything_else():
    life = an_agency()
    life.ended()
    tree = life.agency.tree(TREE)

    answers = {
        tree.why_not_add_child(),
        subscription.why_not_cancel(tree),
        subscription.why_not_reactivate(tree),
    }

    assert answers == {Refusal.TREE_ENDED}
    assert not PLANS[tree.plan].may_be_agency


def in_order(met: list[Refusal | None]) -> list[Refusal]:
    return [refusal for refusal in Refusal if refusal in met]
