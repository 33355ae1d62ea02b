"""What an agency shows its clients: whom it binds, who decides it, and what new clients begin with."""

from __future__ import annotations

from itertools import combinations, product
from uuid import UUID

import pytest

from domain.permissions import Permission, Role, Standing
from domain.refusals import Refused, Unknown
from domain.tree import Tree
from domain.visibility import (
    CLIENTS,
    EVERYTHING,
    NEEDS,
    Area,
    Level,
    Visibility,
    binds,
    set_defaults,
    why_not_set_defaults,
)
from tests.histories.life import (
    ACME,
    ADAM,
    ANA,
    ANCHOR,
    BEN,
    BIRCH,
    EVE,
    TREE,
    Life,
    an_agency,
    digest,
    named,
)

OLGA, CARL = named("Olga"), named("Carl")  # owner and admin at the client, and nobody at the agency
NOTHING = dict.fromkeys(Area, Level.NONE)
TO_LOOK_AT = dict.fromkeys(Area, Level.VIEW)


def hidden(changes: dict[Area, Level]) -> Life:
    life = an_agency()
    life.join(ACME, OLGA, Role.OWNER)
    life.join(ACME, CARL, Role.ADMIN)
    life.agency.set_visibility(TREE, ANA, [ACME], changes, because=life.by(ANA))
    return life


def rename(life: Life, by: UUID) -> None:
    life.agency.rename(ACME, by, digest(f"new {len(life.facts)}"), because=life.by(by))


@pytest.mark.parametrize(("held", "needed"), list(product(Level, Level)))
def test_a_level_reaches_itself_and_what_is_below(held, needed):
    order = [Level.NONE, Level.VIEW, Level.EDIT]

    assert held.reaches(needed) == (order.index(held) >= order.index(needed))


def test_it_binds_people_of_a_child_who_are_nothing_else():
    sizes = range(1, len(Standing) + 1)
    every = [frozenset(some) for size in sizes for some in combinations(Standing, size)]

    bound = {who for who in every if binds(who, is_child=True)}

    of_the_agency = {Standing.ANCHOR_OWNER, Standing.ANCHOR_ADMIN, Standing.AUDITOR, Standing.SUPPORT}
    clients = set(Standing) - of_the_agency
    assert clients == CLIENTS
    assert bound == {who for who in every if who <= clients}
    assert not any(binds(who, is_child=False) for who in every)


def test_where_nothing_was_set_clients_do_what_their_role_allows():
    life = an_agency()
    life.join(ACME, OLGA, Role.OWNER)

    rename(life, OLGA)

    assert life.agency.workspace(ACME).visibility == EVERYTHING == Visibility(**dict.fromkeys(Area, "edit"))


@pytest.mark.parametrize("changes", [NOTHING, TO_LOOK_AT], ids=["none", "view"])
@pytest.mark.parametrize("by", [OLGA, CARL], ids=["Olga", "Carl"])
def test_below_edit_nobody_of_the_client_changes_the_settings_and_the_agency_does(changes, by):
    life = hidden(changes)
    recorded = len(life.facts)

    for command in (
        lambda: rename(life, by),
        lambda: life.agency.set_hourly_rate(ACME, by, 5_000, because=life.by(by)),
        lambda: life.agency.delete_child(ACME, by, because=life.by(by)),
    ):
        with pytest.raises(Refused, match="role_too_low"):
            command()

    assert len(life.facts) == recorded
    rename(life, ADAM)
    rename(life, ANA)  # who owns the client's workspace, too


def test_what_is_not_of_an_area_is_left_to_the_role():
    life = hidden(NOTHING)

    life.agency.invite(ACME, OLGA, named("i"), EVE, Role.VIEWER, because=life.by(OLGA))
    life.agency.remove_member(ACME, OLGA, BEN, because=life.by(OLGA))

    assert BEN not in life.agency.workspace(ACME).members


def test_only_what_is_named_is_changed_and_asking_twice_records_nothing():
    life = hidden({Area.PROMPTS: Level.NONE})
    recorded = len(life.facts)

    for _ in range(2):
        changes = {Area.ACTIONS: Level.VIEW}
        life.agency.set_visibility(TREE, ADAM, [ACME], changes, because=life.by(ADAM))

    assert len(life.facts) == recorded + 1
    expected = Visibility(prompts=Level.NONE, actions=Level.VIEW)
    assert life.agency.workspace(ACME).visibility == expected


def test_several_children_are_set_in_one_append():
    life = an_agency()
    life.agency.set_visibility(TREE, ANA, [ACME, BIRCH], NOTHING, because=life.by(ANA))

    first, second = life.facts[-2:]

    assert [first.name, second.name] == ["Workspace.VisibilitySet"] * 2
    assert {first.stream, second.stream} == {ACME, BIRCH}
    assert first.append == second.append


@pytest.mark.parametrize("stranger", [ANCHOR, named("nowhere")], ids=["the anchor", "nothing"])
def test_if_one_is_no_child_of_the_tree_none_is_set(stranger):
    life = an_agency()
    recorded = len(life.facts)

    with pytest.raises(Unknown):
        life.agency.set_visibility(TREE, ANA, [ACME, stranger], NOTHING, because=life.by(ANA))

    assert len(life.facts) == recorded


def test_a_new_child_takes_the_defaults_as_they_were_when_it_was_made():
    life, third, fourth = an_agency(), named("third"), named("fourth")
    life.agency.create_child(TREE, ANA, third, digest("third"), because=life.by(ANA))
    for level in (Level.NONE, Level.VIEW):
        wanted = EVERYTHING.but({Area.DASHBOARD: level})
        life.agency.set_visibility_defaults(TREE, ANA, wanted, because=life.by(ANA))
        if level is Level.NONE:
            life.agency.create_child(TREE, ANA, fourth, digest("fourth"), because=life.by(ANA))

    shown = {one: life.agency.workspace(one).visibility.dashboard for one in (ACME, third, fourth)}

    assert shown == {ACME: Level.EDIT, third: Level.EDIT, fourth: Level.NONE}
    names = [fact.name for fact in life.facts if fact.stream == fourth]
    assert names == ["Workspace.Opened", "Workspace.VisibilitySet"]
    assert len({fact.append for fact in life.facts if fact.stream == fourth}) == 1


def test_when_the_agency_ends_what_it_had_hidden_is_open_again():
    life = hidden(NOTHING)

    life.ended()

    rename(life, OLGA)
    with pytest.raises(Unknown):
        life.agency.set_visibility(TREE, ANA, [ACME], NOTHING, because=life.by(ANA))


def test_who_is_adopted_begins_without_what_an_earlier_agency_had_set():
    life = hidden(NOTHING)
    for plan in ("pro", "agency"):
        life.notice(f"evt_{plan}", "customer.subscription.updated", life.subscription(plan=plan))

    life.agency.adopt(TREE, ANA, ACME, because=life.by(ANA))

    assert life.agency.workspace(ACME).visibility == EVERYTHING
    rename(life, OLGA)


def test_defaults_are_for_an_agency_that_is_paid_for_and_has_not_ended():
    life = an_agency()
    unpaid = Tree.found(named("unpaid"), ANCHOR, "agency", None, because=life.by(ANA))
    small = Tree.found(named("small"), ANCHOR, "pro", None, because=life.by(ANA))
    running = life.agency.tree(TREE)
    life.ended()

    told = [why_not_set_defaults(tree) for tree in (small, unpaid, life.agency.tree(TREE), running)]

    assert told == ["no_agency_plan", "not_paid_yet", "tree_ended", None]


def test_whoever_sets_defaults_too_early_is_told_why():
    tree = Tree.found(named("unpaid"), ANCHOR, "agency", None, because=an_agency().by(ANA))
    recorded = len(tree.pending_events)

    with pytest.raises(Refused, match="not_paid_yet"):
        set_defaults(tree, EVERYTHING.but(NOTHING), because=an_agency().by(ANA))

    assert len(tree.pending_events) == recorded


def test_what_changes_something_in_an_area_needs_it_to_be_shown_or_to_edit_there():
    assert NEEDS == {
        Permission.RENAME: (Area.CONFIGURATION, Level.EDIT),
        Permission.SET_HOURLY_RATE: (Area.CONFIGURATION, Level.EDIT),
        Permission.DELETE_CHILD: (Area.CONFIGURATION, Level.EDIT),
        Permission.VOID_EVENTS: (Area.DASHBOARD, Level.EDIT),
        Permission.SEE_PROMPTS: (Area.PROMPTS, Level.VIEW),
        Permission.EDIT_PROMPTS: (Area.PROMPTS, Level.EDIT),
        Permission.SEE_CONFIGURATION: (Area.CONFIGURATION, Level.VIEW),
        Permission.CONFIGURE: (Area.CONFIGURATION, Level.EDIT),
        Permission.SEE_DEPLOYMENT: (Area.DEPLOYMENT, Level.VIEW),
        Permission.DEPLOY: (Area.DEPLOYMENT, Level.EDIT),
        Permission.SEE_ACTIONS: (Area.ACTIONS, Level.VIEW),
        Permission.EDIT_ACTIONS: (Area.ACTIONS, Level.EDIT),
        Permission.SEE_EVENTS: (Area.DASHBOARD, Level.VIEW),
        Permission.SEE_CALLS: (Area.DASHBOARD, Level.VIEW),
        Permission.SEE_TRANSCRIPTS: (Area.DASHBOARD, Level.VIEW),
        Permission.SEE_RECORDINGS: (Area.DASHBOARD, Level.VIEW),
        Permission.SET_RETENTION: (Area.CONFIGURATION, Level.EDIT),
    }
