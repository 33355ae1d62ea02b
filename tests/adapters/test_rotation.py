"""Secrets are exchanged while everything goes on, and whatever stops that, nothing is lost."""

from __future__ import annotations

import os
import threading
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken

from adapters.ring import UnknownSecret
from adapters.rotation import NAMES
from adapters.vault import Vault
from scripts.secret_files import SecretFiles
from scripts.wiring import Wiring
from tests.house import House
from tests.one_secret import OneSecret
from tests.web.pages.scene import Browser

CAST = [f"Person {number}" for number in range(450)]  # more than two batches


class Killed(BaseException):
    """As if the program had been killed there; nothing may catch it."""


def address(name: str) -> str:
    return f"{name.replace(' ', '.')}@example.com"


def remembered(house: House, names: list[str]) -> dict[str, UUID]:
    return {name: house.wiring.vault.remember(name, address(name), uuid4()) for name in names}


def all_is_known(wiring: Wiring, people: dict[str, UUID]) -> bool:
    known = wiring.vault.people(people.values())
    return all(
        known[person_id].name == name and wiring.vault.person_of_email(address(name)) == person_id
        for name, person_id in people.items()
    )


def another_program(house: House) -> Wiring:
    return Wiring(house.wiring.settings, clock=house.clock)


def files(house: House) -> list[str]:
    return sorted(path.name for path in (house.wiring.settings.data / "secrets").iterdir())


def numbers(house: House) -> set[tuple[str, int]]:
    with house.database.connection() as db:
        return {
            (table, row["number"])
            for table in ("vault_keys", "vault_addresses")
            for row in db.execute(f"SELECT DISTINCT number FROM {table}")
        }


def test_after_it_only_the_new_key_opens_the_vault(house):
    people = remembered(house, CAST)
    old = (house.wiring.settings.data / "secrets" / "vault").read_text()

    done = house.wiring.rotation.rotate("vault")

    assert (done.number, done.resumed, done.rewrapped) == (2, False, 2 * len(CAST))
    assert all_is_known(house.wiring, people)
    assert numbers(house) == {("vault_keys", 2), ("vault_addresses", 2)}
    assert "vault" not in files(house)
    thief = Vault(house.database, OneSecret(old.encode()))
    with pytest.raises((InvalidTag, UnknownSecret)):
        thief.person(people["Person 0"])


def test_a_program_that_runs_meanwhile_knows_everybody_all_the_time(house):
    people = remembered(house, CAST)
    running, stop, seen = another_program(house), threading.Event(), []
    newcomers: dict[str, UUID] = {}

    def work() -> None:
        while not stop.is_set():
            name = f"Newcomer {len(newcomers)}"
            newcomers[name] = running.vault.remember(name, address(name), uuid4())
            seen.append(all_is_known(running, {"Person 7": people["Person 7"], **newcomers}))

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(2):
        house.wiring.rotation.rotate("vault")
    stop.set()
    worker.join(20)

    assert len(seen) > 2
    assert all(seen)
    assert all_is_known(house.wiring, {**people, **newcomers})
    assert len(numbers(house)) == 2
    running.database.close()


STEPS = ("ring.add", "marks.add", "rotation._rewrap_keys", "rotation._rewrite_addresses", "marks.retire")


@pytest.mark.parametrize("then", ["before", "after"])
@pytest.mark.parametrize("step", [*STEPS, "ring.remove"])
def test_killed_anywhere_it_goes_on_where_it_stopped(house, monkeypatch, step: str, then: str):
    people, wiring = remembered(house, CAST[:250]), house.wiring
    of = {"ring": wiring.rings["vault"], "marks": wiring.secret_marks, "rotation": wiring.rotation}
    part, name = of[step.split(".")[0]], step.split(".")[1]
    whole = getattr(part, name)

    def killed(*given, **more):
        if then == "after":
            whole(*given, **more)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(part, name, killed)
        with pytest.raises(Killed):
            wiring.rotation.rotate("vault")
    program = another_program(house)
    known_between = all_is_known(program, people)
    with program.database.connection() as db:
        wrong_between = program.secret_marks.wrong(db)
    newcomer = remembered(house, ["Newcomer"])
    done = program.rotation.rotate("vault")

    assert (known_between, wrong_between) == (True, [])
    assert all_is_known(program, {**people, **newcomer})
    assert done.number == (2 if done.resumed or step == "ring.add" else 3)
    assert {number for _, number in numbers(house)} == {done.number}
    assert [one for one in files(house) if one.startswith("vault")] == [f"vault.{done.number}"]
    program.database.close()


def test_whoever_is_erased_meanwhile_stays_erased(house):
    people = remembered(house, CAST[:20])
    house.wiring.vault.erase(people["Person 3"])

    house.wiring.rotation.rotate("vault")

    assert house.wiring.vault.person(people["Person 3"]).erased
    assert house.wiring.vault.person_of_email(address("Person 3")) is None


def test_keys_and_invitations_of_the_old_pepper_work_and_new_ones_have_the_new(house):
    ana = house.person("Ana")
    workspace_id, invitation_id = house.workspace(ana), uuid4()
    old, running = house.key(workspace_id, ana), another_program(house)
    mac = house.wiring.keys.invitation_mac(workspace_id, invitation_id)
    house.run_followed()

    done = house.wiring.rotation.rotate("pepper")
    new = house.key(workspace_id, ana)

    api = house.app.test_client()
    for key in (old, new):
        answer = api.get("/api/v1/workspace", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200
    assert (done.number, done.kept) == (2, [1])
    assert done.remains.startswith("1 API keys")
    assert running.keys.invitation_ok(workspace_id, invitation_id, mac)
    fresh = house.wiring.keys.invitation_mac(workspace_id, invitation_id)
    assert fresh != mac
    assert running.keys.invitation_ok(workspace_id, invitation_id, fresh)


def test_forms_and_links_of_before_are_taken_for_a_day_and_no_longer(house):
    browser = Browser(house, None)
    link = house.wiring.links.make(email="ana@example.com", now=house.clock(), browser=None)
    sealed = house.wiring.links_cipher.encrypt(b"it")
    for name in ("forms", "links"):
        house.wiring.rotation.rotate(name)

    sent = browser.post("/sign-in", email="ana@example.com")
    for name in ("forms", "links"):
        age(house.wiring.rings[name], seconds=25 * 3600)
    late = Browser.post(a_browser_of_before(house), "/sign-in", email="ana@example.com")

    assert link
    assert sent.status_code == 200
    assert late.status_code == 400
    assert len(house.wiring.form_keys()) == 1
    assert files(house) == ["forms", "forms.2", "links", "links.2", "pepper", "vault"]
    with pytest.raises(InvalidToken):
        house.wiring.links_cipher.decrypt(sealed)


def age(ring: SecretFiles, seconds: float) -> None:
    path = ring.path(ring.numbers()[0])
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def a_browser_of_before(house: House) -> Browser:
    """One whose cookie was signed with the secret that is too old by now."""
    ring = house.wiring.rings["forms"]
    newest = ring.path(ring.numbers()[0])
    aside = newest.with_name("aside")
    newest.rename(aside)
    browser = Browser(house, None)
    aside.rename(newest)
    return browser


def test_all_of_them_are_exchanged_again_and_again(house):
    people = remembered(house, CAST[:3])

    for number in (2, 3, 4):
        for name in NAMES:
            assert house.wiring.rotation.rotate(name).number == number

    assert all_is_known(house.wiring, people)
    assert files(house) == [
        *("forms.3", "forms.4", "links.3", "links.4"),
        *("pepper", "pepper.2", "pepper.3", "pepper.4", "proof.4", "vault.4"),
    ]
