"""Asking twice is not an error: the same ids record nothing new, whatever has happened since."""

from __future__ import annotations

from domain.permissions import Role
from tests.histories.life import ANA, ANCHOR, BIRCH, EVE, TREE, an_agency, digest, named


def test_a_child_that_was_deleted_is_not_created_again_by_the_same_request():
    life = an_agency()
    life.agency.delete_child(BIRCH, ANA, because=life.by(ANA))
    recorded = len(life.facts)

    life.agency.create_child(TREE, ANA, BIRCH, digest("Birch"), because=life.by(ANA))

    assert life.facts[recorded:] == []
    assert life.agency.workspace(BIRCH).deleted


def test_an_invitation_that_was_taken_back_is_not_opened_again_by_the_same_request():
    life = an_agency()
    invitation = named("an invitation")
    for _ in range(2):
        life.agency.invite(ANCHOR, ANA, invitation, EVE, Role.VIEWER, because=life.by(ANA))
    life.agency.revoke_invitation(ANCHOR, ANA, invitation, because=life.by(ANA))
    recorded = len(life.facts)

    life.agency.invite(ANCHOR, ANA, invitation, EVE, Role.VIEWER, because=life.by(ANA))

    assert life.facts[recorded:] == []
    assert life.agency.workspace(ANCHOR).invitations == {}


def test_signing_up_twice_under_one_id_opens_one_workspace():
    life = an_agency()
    recorded = len(life.facts)

    life.agency.sign_up(ANCHOR, ANA, digest("Bright Signal"), because=life.by(ANA))

    assert life.facts[recorded:] == []
