"""Invitations are mailed again within limits, and nobody comes in for whom the plan has no seat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.membership import INVITATION_DAYS, SENT_APART, SENT_MAX, seats_used
from domain.permissions import Role
from domain.plans import FREE
from domain.refusals import Refusal, Refused
from tests.domain.acts import invite
from tests.histories.life import ACME, ADAM, ANA, BEN, EVE, Life, an_agency, digest, named

ALONE = named("alone")
GUESTS = [named(f"guest {number}") for number in range(FREE.seats_max)]
MOMENT = timedelta(microseconds=1)


def alone() -> Life:
    """Ana in a Free workspace of her own."""
    life = Life()
    life.agency.sign_up(ALONE, ANA, digest("Alone"), because=life.by(ANA))
    return life


def after_the_agency() -> Life:
    """Acme on the Free plan, with more members than that has seats for."""
    life = an_agency()
    for guest in GUESTS:
        life.join(ACME, guest, Role.VIEWER)
    invite(life, ANA, EVE, Role.VIEWER)
    life.ended()
    return life


# Sent again.


def test_an_invitation_that_is_sent_again_is_the_same_one_for_longer():
    life = an_agency()
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    life.days_later(INVITATION_DAYS - 1)

    life.agency.resend_invitation(ACME, ADAM, invitation, because=life.by(ADAM))
    life.days_later(INVITATION_DAYS).now -= MOMENT
    life.agency.accept_invitation(ACME, invitation, because=life.by(EVE))

    assert life.agency.workspace(ACME).members[EVE] is Role.VIEWER


def test_an_expired_invitation_works_again_once_it_is_sent_again():
    life = an_agency()
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    life.days_later(INVITATION_DAYS + 1)

    life.agency.resend_invitation(ACME, ANA, invitation, because=life.by(ANA))
    life.agency.accept_invitation(ACME, invitation, because=life.by(EVE))

    assert EVE in life.agency.workspace(ACME).members


def test_an_invitation_is_sent_again_after_a_minute_and_not_before():
    life = an_agency()
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    life.now += SENT_APART - MOMENT

    with pytest.raises(Refused, match="sent_just_now"):
        life.agency.resend_invitation(ACME, ANA, invitation, because=life.by(ANA))
    life.now += MOMENT
    life.agency.resend_invitation(ACME, ANA, invitation, because=life.by(ANA))

    assert life.agency.workspace(ACME).invitations[invitation].sent == 2


def test_an_invitation_is_sent_ten_times_at_most():
    life = an_agency()
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    told = []

    for _ in range(SENT_MAX + 1):
        life.now += SENT_APART
        try:
            life.agency.resend_invitation(ACME, ANA, invitation, because=life.by(ANA))
        except Refused as refused:
            told.append(refused.refusal)

    assert told == [Refusal.SENT_TOO_OFTEN] * 2
    assert life.agency.workspace(ACME).invitations[invitation].sent == SENT_MAX == 10


def test_what_is_over_is_not_sent_again():
    life = an_agency()
    revoked, accepted, second = (invite(life, ANA, EVE, Role.VIEWER) for _ in range(3))
    life.agency.revoke_invitation(ACME, ANA, revoked, because=life.by(ANA))
    life.agency.accept_invitation(ACME, accepted, because=life.by(EVE))
    life.now += SENT_APART

    for invitation, reason in (
        (revoked, "invitation_not_open"),
        (accepted, "invitation_not_open"),
        (second, "already_member"),
        (named("never"), "invitation_not_open"),
    ):
        with pytest.raises(Refused, match=reason):
            life.agency.resend_invitation(ACME, ANA, invitation, because=life.by(ANA))


@pytest.mark.parametrize("command", ["resend_invitation", "revoke_invitation"])
def test_an_invitation_to_a_role_that_is_not_theirs_to_give_is_not_theirs_to_handle(command):
    life = an_agency()
    life.join(ACME, EVE, Role.ADMIN)  # of the client: may give neither admin nor owner
    invitation = invite(life, ANA, named("guest"), Role.ADMIN)
    life.now += SENT_APART

    with pytest.raises(Refused, match="role_not_yours_to_give"):
        getattr(life.agency, command)(ACME, EVE, invitation, because=life.by(EVE))

    assert invitation in life.agency.workspace(ACME).invitations


# Seats.


def test_members_and_open_invitations_take_the_seats_of_the_plan():
    life = alone()
    for guest in GUESTS[:2]:
        life.join(ALONE, guest, Role.VIEWER)
    for guest in GUESTS[2:4]:
        invite(life, ANA, guest, Role.VIEWER, workspace=ALONE)

    with pytest.raises(Refused, match="seats_used_up"):
        invite(life, ANA, EVE, Role.VIEWER, workspace=ALONE)

    assert seats_used(life.agency.workspace(ALONE), life.now) == FREE.seats_max == 5


def test_an_expired_a_revoked_and_a_removed_one_leave_their_seats():
    life = alone()
    life.join(ALONE, GUESTS[0], Role.VIEWER)
    old = invite(life, ANA, GUESTS[1], Role.VIEWER, workspace=ALONE)
    life.days_later(INVITATION_DAYS)
    revoked = invite(life, ANA, GUESTS[2], Role.VIEWER, workspace=ALONE)

    life.agency.revoke_invitation(ALONE, ANA, revoked, because=life.by(ANA))
    life.agency.remove_member(ALONE, ANA, GUESTS[0], because=life.by(ANA))

    assert old in life.agency.workspace(ALONE).invitations
    assert seats_used(life.agency.workspace(ALONE), life.now) == 1


def test_an_expired_invitation_is_sent_again_only_while_there_is_a_seat():
    life = alone()
    expired = invite(life, ANA, EVE, Role.VIEWER, workspace=ALONE)
    life.days_later(INVITATION_DAYS)
    for guest in GUESTS[:4]:
        last = invite(life, ANA, guest, Role.VIEWER, workspace=ALONE)

    with pytest.raises(Refused, match="seats_used_up"):
        life.agency.resend_invitation(ALONE, ANA, expired, because=life.by(ANA))
    life.agency.revoke_invitation(ALONE, ANA, last, because=life.by(ANA))
    life.agency.resend_invitation(ALONE, ANA, expired, because=life.by(ANA))

    assert seats_used(life.agency.workspace(ALONE), life.now) == FREE.seats_max


def test_after_a_downgrade_everybody_stays_and_nobody_new_comes_in():
    life = after_the_agency()
    (waiting,) = life.agency.workspace(ACME).invitations

    with pytest.raises(Refused, match="seats_used_up"):
        life.agency.accept_invitation(ACME, waiting, because=life.by(EVE))
    with pytest.raises(Refused, match="seats_used_up"):
        invite(life, ANA, ADAM, Role.VIEWER)

    workspace = life.agency.workspace(ACME)
    assert workspace.plan == FREE.name
    assert {ANA, BEN, *GUESTS} <= workspace.members.keys()
    assert EVE not in workspace.members


def test_after_a_downgrade_an_older_invitation_holds_once_a_seat_is_free():
    life = after_the_agency()
    (waiting,) = life.agency.workspace(ACME).invitations
    for guest in GUESTS[:3]:
        life.agency.remove_member(ACME, ANA, guest, because=life.by(ANA))

    with pytest.raises(Refused, match="seats_used_up"):
        life.agency.accept_invitation(ACME, waiting, because=life.by(EVE))
    life.agency.remove_member(ACME, ANA, GUESTS[3], because=life.by(ANA))
    life.agency.accept_invitation(ACME, waiting, because=life.by(EVE))

    assert len(life.agency.workspace(ACME).members) == FREE.seats_max
