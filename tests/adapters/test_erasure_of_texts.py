"""What others wrote that names whoever is erased goes too: mails, and why support looked in."""

from __future__ import annotations

from uuid import uuid4

import pytest

from domain.permissions import Role
from tests.adapters.test_erasure import EMAIL, NAME, a_life, erase


def test_a_mail_to_somebody_whom_they_invited_goes_too_and_others_stay(house):
    ana, ben, workspace_id = a_life(house)
    invited = [house.wiring.vault.remember("", f"{who}@example.com", uuid4()) for who in ("vera", "adam")]
    for by, person_id in zip((ben, ana), invited, strict=True):
        house.agency.invite(
            workspace_id, by, uuid4(), person_id, Role.VIEWER, because=house.because(f"person:{by}")
        )
    house.wiring.deliver_due()
    house.run_followed()
    mails = house.wiring.mail_folder
    before = [NAME in mail.text for who in ("vera", "adam") for mail in mails.kept_for(f"{who}@example.com")]

    erase(house, ben)
    house.wiring.deliver_due()

    assert before == [True, False]
    assert mails.kept_for("vera@example.com") == []
    assert len(mails.kept_for("adam@example.com")) == 1
    assert not [mail for mail in mails.read() if NAME in mail.text]


@pytest.mark.parametrize(
    ("reason", "goes"),
    [
        (f"Ticket 1: {EMAIL.upper()} cannot sign in", True),
        (f"Ticket 2: {NAME.lower()} called us", True),
        ("Ticket 3: Benedikt called us", False),
        ("Ticket 4: the invoice of March", False),
    ],
)
def test_why_support_looked_in_goes_if_it_names_them(house, reason: str, goes: bool):
    _, ben, workspace_id = a_life(house)
    sam, look_id, vault = house.person("Sam"), uuid4(), house.wiring.vault
    digest = vault.keep_text(look_id, reason)
    house.agency.begin_look(look_id, sam, workspace_id, digest, because=house.because(f"person:{sam}"))

    found = house.wiring.erasure.look_through(ben)["reasons_closed"]
    erase(house, ben)
    house.wiring.deliver_due()

    assert found == goes
    assert vault.text(look_id, digest) == ("erased" if goes else reason)
