"""A workspace is handed from one owner to another member in one fact."""

from __future__ import annotations

import pytest

from domain.permissions import Role
from domain.refusals import Refused
from tests.histories.life import ACME, ADAM, ANA, ANCHOR, BEN, BIRCH, EVE, VERA, Life, an_agency, named

OLGA = named("Olga")  # owns the client's workspace, and is nobody at the agency


def with_olga() -> Life:
    life = an_agency()
    life.join(ACME, OLGA, Role.OWNER)
    return life


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_the_new_one_owns_it_and_the_old_one_keeps_the_chosen_role(role):
    life = an_agency()
    recorded = len(life.facts)

    life.agency.transfer_ownership(ACME, ANA, BEN, role, because=life.by(ANA))

    members = life.agency.workspace(ACME).members
    assert (members[BEN], members[ANA]) == (Role.OWNER, role)
    assert [fact.name for fact in life.facts[recorded:]] == ["Workspace.OwnershipTransferred"]


def test_asked_for_twice_it_is_done_once():
    life = an_agency()
    life.agency.transfer_ownership(ACME, ANA, BEN, Role.ADMIN, because=life.by(ANA))
    recorded = len(life.facts)

    life.agency.transfer_ownership(ACME, ANA, BEN, Role.ADMIN, because=life.by(ANA))

    assert len(life.facts) == recorded


def test_one_of_two_owners_may_step_back_for_the_other():
    life = with_olga()

    life.agency.transfer_ownership(ACME, OLGA, ANA, Role.MEMBER, because=life.by(OLGA))

    members = life.agency.workspace(ACME).members
    assert (members[ANA], members[OLGA]) == (Role.OWNER, Role.MEMBER)


@pytest.mark.parametrize(
    ("by", "to", "role", "reason"),
    [
        (BEN, VERA, Role.MEMBER, "role_too_low"),
        (ADAM, BEN, Role.MEMBER, "role_too_low"),  # leads the agency, and owns nothing
        (EVE, BEN, Role.MEMBER, "role_too_low"),
        (OLGA, BEN, Role.ADMIN, "role_not_yours_to_give"),  # the agency makes admins
        (OLGA, EVE, Role.MEMBER, "not_a_member"),
        (ANA, ADAM, Role.MEMBER, "not_a_member"),
    ],
)
def test_what_is_refused_leaves_the_owner_and_no_trace(by, to, role, reason):
    life = with_olga()
    recorded, before = len(life.facts), dict(life.agency.workspace(ACME).members)

    with pytest.raises(Refused, match=reason):
        life.agency.transfer_ownership(ACME, by, to, role, because=life.by(by))

    assert len(life.facts) == recorded
    assert life.agency.workspace(ACME).members == before


def test_an_owner_of_the_agency_who_does_not_own_the_client_s_workspace_has_nothing_to_hand_on():
    life = an_agency()
    life.agency.change_role(ANCHOR, ANA, ADAM, Role.OWNER, because=life.by(ANA))

    with pytest.raises(Refused, match="role_too_low"):
        life.agency.transfer_ownership(ACME, ADAM, BEN, Role.MEMBER, because=life.by(ADAM))


def test_nobody_hands_on_a_workspace_that_is_deleted():
    life = an_agency()
    life.agency.delete_child(BIRCH, ANA, because=life.by(ANA))

    with pytest.raises(Refused, match="workspace_deleted"):
        life.agency.transfer_ownership(BIRCH, ANA, BEN, Role.ADMIN, because=life.by(ANA))


def test_whoever_hands_the_anchor_on_leads_the_agency_no_more_than_the_role_they_keep():
    life = an_agency()

    life.agency.transfer_ownership(ANCHOR, ANA, ADAM, Role.MEMBER, because=life.by(ANA))

    with pytest.raises(Refused, match="role_too_low"):
        life.agency.rename(BIRCH, BEN, "a name", because=life.by(BEN))
    life.agency.rename(BIRCH, ADAM, "a name", because=life.by(ADAM))
    assert life.agency.workspace(ANCHOR).members == {ANA: Role.MEMBER, ADAM: Role.OWNER}
