"""The vault: names, addresses and texts are sealed, found again by whoever may, and gone when erased."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from psycopg.sql import SQL, Identifier

from adapters.vault import ERASED, Person, Vault
from domain.permissions import Role
from tests.house import House
from tests.one_secret import OneSecret
from web.access import FORM_TOKEN

NAME, EMAIL = "Anastasia Canary-Vogel", "canary.vogel@secret.example"
WORKSPACE, RENAMED = "Canary Signal Unlimited", "Canary Renamed Limited"
CANARIES = (NAME, EMAIL, WORKSPACE, RENAMED)
TEXT_OF_EVERY_TABLE = """
    SELECT table_name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""


@pytest.fixture
def vault(house: House) -> Vault:
    return house.wiring.vault


def everything_stored(house: House) -> str:
    """Every column of every table as text; bytes are there in hex."""
    with house.database.connection() as db:
        tables = [row["table_name"] for row in db.execute(TEXT_OF_EVERY_TABLE)]
        rows = [
            row["all"]
            for table in tables
            for row in db.execute(SQL("SELECT t::text AS all FROM {} t").format(Identifier(table)))
        ]
    assert len(rows) > 50
    return "\n".join(rows)


def test_a_person_is_found_again_by_the_address_however_it_is_written(vault):
    first = vault.remember("Ana", "Ana@Example.com", uuid4())

    again = [vault.remember("Somebody", text, uuid4()) for text in ("ana@example.com", " ANA@EXAMPLE.COM ")]
    found = [vault.person_of_email(text) for text in ("aNa@example.COM", "eve@example.com")]

    assert again == [first, first]
    assert found == [first, None]
    assert vault.person(first) == Person(person_id=first, name="Ana", email="Ana@Example.com")


def test_of_many_who_remember_one_address_at_once_all_get_the_same_person(vault):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: vault.remember("Ana", "ana@example.com", uuid4()), range(16)))

    assert len(found) == 1
    assert vault.person(found.pop()).name == "Ana"


def test_nobody_and_nothing_read_as_erased(vault):
    stranger = uuid4()

    assert vault.person(stranger) == Person(person_id=stranger, name=ERASED, email=ERASED, erased=True)
    assert vault.text(stranger, "0" * 32) == ERASED
    assert vault.people([]) == {}
    assert vault.texts([]) == {}


@pytest.mark.parametrize("text", ["", "Bright Signal", "名前 🦉 ñ e\u0301", "x" * 10_000, "line\nline\x00"])
def test_a_text_comes_back_as_it_was_written(vault, text):
    workspace_id = uuid4()

    digest = vault.keep_text(workspace_id, text)

    assert vault.text(workspace_id, digest) == text
    assert vault.keep_text(workspace_id, text) == digest


def test_the_digest_of_a_text_says_nothing_about_it_to_whoever_lacks_the_key(vault):
    digests = {vault.keep_text(uuid4(), "Bright Signal") for _ in range(5)}

    assert len(digests) == 5  # nobody can try out names against it
    assert all(len(digest) == 32 and int(digest, 16) for digest in digests)


def test_many_are_read_at_once_and_each_by_its_own_key(vault):
    people = {vault.remember(f"Person {n}", f"p{n}@example.com", uuid4()): f"Person {n}" for n in range(50)}
    texts = {(one, vault.keep_text(one, name)): name for one, name in people.items()}

    assert {one.person_id: one.name for one in vault.people(people).values()} == people
    assert vault.texts(texts) == texts


@pytest.mark.parametrize("body", [b"", b"{}", '{"name": "名前 🦉"}'.encode(), b'{"n": 1}' * 100_000])
def test_what_stripe_wrote_comes_back_byte_for_byte(vault, body):
    stream = uuid4()

    vault.keep_body(stream, body)

    kept = vault.body(stream)
    assert kept is not None
    assert kept.encode() == body


def test_what_stripe_never_wrote_or_what_was_erased_is_none(house, vault):
    erased, never = uuid4(), uuid4()
    vault.keep_body(erased, b'{"customer_email": "ana@example.com"}')

    with house.database.writing() as db:
        db.execute("DELETE FROM vault_keys WHERE subject_id = %s", (erased,))

    assert [vault.body(erased), vault.body(never)] == [None, None]


def test_destroying_a_key_erases_one_subject_and_no_other(house, vault):
    ana, ben = (vault.remember(name, f"{name}@example.com", uuid4()) for name in ("Ana", "Ben"))
    digest = vault.keep_text(ana, "what she wrote")

    with house.database.writing() as db:
        db.execute("DELETE FROM vault_keys WHERE subject_id = %s", (ana,))

    assert vault.person(ana).erased
    assert vault.text(ana, digest) == ERASED
    assert vault.person(ben).name == "Ben"


@pytest.mark.parametrize(
    "theft",
    [
        "UPDATE vault_entries SET subject_id = %(ben)s WHERE subject_id = %(ana)s AND entry = 'text:x'",
        "UPDATE vault_entries SET entry = 'name' WHERE subject_id = %(ana)s AND entry = 'text:x'",
        "UPDATE vault_keys SET subject_id = %(ben)s WHERE subject_id = %(ana)s",
    ],
    ids=["an entry to another subject", "an entry to another name", "a key to another subject"],
)
def test_what_is_sealed_opens_in_its_own_place_only(house, vault, theft):
    ana, ben = uuid4(), uuid4()
    digest = vault.keep_text(ana, "hers")
    with house.database.writing() as db:
        db.execute("UPDATE vault_entries SET entry = 'text:x' WHERE entry = %s", (f"text:{digest}",))
        if "vault_keys" not in theft:
            vault._key(db, ben)
        else:
            db.execute("UPDATE vault_entries SET subject_id = %s", (ben,))

    with house.database.writing() as db:
        db.execute(theft, {"ana": ana, "ben": ben})

    with pytest.raises(InvalidTag):
        vault.people([ana]) if "'name'" in theft else vault.text(ben, "x")


def test_another_master_key_opens_nothing_and_finds_nobody(house, vault):
    ana = vault.remember("Ana", "ana@example.com", uuid4())
    thief = Vault(house.database, OneSecret(b"\x01" * 32))

    assert thief.person_of_email("ana@example.com") is None
    with pytest.raises(InvalidTag):
        thief.person(ana)


def a_canary_lives(house: House) -> UUID:
    """Signs up, is invited, pays, is billed, renames, leaves a session and unused links behind."""
    browser = house.app.test_client()
    with browser.session_transaction() as session:
        session[FORM_TOKEN] = "t"
    form = {FORM_TOKEN: "t", "name": NAME, "email": EMAIL, "workspace": WORKSPACE, "plan": "agency"}
    browser.post("/sign-up", data=form)
    ana = house.wiring.vault.remember(NAME, EMAIL, uuid4())
    anchor_id, because = house.workspace(ana, WORKSPACE), house.because(f"person:{ana}")
    tree = house.agency.choose_plan(anchor_id, ana, "agency", uuid4(), because=because)
    url = house.wiring.billing.open_checkout(
        tree.id, ana, email=EMAIL, success_url="http://x/", cancel_url="http://x/", because=because
    )
    house.stripe.pay(url.rsplit("/", 1)[1])
    house.deliver_notices()
    house.child(tree.id, ana, f"{WORKSPACE} — child")
    digest = house.wiring.vault.keep_text(anchor_id, RENAMED)
    house.agency.rename(anchor_id, ana, digest, because=because)
    house.member(anchor_id, ana, house.wiring.vault.remember(NAME, f"other.{EMAIL}", uuid4()), Role.VIEWER)
    house.sign_in(ana)
    house.wiring.deliver_due()
    house.run_followed()
    return ana


def test_no_table_holds_a_name_or_an_address_that_can_be_read(house):
    ana = a_canary_lives(house)

    stored = everything_stored(house).lower()

    for canary in CANARIES:
        for form in (canary, canary.encode().hex(), canary.split()[0], canary.split()[0].encode().hex()):
            assert form.lower() not in stored
    assert str(ana) in stored  # it is the person's id that facts and rows hold


def test_what_is_sealed_twice_never_looks_the_same(house, vault):
    digest = vault.keep_text(workspace_id := uuid4(), "Bright Signal")

    def sealed() -> bytes:
        with house.database.connection() as db:
            row = db.execute(
                "SELECT sealed FROM vault_entries WHERE entry = %s", (f"text:{digest}",)
            ).fetchone()
        assert row is not None
        return bytes(row["sealed"])

    first = sealed()
    vault.keep_text(workspace_id, "Bright Signal")

    assert sealed() != first
