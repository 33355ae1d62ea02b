"""Whoever is erased is gone from everywhere, whatever interrupts it, and what they did still reads."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from adapters.erasure import Erasure
from domain.permissions import Role
from domain.refusals import Refused
from projections.catalogue import ALL
from projections.event_index import leaf_hash
from scripts.wiring import Wiring
from tests.adapters.billed import checkout
from tests.adapters.test_vault import everything_stored
from tests.house import House

ASKED = ("member_of", "invited_to", "paid_for", "invitations_by", "reasons", "close_checkouts")
NAME, EMAIL = "Benedikt Canary", "ben.canary@secret.example"


class Stopped(Exception):
    """As if the program had been killed there."""


def a_life(house: House) -> tuple[UUID, UUID, UUID]:
    """Ben is in Ana's workspace, invited to another, signed in, and has mails, a link and a notice."""
    ana = house.person("Ana")
    ben = house.wiring.vault.remember(NAME, EMAIL, uuid4())
    workspace_id, other_id = house.workspace(ana), house.workspace(ana, "Another")
    house.member(workspace_id, ana, ben, Role.OWNER)
    house.agency.invite(other_id, ana, uuid4(), ben, Role.MEMBER, because=house.because(f"person:{ana}"))
    house.key(workspace_id, ben)
    house.wiring.deliver_due()
    house.run_followed()
    house.wiring.sessions.begin(ben, house.clock())
    house.wiring.links.make(email=EMAIL.upper(), now=house.clock(), browser=None)
    house.wiring.mail.send(to="ana@example.com", subject="Who?", text=f"It was {EMAIL}.")
    house.wiring.vault.keep_body(uuid4(), f'{{"customer_email": "{EMAIL}"}}'.encode())
    return ana, ben, workspace_id


def erase(house: House, person_id: UUID) -> None:
    house.wiring.erasure.record(person_id, because=house.because(f"person:{person_id}"))


def traces(house: House, person_id: UUID) -> list[str]:
    """Where something of theirs is still found."""
    wiring, found = house.wiring, []
    person = wiring.vault.person(person_id)
    with house.database.connection() as db:
        counts = {
            "sessions": "SELECT count(*) AS n FROM sessions",
            "links": "SELECT count(*) AS n FROM sign_in_links",
            "bodies": "SELECT count(*) AS n FROM vault_entries WHERE entry = 'body'",
            "members": f"SELECT count(*) AS n FROM access_members WHERE person_id = '{person_id}'",
            "key": f"SELECT count(*) AS n FROM vault_keys WHERE subject_id = '{person_id}'",
            "entries": f"SELECT count(*) AS n FROM vault_entries WHERE subject_id = '{person_id}'",
            "address": f"SELECT count(*) AS n FROM vault_addresses WHERE person_id = '{person_id}'",
        }
        for name, query in counts.items():
            row = db.execute(query).fetchone()
            if row and row["n"]:
                found.append(name)
    if not person.erased or wiring.vault.person_of_email(EMAIL):
        found.append("person")
    folder = wiring.settings.data / "mail"
    if any(EMAIL in file.read_text() for file in folder.iterdir()):
        found.append("mails")
    return found


def test_before_all_of_it_is_there(house):
    _, ben, _ = a_life(house)

    foreseen = house.wiring.erasure.foresee(ben)

    assert len(traces(house, ben)) == 9
    assert (len(foreseen.member_of), len(foreseen.invited_to)) == (1, 1)
    assert house.wiring.erasure.look_through(ben) == {
        "mails_removed": 2,
        "notices_closed": 1,
        "reasons_closed": 0,
    }


def test_whoever_is_erased_leaves_no_trace_and_every_fact_stays(house):
    ana, ben, workspace_id = a_life(house)
    before = house.wiring.evidence.of_workspace(workspace_id)

    erase(house, ben)
    house.wiring.deliver_due()
    house.run_followed()

    after = house.wiring.evidence.of_workspace(workspace_id)
    assert traces(house, ben) == []
    assert after[: len(before)] == before
    assert list(map(leaf_hash, after[: len(before)])) == list(map(leaf_hash, before))
    assert set(house.agency.workspace(workspace_id).members) == {ana}
    for canary in (NAME, EMAIL):
        assert canary.lower() not in everything_stored(house).lower()


@pytest.mark.parametrize("step", ["sessions", "links", "mails", "notices", "reasons", "vault"])
@pytest.mark.parametrize("then", ["before", "after"])
def test_whatever_stops_it_the_errand_goes_on_until_nothing_is_left(house, step: str, then: str):
    _, ben, _ = a_life(house)
    erasure = house.wiring.erasure
    whole, asked = erasure.steps[step], []

    def stops(person_id: UUID, email: str) -> None:
        asked.append(step)
        if then == "after":
            whole(person_id, email)
        if len(asked) == 1:
            raise Stopped

    erasure.steps[step] = stops
    erase(house, ben)

    house.wiring.deliver_due()
    half = traces(house, ben)
    erasure.steps[step] = whole
    house.clock.advance(hours=1)
    house.wiring.deliver_due()

    assert asked == [step]
    assert traces(house, ben) == []
    assert half or (step, then) == ("vault", "after")


def test_a_program_that_is_killed_after_the_fact_leaves_the_rest_to_the_next(house):
    _, ben, _ = a_life(house)
    erase(house, ben)

    other = Wiring(house.wiring.settings, clock=house.clock)
    other.deliver_due()
    other.agency.close()
    other.database.close()

    assert traces(house, ben) == []


def test_erased_twice_is_erased_once(house):
    _, ben, _ = a_life(house)

    for _ in range(2):
        erase(house, ben)
        house.wiring.deliver_due()

    assert [fact.name for fact in house.wiring.evidence.of_stream(ben)] == ["Person.Erased"]


def test_the_last_owner_of_a_workspace_is_not_erased_and_nothing_changes(house):
    ana, ben, _ = a_life(house)
    shared_id = house.workspace(ana, "Shared")
    house.member(shared_id, ana, house.person("Vera"), Role.VIEWER)
    facts = everything_stored(house)

    with pytest.raises(Refused, match="last_owner"):
        erase(house, ana)

    assert house.wiring.erasure.foresee(ana).owned_alone == [shared_id]
    assert everything_stored(house) == facts
    assert not house.agency.is_erased(ben)


def test_what_is_theirs_only_is_closed_with_them_and_its_checkout_before(house):
    ana, _, _ = a_life(house)
    other_id = next(iter(house.wiring.erasure.foresee(ana).closed))
    because = house.because(f"person:{ana}")
    tree_id = house.agency.choose_plan(other_id, ana, "agency", uuid4(), because=because).id
    checkout_id = checkout(house, tree_id, ana).rsplit("/", 1)[1]

    erase(house, ana)
    house.wiring.deliver_due()
    house.run_followed()

    told = house.wiring.evidence.of_workspace(other_id)
    assert told[-1].name == "Workspace.Closed"
    assert other_id in house.wiring.evidence.of_stream(ana)[0].event.workspace_ids
    assert house.wiring.gateway.checkout(checkout_id).status == "expired"
    assert house.wiring.vault.person(ana).erased
    assert house.wiring.erasure.foresee(ana).member_of == []


def test_while_an_owner_is_needed_somewhere_no_checkout_is_closed(house):
    ana, _, _ = a_life(house)
    shared_id, alone_id = house.workspace(ana, "Shared"), house.workspace(ana, "Alone")
    house.member(shared_id, ana, house.person("Vera"), Role.VIEWER)
    because = house.because(f"person:{ana}")
    tree_id = house.agency.choose_plan(alone_id, ana, "agency", uuid4(), because=because).id
    checkout_id = checkout(house, tree_id, ana).rsplit("/", 1)[1]

    with pytest.raises(Refused, match="last_owner"):
        erase(house, ana)

    assert house.wiring.gateway.checkout(checkout_id).status == "open"


def test_the_same_address_is_a_new_person_even_by_the_form_that_made_the_old_one(house):
    _, ben, _ = a_life(house)
    erase(house, ben)
    house.wiring.deliver_due()

    again = house.wiring.vault.remember(NAME, EMAIL, ben)

    assert again != ben
    assert house.wiring.vault.person(ben).erased
    assert house.wiring.vault.remember(NAME, EMAIL, ben) == again


def test_an_invitation_that_was_overlooked_lets_nobody_back_in(house):
    ana, ben, _ = a_life(house)
    house.wiring.erasure.record(ben, because=house.because())
    late_id, invitation_id = house.workspace(ana, "Late"), uuid4()
    house.agency.invite(late_id, ana, invitation_id, ben, Role.MEMBER, because=house.because(f"person:{ana}"))

    with pytest.raises(Refused, match="invitation_not_open"):
        house.agency.accept_invitation(late_id, invitation_id, because=house.because(f"person:{ben}"))

    house.run_followed()
    house.wiring.deliver_due()
    assert house.agency.workspace(late_id).invitations == {}


def test_screens_made_anew_are_the_same_and_name_nobody(house):
    _, ben, _ = a_life(house)
    erase(house, ben)
    house.wiring.deliver_due()
    house.run_followed()
    tables = [table for projection in ALL.values() for table in projection.tables]

    def shown() -> str:
        with house.database.connection() as db:
            in_order = "SELECT * FROM {} t ORDER BY t::text"
            return "\n".join(str(db.execute(in_order.format(table)).fetchall()) for table in tables)

    assert EMAIL not in shown()
    assert str(ben) in shown()


def test_keys_that_they_made_go_on_working(house):
    _, ben, _ = a_life(house)
    with house.database.connection() as db:
        before = db.execute("SELECT * FROM access_keys").fetchall()

    erase(house, ben)
    house.wiring.deliver_due()

    with house.database.connection() as db:
        assert db.execute("SELECT * FROM access_keys").fetchall() == before
    assert len(before) == 1


def test_the_steps_end_with_the_vault():
    """Until then the address is known by which the rest is found."""
    asked = dict.fromkeys(ASKED, list)
    house_less = Erasure(*[None] * 7, **asked)  # type: ignore[arg-type]

    assert list(house_less.steps)[-1] == "vault"


def test_what_was_on_its_way_meanwhile_goes_too(house):
    _, ben, _ = a_life(house)
    erasure = house.wiring.erasure
    whole = erasure.steps["vault"]

    def with_a_late_mail(person_id: UUID, email: str) -> None:
        house.wiring.mail.send(to=EMAIL, subject="Sign in", text="A link")
        house.wiring.links.make(email=EMAIL, now=house.clock(), browser=None)
        whole(person_id, email)

    erasure.steps["vault"] = with_a_late_mail
    erase(house, ben)
    house.wiring.deliver_due()

    assert traces(house, ben) == []
