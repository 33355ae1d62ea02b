"""A workspace that stands alone comes to its end, by its owner or with the only person in it."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.permissions import Role, Standing
from domain.placement import why_not_close
from domain.refusals import Refusal, Refused
from domain.tree import TreeStatus
from tests.domain.acts import invite
from tests.histories.life import (
    ACME,
    ADAM,
    ANA,
    ANCHOR,
    BEN,
    BIRCH,
    CUSTOMER,
    EVE,
    TREE,
    VERA,
    Life,
    an_agency,
    digest,
    named,
)

ALONE, UNPAID = named("alone"), named("unpaid")


def a_life_with_one_alone() -> Life:
    """Eve's, to which nobody else belongs."""
    life = an_agency()
    life.agency.sign_up(ALONE, EVE, digest("Alone"), because=life.by(EVE))
    return life


def close(life: Life, workspace_id: UUID, person_id: UUID) -> None:
    life.agency.close_workspace(workspace_id, person_id, because=life.by(person_id))


def erase(life: Life, person_id: UUID, *workspace_ids: UUID) -> None:
    life.agency.erase(person_id, workspace_ids, because=life.by(person_id))


def since(life: Life, recorded: int) -> list[str]:
    return [fact.name for fact in life.facts[recorded:]]


def test_its_owner_closes_a_workspace_that_stands_alone_once():
    life = a_life_with_one_alone()
    recorded = len(life.facts)

    for _ in range(2):
        close(life, ALONE, EVE)

    assert since(life, recorded) == ["Workspace.Closed"]
    assert life.facts[-1].event.tree_id is None
    assert life.agency.workspace(ALONE).deleted


@pytest.mark.parametrize("standing", Standing)
def test_nobody_but_its_owner_closes_it(standing):
    workspace = a_life_with_one_alone().agency.workspace(ALONE)

    refusal = why_not_close(workspace, who=frozenset({standing}))

    assert refusal is (None if standing is Standing.ANCHOR_OWNER else Refusal.ROLE_TOO_LOW)


@pytest.mark.parametrize(
    ("workspace_id", "person_id", "refusal"),
    [
        (ANCHOR, ADAM, "role_too_low"),
        (ANCHOR, ANA, "not_alone"),
        (ACME, ADAM, "role_too_low"),
        (ACME, ANA, "not_alone"),
        (ALONE, ANA, "role_too_low"),
    ],
)
def test_what_has_a_plan_or_is_part_of_an_agency_is_not_closed(workspace_id, person_id, refusal):
    life = a_life_with_one_alone()
    recorded = len(life.facts)

    with pytest.raises(Refused, match=refusal):
        close(life, workspace_id, person_id)

    assert since(life, recorded) == []


def test_what_was_an_agency_once_is_closed_and_stripe_still_knows_it():
    life = an_agency()
    life.ended()

    for workspace_id in (ANCHOR, BIRCH):
        close(life, workspace_id, ANA)

    anchor = life.agency.workspace(ANCHOR)
    assert (anchor.deleted, anchor.customer_id) == (True, CUSTOMER)
    assert not life.agency.workspace(ACME).deleted


def test_what_is_closed_begins_nothing_any_more():
    life = a_life_with_one_alone()
    invitation = invite(life, EVE, BEN, Role.VIEWER, workspace=ALONE)
    close(life, ALONE, EVE)
    agency, recorded = life.agency, len(life.facts)

    for attempt in (
        lambda: agency.choose_plan(ALONE, EVE, "pro", UNPAID, because=life.by(EVE)),
        lambda: agency.accept_invitation(ALONE, invitation, because=life.by(BEN)),
        lambda: agency.rename(ALONE, EVE, digest("Again"), because=life.by(EVE)),
        lambda: agency.remove_member(ALONE, EVE, EVE, because=life.by(EVE)),
    ):
        with pytest.raises(Refused, match="workspace_deleted"):
            attempt()

    assert since(life, recorded) == []


@pytest.mark.parametrize("status", ["active", "canceled"])
def test_what_is_paid_after_the_end_begins_no_tree(status):
    life = a_life_with_one_alone()
    life.agency.choose_plan(ALONE, EVE, "pro", named("replaced"), because=life.by(EVE))
    life.agency.choose_plan(ALONE, EVE, "agency", UNPAID, because=life.by(EVE))
    close(life, ALONE, EVE)
    recorded = len(life.facts)

    outcomes = [
        life.agency.sync_subscription(
            tree_id,
            life.subscription(tree_id=tree_id, subscription_id="sub_late", status=status),
            because=life.by_stripe("evt_late"),
        )
        for tree_id in (UNPAID, named("replaced"))
    ]

    assert outcomes == ["not_current", "not_current"]
    assert since(life, recorded) == []
    assert life.agency.tree(UNPAID).status is TreeStatus.AWAITING_PAYMENT
    assert life.agency.workspace(ALONE).tree_id is None


def test_who_is_erased_closes_what_nobody_else_belongs_to_in_the_same_append():
    life = a_life_with_one_alone()
    life.join(ACME, EVE, Role.VIEWER)
    invite(life, EVE, BEN, Role.VIEWER, workspace=ALONE)
    recorded = len(life.facts)

    erase(life, EVE, ACME, ALONE)

    facts = {fact.name: fact for fact in life.facts[recorded:]}
    assert set(facts) == {"Workspace.MemberRemoved", "Workspace.Closed", "Person.Erased"}
    assert facts["Workspace.Closed"].stream == ALONE
    assert facts["Person.Erased"].event.workspace_ids == (ACME, ALONE)
    assert len({fact.append for fact in facts.values()}) == 1


def test_where_others_belong_an_owner_is_needed_first_and_nothing_is_closed():
    life = a_life_with_one_alone()
    shared = named("shared")
    life.agency.sign_up(shared, EVE, digest("Shared"), because=life.by(EVE))
    life.join(shared, VERA, Role.VIEWER, invited_by=EVE)
    recorded = len(life.facts)

    with pytest.raises(Refused, match="last_owner"):
        erase(life, EVE, ALONE, shared)

    assert since(life, recorded) == []
    assert life.agency.owned_alone(EVE, [ALONE, shared]) == [shared]
    assert life.agency.closed_with(EVE, [ALONE, shared]) == [ALONE]


def test_what_has_a_plan_or_is_part_of_an_agency_stands_in_the_way_though_nobody_else_belongs_to_it():
    life = an_agency()
    life.agency.remove_member(ANCHOR, ADAM, ADAM, because=life.by(ADAM))

    with pytest.raises(Refused, match="last_owner"):
        erase(life, ANA, ANCHOR, BIRCH)

    assert life.agency.owned_alone(ANA, [ANCHOR, BIRCH]) == [ANCHOR, BIRCH]
    assert life.agency.closed_with(ANA, [ANCHOR, BIRCH]) == []
    assert life.agency.tree(TREE).status is TreeStatus.ACTIVE
