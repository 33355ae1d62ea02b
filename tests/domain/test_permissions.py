"""Who may invite, give and take what: written out here once more, by hand, from the product's rules."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise, product
from uuid import UUID

import pytest

from domain import membership
from domain.because import Because
from domain.permissions import TABLE, Permission, Role, Standing, may, permission_to_give, standings
from domain.placement import why_not_delete
from domain.refusals import Refusal, Refused
from domain.workspace import Workspace
from tests.histories.life import ADAM, ANA, BEN, EVE, named

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
BECAUSE = Because(actor=f"person:{ANA}", cause="request:1", story="request:1", at=NOW)
OWNER, ADMIN, MEMBER, VIEWER, AUDITOR = Role

# What someone with one standing may give, or take away, in a workspace.
GIVES: dict[Standing, set[Role]] = {
    Standing.ANCHOR_OWNER: {OWNER, ADMIN, MEMBER, VIEWER, AUDITOR},
    Standing.ANCHOR_ADMIN: {ADMIN, MEMBER, VIEWER},
    Standing.CHILD_OWNER: {OWNER, MEMBER, VIEWER, AUDITOR},
    Standing.CHILD_ADMIN: {MEMBER, VIEWER},
    Standing.MEMBER: set(),
    Standing.VIEWER: set(),
    Standing.AUDITOR: set(),
    Standing.CHILD_AUDITOR: set(),
    Standing.SUPPORT: set(),
}
# Of the tree, its money and its anchor a client learns nothing.
OF_THE_TREE = {
    Permission.SEE_TREE,
    Permission.SEE_BILLING,
    Permission.HANDLE_BILLING,
    Permission.CREATE_CHILD,
    Permission.SET_VISIBILITY,
    Permission.INVITE_ADMIN,
    Permission.SEE_LOOKS,
    Permission.SEE_CUSTOMERS,
    Permission.HANDLE_CUSTOMERS,
    Permission.HANDLE_TEMPLATES,
    Permission.SEE_CREDITS,
    Permission.HANDLE_CREDITS,
    Permission.SET_TOP_UP,
    Permission.SET_BUDGETS,
}
CLIENTS = (
    Standing.CHILD_OWNER,
    Standing.CHILD_ADMIN,
    Standing.CHILD_AUDITOR,
    Standing.MEMBER,
    Standing.VIEWER,
)


def a_workspace(**members: Role) -> Workspace:
    """Ana's, and whoever else is named."""
    workspace = Workspace.open(
        named("Acme"), name_digest="acme", owner_id=ANA, plan="agency", because=BECAUSE
    )
    workspace.members |= {named(name): role for name, role in members.items()}
    return workspace


def allowed(command: object, *given: object, **named_given: object) -> bool:
    try:
        command(*given, **named_given)  # type: ignore[operator]
    except Refused as refused:
        return refused.refusal not in {Refusal.ROLE_TOO_LOW, Refusal.ROLE_NOT_YOURS_TO_GIVE}
    return True


@pytest.mark.parametrize(("standing", "role"), list(product(Standing, Role)))
def test_who_may_invite_whom(standing, role):
    workspace = a_workspace()
    who = frozenset({standing})

    invited = allowed(membership.invite, workspace, named("i"), EVE, role, NOW, who=who, because=BECAUSE)

    assert invited == (role in GIVES[standing])
    assert len(workspace.pending_events) == 1 + invited


@pytest.mark.parametrize(("standing", "role_from", "role_to"), list(product(Standing, Role, Role)))
def test_who_may_change_which_role_into_which(standing, role_from, role_to):
    workspace = a_workspace(Ben=role_from)
    who = frozenset({standing})

    changed = allowed(membership.change_role, workspace, BEN, role_to, who=who, because=BECAUSE)

    nothing_to_do = role_from is role_to
    assert changed == (nothing_to_do or {role_from, role_to} <= GIVES[standing])
    assert workspace.members[BEN] is (role_to if changed else role_from)


@pytest.mark.parametrize(("standing", "role"), list(product(Standing, Role)))
def test_who_may_remove_whom(standing, role):
    workspace = a_workspace(Ben=role)
    who = frozenset({standing})

    removed = allowed(membership.remove_member, workspace, BEN, leaving=False, who=who, because=BECAUSE)

    assert removed == (role in GIVES[standing])
    assert (BEN in workspace.members) is not removed


@pytest.mark.parametrize("role", [ADMIN, MEMBER, VIEWER, AUDITOR])
def test_whoever_is_not_the_last_owner_may_leave(role):
    workspace = a_workspace(Ben=role)

    membership.remove_member(workspace, BEN, leaving=True, who=frozenset(), because=BECAUSE)

    assert workspace.members == {ANA: OWNER}


@pytest.mark.parametrize(("standing", "is_child"), list(product(Standing, (True, False))))
def test_only_the_owner_of_a_child_deletes_it(standing, is_child):
    workspace = a_workspace()
    workspace.parent_id = named("anchor") if is_child else None

    why_not = why_not_delete(workspace, who=frozenset({standing}), has_children=False)

    assert (why_not is None) == (is_child and standing is Standing.CHILD_OWNER)


@pytest.mark.parametrize("standing", CLIENTS)
def test_a_client_never_gets_a_permission_of_the_tree(standing):
    granted = {permission for permission in Permission if may(frozenset({standing}), permission)}

    assert granted.isdisjoint(OF_THE_TREE)


@pytest.mark.parametrize("standing", [Standing.MEMBER, Standing.VIEWER])
def test_a_member_or_viewer_can_create_nothing(standing):
    granted = {permission for permission in Permission if may(frozenset({standing}), permission)}

    works = {Permission.EDIT_PROMPTS, Permission.CONFIGURE} if standing is Standing.MEMBER else set()
    assert {one for one in granted if not one.startswith("see_")} == works | {Permission.LEAVE}


def test_the_table_answers_for_every_permission_and_lets_nobody_in_without_a_standing():
    assert set(TABLE) == set(Permission)
    assert all(TABLE.values())
    assert not any(may(frozenset(), permission) for permission in Permission)
    assert {permission_to_give(role) for role in Role} <= set(Permission)


def test_what_one_needs_to_give_each_role():
    assert {role: permission_to_give(role) for role in Role} == {
        OWNER: Permission.GIVE_OWNERSHIP,
        ADMIN: Permission.INVITE_ADMIN,
        MEMBER: Permission.INVITE_CLIENT,
        VIEWER: Permission.INVITE_CLIENT,
        AUDITOR: Permission.GIVE_OWNERSHIP,
    }


def test_a_higher_standing_of_the_same_place_may_all_that_a_lower_one_may():
    ladders = (
        (Standing.ANCHOR_OWNER, Standing.ANCHOR_ADMIN),
        (Standing.CHILD_OWNER, Standing.CHILD_ADMIN, Standing.MEMBER, Standing.VIEWER),
        (Standing.ANCHOR_OWNER, Standing.AUDITOR, Standing.CHILD_AUDITOR, Standing.VIEWER),
        (Standing.ANCHOR_ADMIN, Standing.AUDITOR),
        (Standing.CHILD_ADMIN, Standing.CHILD_AUDITOR),
    )

    falls_short = [
        (higher, permission)
        for ladder in ladders
        for higher, lower in pairwise(ladder)
        for permission, who in TABLE.items()
        if lower in who and higher not in who
    ]

    assert falls_short == []


@pytest.mark.parametrize(
    ("here", "in_anchor", "is_child", "expected"),
    [
        (OWNER, None, False, {Standing.ANCHOR_OWNER}),
        (ADMIN, None, False, {Standing.ANCHOR_ADMIN}),
        (OWNER, None, True, {Standing.CHILD_OWNER}),
        (ADMIN, None, True, {Standing.CHILD_ADMIN}),
        (MEMBER, None, True, {Standing.MEMBER}),
        (MEMBER, None, False, {Standing.MEMBER}),
        (VIEWER, None, False, {Standing.VIEWER}),
        (None, OWNER, True, {Standing.ANCHOR_OWNER}),
        (None, ADMIN, True, {Standing.ANCHOR_ADMIN}),
        (None, MEMBER, True, set()),
        (None, VIEWER, True, set()),
        (OWNER, OWNER, True, {Standing.CHILD_OWNER, Standing.ANCHOR_OWNER}),
        (VIEWER, ADMIN, True, {Standing.VIEWER, Standing.ANCHOR_ADMIN}),
        (None, OWNER, False, set()),
        (None, None, True, set()),
        (AUDITOR, None, False, {Standing.AUDITOR}),
        (AUDITOR, None, True, {Standing.CHILD_AUDITOR}),
        (None, AUDITOR, True, {Standing.AUDITOR}),
        (None, AUDITOR, False, set()),
        (VIEWER, AUDITOR, True, {Standing.VIEWER, Standing.AUDITOR}),
        (VIEWER, VIEWER, True, {Standing.VIEWER}),
    ],
)
def test_what_a_person_is_to_a_workspace(here, in_anchor, is_child, expected):
    assert standings(here=here, in_anchor=in_anchor, is_child=is_child) == expected


@pytest.mark.parametrize(("here", "is_child"), [(None, False), (None, True), (MEMBER, False), (OWNER, True)])
def test_a_look_adds_to_what_a_person_is_and_takes_nothing_away(here, is_child):
    ordinary = standings(here=here, in_anchor=None, is_child=is_child)

    looking = standings(here=here, in_anchor=None, is_child=is_child, looks=True)

    assert Standing.SUPPORT not in ordinary
    assert looking == ordinary | {Standing.SUPPORT}


# The whole table once more, by hand: who may what, in the order of `Standing`. A cell that is changed in the
# code alone is found here.
#        anchor: owner, admin; child: owner, admin; member, viewer, auditor, child auditor, support
GRID = """
see_workspace   x x x x x x x x x
see_members     x x x x x . x x x
see_timeline    x x x x . . x x x
see_tree        x x . . . . x . x
see_billing     x x . . . . x . x
see_invoices    x x x x . . x x x
open_invoice    x x x x . . x x .
see_events      x x x x . . x x x
see_keys        x x x x . . x x x
see_looks       x x . . . . x . .
export_history  x x . . . . x . .
leave           x x x x x x x x .
rename          x x x x . . . . .
invite_client   x x x x . . . . .
invite_admin    x x . . . . . . .
give_ownership  x . x . . . . . .
remove_member   x x x x . . . . .
handle_keys     x x x x . . . . .
void_events     x x x x . . . . .
set_hourly_rate x x x x . . . . .
set_visibility  x x . . . . . . .
create_child    x x . . . . . . .
delete_child    . . x . . . . . .
close_workspace x . . . . . . . .
handle_billing  x x . . . . . . .
set_single_sign_on x . . . . . . . .
see_customers    x x . . . . x . x
handle_customers x x . . . . . . .
handle_templates x x . . . . . . .
see_prompts      x x x x x x x x x
edit_prompts     x x x x x . . . .
see_configuration x x x x x x x x x
configure        x x x x x . . . .
see_deployment   x x x x x x x x x
deploy           x x x x . . . . .
see_actions      x x x x x x x x x
edit_actions     x x x x . . . . .
see_calls        x x x x x x x x x
see_transcripts  x x x x x . . . .
see_recordings   x x x x . . . . .
set_retention    x x x x . . . . .
see_credits      x x . . . . x . x
handle_credits   x x . . . . . . .
set_top_up       x . . . . . . . .
set_budgets      x x . . . . . . .
"""


def test_the_table_is_the_one_that_was_meant():
    rows = [line.split() for line in GRID.split("\n") if line]

    meant = {
        Permission(name): {one for one, mark in zip(Standing, marks, strict=True) if mark == "x"}
        for name, *marks in rows
    }

    # Only what differs: pytest would compare the two tables by their letters, for minutes.
    assert [one for one in {*meant, *TABLE} if meant.get(one) != TABLE.get(one)] == []


@pytest.mark.parametrize("standing", [Standing.AUDITOR, Standing.CHILD_AUDITOR, Standing.SUPPORT])
def test_who_only_reads_changes_nothing(standing):
    granted = {permission for permission in Permission if may(frozenset({standing}), permission)}

    assert {one for one in granted if not one.startswith(("see_", "open_", "export_"))} <= {Permission.LEAVE}


def test_roles_are_per_membership_and_never_per_person():
    acme, birch = a_workspace(Adam=ADMIN), a_workspace(Adam=VIEWER)

    roles: list[Role] = [acme.members[ADAM], birch.members[ADAM]]

    assert roles == [ADMIN, VIEWER]
    assert isinstance(acme.id, UUID)
