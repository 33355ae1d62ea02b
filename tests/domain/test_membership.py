"""A workspace is never without an owner, whatever anybody tries in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.membership import INVITATION_DAYS
from domain.permissions import Role
from domain.refusals import Refused, Unknown
from tests.domain.acts import invite
from tests.histories.life import ACME, ADAM, ANA, ANCHOR, BEN, EVE, VERA, Life, an_agency

PEOPLE = st.sampled_from([ANA, ADAM, BEN, VERA, EVE])
ROLES = st.sampled_from(list(Role))
ACTS = st.one_of(
    st.tuples(st.just("invite"), PEOPLE, PEOPLE, ROLES),
    st.tuples(st.just("change_role"), PEOPLE, PEOPLE, ROLES),
    st.tuples(st.just("remove_member"), PEOPLE, PEOPLE),
    st.tuples(st.just("leave"), PEOPLE),
)


def act(life: Life, kind: str, by: UUID, *given: object) -> None:
    """One attempt; a refusal is an answer like any other."""
    attempts: dict[str, Callable[..., object]] = {
        "invite": lambda whom, role: life.join(ACME, whom, role, invited_by=by),
        "change_role": lambda whom, role: life.agency.change_role(ACME, by, whom, role, because=life.by(by)),
        "remove_member": lambda whom: life.agency.remove_member(ACME, by, whom, because=life.by(by)),
        "leave": lambda: life.agency.remove_member(ACME, by, by, because=life.by(by)),
    }
    try:
        attempts[kind](*given)
    except (Refused, Unknown):
        pass
    life.now += timedelta(minutes=1)


@settings(max_examples=60, deadline=None)
@given(acts=st.lists(ACTS, max_size=25))
def test_whatever_is_tried_an_owner_stays(acts):
    life = an_agency()

    for one in acts:
        act(life, *one)

    versions = life.agency.workspace(ACME).version
    then = [life.agency.workspace(ACME, version).members for version in range(1, versions + 1)]
    assert all(Role.OWNER in members.values() for members in then)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda life: life.agency.remove_member(ACME, ANA, ANA, because=life.by(ANA)),
        lambda life: life.agency.change_role(ACME, ANA, ANA, Role.VIEWER, because=life.by(ANA)),
    ],
    ids=["leaves", "steps down"],
)
def test_the_last_owner_cannot_go_and_can_once_there_is_another(attempt):
    life = an_agency()

    with pytest.raises(Refused, match="last_owner"):
        attempt(life)
    life.agency.change_role(ACME, ANA, BEN, Role.OWNER, because=life.by(ANA))
    attempt(life)

    assert life.agency.workspace(ACME).members[BEN] is Role.OWNER
    assert life.agency.workspace(ACME).members.get(ANA) is not Role.OWNER


def test_an_invitation_is_taken_once_and_for_the_role_it_named():
    life = an_agency()
    invitation = invite(life, ADAM, EVE, Role.VIEWER)

    life.agency.accept_invitation(ACME, invitation, because=life.by(EVE))
    with pytest.raises(Refused, match="invitation_not_open"):
        life.agency.accept_invitation(ACME, invitation, because=life.by(EVE))

    assert life.agency.workspace(ACME).members[EVE] is Role.VIEWER


def test_an_invitation_holds_to_its_last_second_and_no_longer():
    life = an_agency()
    held, late = invite(life, ANA, EVE, Role.VIEWER), invite(life, ANA, ADAM, Role.MEMBER)

    life.now += timedelta(days=INVITATION_DAYS) - timedelta(microseconds=1)
    life.agency.accept_invitation(ACME, held, because=life.by(EVE))
    life.now += timedelta(microseconds=1)

    with pytest.raises(Refused, match="invitation_expired"):
        life.agency.accept_invitation(ACME, late, because=life.by(ADAM))


def test_who_was_removed_does_not_come_back_by_an_older_invitation():
    life = an_agency()
    first, second = invite(life, ANA, EVE, Role.VIEWER), invite(life, ANA, EVE, Role.MEMBER)
    life.agency.accept_invitation(ACME, first, because=life.by(EVE))

    life.agency.remove_member(ACME, ANA, EVE, because=life.by(ANA))

    with pytest.raises(Refused, match="invitation_not_open"):
        life.agency.accept_invitation(ACME, second, because=life.by(EVE))


def test_whoever_is_a_member_already_needs_no_second_invitation():
    life = an_agency()
    first, second = invite(life, ANA, EVE, Role.VIEWER), invite(life, ANA, EVE, Role.MEMBER)
    life.agency.accept_invitation(ACME, first, because=life.by(EVE))

    with pytest.raises(Refused, match="already_member"):
        life.agency.accept_invitation(ACME, second, because=life.by(EVE))

    assert life.agency.workspace(ACME).members[EVE] is Role.VIEWER


def test_asking_twice_is_not_an_error_and_records_nothing():
    life = an_agency()
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    life.agency.revoke_invitation(ACME, ANA, invitation, because=life.by(ANA))
    life.agency.remove_member(ACME, ANA, VERA, because=life.by(ANA))
    recorded = len(life.facts)

    life.agency.revoke_invitation(ACME, ANA, invitation, because=life.by(ANA))
    life.agency.remove_member(ACME, ANA, VERA, because=life.by(ANA))
    life.agency.change_role(ACME, ANA, BEN, Role.MEMBER, because=life.by(ANA))
    life.agency.revoke_key(ACME, ANA, "nothere1", because=life.by(ANA))

    assert len(life.facts) == recorded


def test_who_leaves_the_anchor_loses_the_children_at_once():
    life = an_agency()

    life.agency.remove_member(ANCHOR, ANA, ADAM, because=life.by(ANA))

    with pytest.raises(Refused, match="role_too_low"):
        life.agency.rename(ACME, ADAM, "another name", because=life.by(ADAM))


@pytest.mark.parametrize("stream", [ANA, UUID(int=0)], ids=["a person's id", "nobody's id"])
def test_what_does_not_exist_is_unknown_in_every_command(stream):
    life = an_agency()
    because = life.by(ANA)
    agency = life.agency

    for command in (
        lambda: agency.rename(stream, ANA, "name", because=because),
        lambda: agency.invite(stream, ANA, EVE, EVE, Role.VIEWER, because=because),
        lambda: agency.delete_child(stream, ANA, because=because),
        lambda: agency.create_child(stream, ANA, EVE, "name", because=because),
        lambda: agency.request_cancellation(stream, ANA, because=because),
        lambda: agency.request_cancellation(ACME, ANA, because=because),  # a workspace is no tree
    ):
        with pytest.raises(Unknown):
            command()
