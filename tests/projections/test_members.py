"""Who belongs to a workspace and who is invited, after mails that were sent again and a transfer."""

from __future__ import annotations

from datetime import timedelta

from domain.membership import INVITATION_DAYS, SENT_APART
from domain.permissions import Role
from projections.catalogue import ACCESS, MEMBERS
from tests.domain.acts import invite
from tests.histories.life import ACME, ANA, BEN, EVE, VERA, an_agency, named
from tests.projections.made import Made


def test_an_invitation_is_open_until_it_is_used_or_revoked_and_its_end_is_told(made: Made) -> None:
    life = an_agency()
    used, revoked, waiting = (invite(life, ANA, named(f"guest {n}"), Role.VIEWER) for n in range(3))
    life.agency.accept_invitation(ACME, used, because=life.by(named("guest 0")))
    life.agency.revoke_invitation(ACME, ANA, revoked, because=life.by(ANA))

    with made.of(life, MEMBERS) as db:
        open_ones = [one.invitation_id for one in MEMBERS.invited_to(db, ACME)]
        found = [MEMBERS.invitation_to(db, ACME, one) for one in (used, revoked, waiting)]
        elsewhere = MEMBERS.invitation_to(db, ANA, waiting)

    assert open_ones == [waiting]
    assert [one.state for one in found if one] == ["accepted", "revoked", "open"]
    assert elsewhere is None


def test_a_second_mail_moves_the_end_and_is_counted(made: Made) -> None:
    life = an_agency()
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    life.now += SENT_APART

    life.agency.resend_invitation(ACME, ANA, invitation, because=life.by(ANA))

    with made.of(life, MEMBERS) as db:
        found = MEMBERS.invitation_to(db, ACME, invitation)
    assert found is not None
    assert (found.sent, found.sent_at) == (2, life.now)
    assert found.expires_at == life.now + timedelta(days=INVITATION_DAYS)


def test_whoever_is_removed_has_no_open_invitation_left_and_the_used_one_stays_used(made: Made) -> None:
    life = an_agency()
    second = invite(life, ANA, EVE, Role.VIEWER)
    life.join(ACME, EVE, Role.MEMBER)

    life.agency.remove_member(ACME, ANA, EVE, because=life.by(ANA))

    with made.of(life, MEMBERS) as db:
        states = db.execute("SELECT invitation_id, state FROM invitations WHERE person_id = %s", (EVE,))
        found = {row["invitation_id"]: row["state"] for row in states}
    assert found.pop(second) == "revoked"
    assert set(found.values()) == {"accepted"}


def test_after_a_transfer_the_list_and_the_gate_name_the_same_owner(made: Made) -> None:
    life = an_agency()

    life.agency.transfer_ownership(ACME, ANA, BEN, Role.ADMIN, because=life.by(ANA))

    roles = {ANA: "admin", BEN: "owner", VERA: "viewer"}
    with made.of(life, MEMBERS) as db:
        assert {one.person_id: one.role for one in MEMBERS.in_workspace(db, ACME)} == roles
    with made.of(life, ACCESS) as db:
        rows = db.execute("SELECT person_id, role FROM access_members WHERE workspace_id = %s", (ACME,))
        assert {row["person_id"]: row["role"] for row in rows} == roles
