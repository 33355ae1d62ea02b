"""Who may give which command: everybody of the cast tries each, and whoever may not leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from domain.api_keys import Overlap
from domain.membership import SENT_APART
from domain.permissions import Role
from domain.refusals import Refusal, Refused
from domain.visibility import EVERYTHING, Area, Level
from tests.domain.acts import invite
from tests.histories.life import (
    ACME,
    ADA,
    ADAM,
    ANA,
    ANCHOR,
    BEN,
    EVE,
    TREE,
    VERA,
    Life,
    an_agency,
    digest,
    named,
)

# Owner, admin and auditor at the client, and nobody at the agency.
OLGA, CARL, ARNO = named("Olga"), named("Carl"), named("Arno")
BIRGIT = named("Birgit")  # a viewer there, who does nothing
HIDDEN = {Area.DASHBOARD: Level.NONE}
CAST = {
    "Ana": ANA,
    "Adam": ADAM,
    "Olga": OLGA,
    "Carl": CARL,
    "Ben": BEN,
    "Vera": VERA,
    "Eve": EVE,
    "Ada": ADA,  # auditor of the agency
    "Arno": ARNO,
}
INVITATION, KEY = named("an open invitation"), "key00001"
AGENCY, STAFF = {"Ana", "Adam"}, {"Ana", "Adam", "Olga", "Carl"}

Command = Callable[[Life, UUID], object]


def issue_key(life: Life, by: UUID, key_id: str = "key00002") -> None:
    life.agency.issue_key(
        ACME, by, key_id=key_id, mode="live", scopes=("track",), secret_mac="0" * 64, because=life.by(by)
    )


def resend(life: Life, by: UUID) -> None:
    life.now += SENT_APART
    life.agency.resend_invitation(ACME, by, INVITATION, because=life.by(by))


COMMANDS: dict[str, tuple[Command, set[str]]] = {
    "rename": (lambda life, by: life.agency.rename(ACME, by, digest("new"), because=life.by(by)), STAFF),
    "set the hourly rate": (
        lambda life, by: life.agency.set_hourly_rate(ACME, by, 6_000, because=life.by(by)),
        STAFF,
    ),
    "invite a client": (lambda life, by: invite(life, by, named("guest"), Role.VIEWER), STAFF),
    "revoke an invitation": (
        lambda life, by: life.agency.revoke_invitation(ACME, by, INVITATION, because=life.by(by)),
        STAFF,
    ),
    "send an invitation again": (lambda life, by: resend(life, by), STAFF),
    "hand the workspace on": (
        lambda life, by: life.agency.transfer_ownership(ACME, by, BIRGIT, Role.MEMBER, because=life.by(by)),
        {"Ana", "Olga"},  # its owners
    ),
    "say what the client sees": (
        lambda life, by: life.agency.set_visibility(TREE, by, [ACME], HIDDEN, because=life.by(by)),
        AGENCY,
    ),
    "say what new clients see": (
        lambda life, by: life.agency.set_visibility_defaults(
            TREE, by, EVERYTHING.but(HIDDEN), because=life.by(by)
        ),
        AGENCY,
    ),
    "remove a viewer": (
        lambda life, by: life.agency.remove_member(ACME, by, VERA, because=life.by(by)),
        STAFF | {"Vera"},  # she may leave
    ),
    "make a member a viewer": (
        lambda life, by: life.agency.change_role(ACME, by, BEN, Role.VIEWER, because=life.by(by)),
        STAFF,
    ),
    "issue a key": (issue_key, STAFF),
    "replace a key": (
        lambda life, by: life.agency.replace_key(
            ACME,
            by,
            KEY,
            successor_id="key00003",
            secret_mac="0" * 64,
            overlap=Overlap.DAY,
            because=life.by(by),
        ),
        STAFF,
    ),
    "revoke a key": (lambda life, by: life.agency.revoke_key(ACME, by, KEY, because=life.by(by)), STAFF),
    "create a child": (
        lambda life, by: life.agency.create_child(TREE, by, named("new"), digest("new"), because=life.by(by)),
        AGENCY,
    ),
    "delete a child": (
        lambda life, by: life.agency.delete_child(ACME, by, because=life.by(by)),
        {"Ana", "Olga"},  # its owners
    ),
    "export the history": (
        lambda life, by: life.agency.ask_for_export(named("export"), ANCHOR, by, because=life.by(by)),
        AGENCY | {"Ada"},
    ),
    "export a client's history": (
        lambda life, by: life.agency.ask_for_export(named("export"), ACME, by, because=life.by(by)),
        set(),  # it is the agency's
    ),
    "cancel": (lambda life, by: life.agency.request_cancellation(TREE, by, because=life.by(by)), AGENCY),
}


def an_agency_with_clients() -> Life:
    life = an_agency()
    life.join(ACME, OLGA, Role.OWNER)
    life.join(ACME, CARL, Role.ADMIN)
    life.join(ACME, ARNO, Role.AUDITOR)
    life.join(ANCHOR, ADA, Role.AUDITOR)
    life.join(ACME, BIRGIT, Role.VIEWER)
    life.agency.invite(ACME, ANA, INVITATION, named("invited"), Role.VIEWER, because=life.by(ANA))
    issue_key(life, ANA, KEY)
    return life


def attempt(life: Life, command: Command, name: str) -> Refusal | None:
    """What somebody is told; a command that is done has recorded something, a refused one nothing."""
    recorded = len(life.facts)
    try:
        command(life, CAST[name])
    except Refused as refused:
        assert len(life.facts) == recorded
        return refused.refusal
    assert len(life.facts) > recorded
    return None


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize("command", COMMANDS)
def test_who_may_give_a_command(command, name):
    life = an_agency_with_clients()
    give, allowed = COMMANDS[command]

    told = attempt(life, give, name)

    assert told is (None if name in allowed else Refusal.ROLE_TOO_LOW)


@pytest.mark.parametrize("name", CAST)
def test_who_may_take_a_cancellation_back(name):
    life = an_agency_with_clients()
    life.cancelled_in_portal("evt_cancel")

    told = attempt(
        life, lambda life, by: life.agency.request_reactivation(TREE, by, because=life.by(by)), name
    )

    assert told is (None if name in AGENCY else Refusal.ROLE_TOO_LOW)


@pytest.mark.parametrize("name", CAST)
def test_who_may_subscribe_again(name):
    life = an_agency_with_clients()
    life.ended()

    told = attempt(
        life,
        lambda life, by: life.agency.choose_plan(ANCHOR, by, "agency", named("again"), because=life.by(by)),
        name,
    )

    assert told is (None if name in AGENCY else Refusal.ROLE_TOO_LOW)


def test_after_the_downgrade_the_agency_has_nothing_to_say_in_a_workspace_it_is_no_member_of():
    life = an_agency_with_clients()
    life.ended()

    told = attempt(life, COMMANDS["rename"][0], "Adam")

    assert told is Refusal.ROLE_TOO_LOW
    assert attempt(life, COMMANDS["rename"][0], "Carl") is None
