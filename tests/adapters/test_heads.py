"""Heads: what has grown is signed once, in the database and outside it; what differs is not signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from threading import Event, Thread
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adapters.postgres.logs import AGENCY, LOGS, METERING
from adapters.proof.heads import FILE, NotSigned
from adapters.proof.signing import PUBLIC_KEYS
from adapters.proof.tables import heads_of, paths, tile_in
from adapters.proof.verify import Verified, verify
from domain import merkle
from domain.signed_head import SignedHead, said
from domain.tiles import subtree
from scripts import worker
from scripts.wiring import Wiring
from tests.house import House


@pytest.fixture
def ana(house: House) -> UUID:
    return house.person("Ana")


def grow(house: House, owner: UUID, facts: int = 1) -> None:
    for number in range(facts):
        house.workspace(owner, f"Workspace {number}")


def lines(house: House) -> list[str]:
    return (house.wiring.proof_folder / FILE).read_text().splitlines()


def leaves(house: House, log: str) -> list[bytes]:
    with house.database.connection() as db:
        rows = db.execute("SELECT leaf_hash FROM event_index WHERE log = %s ORDER BY leaf", (log,))
        return [row["leaf_hash"] for row in rows]


def stored(house: House, log: str) -> list[SignedHead]:
    with house.database.reading() as db:
        return heads_of(db, log)


def sql(house: House, statement: str) -> None:
    with house.database.connection() as db:
        db.execute(statement)


def signed(house: House) -> SignedHead:
    head = house.wiring.heads.sign(AGENCY)
    assert head is not None
    return head


def test_an_empty_log_has_no_head(house: House):
    assert house.wiring.heads.sign_all() == {}


def test_a_head_is_over_all_leaves_and_lies_in_the_database_and_outside(house: House, ana: UUID):
    grow(house, ana, 40)

    head = signed(house)

    peaks = merkle.Peaks()
    for leaf in leaves(house, AGENCY):
        peaks.append(leaf)
    assert (head.size, head.root, head.at) == (40, peaks.root(), house.clock())
    assert lines(house) == [head.line()]
    assert stored(house, AGENCY) == [head]
    key_id, key = (house.wiring.proof_folder / PUBLIC_KEYS).read_text().split()
    assert key_id == head.key_id == sha256(bytes.fromhex(key)).hexdigest()[:16]
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
        head.signature,
        f"heartwood head 1\nagency\n40\n{head.root.hex()}\n2026-03-01T09:00:00.000000Z\n".encode(),
    )
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            head.signature, said(AGENCY, 39, head.root, head.at)
        )


def test_what_has_not_grown_is_not_signed_again(house: House, ana: UUID):
    grow(house, ana, 3)
    first = signed(house)
    house.clock.advance(hours=1)

    assert signed(house) == first

    grow(house, ana)
    assert signed(house).at == first.at + timedelta(hours=1)
    assert len(lines(house)) == len(stored(house, AGENCY)) == 2


@pytest.mark.parametrize("kept", [lambda all: "", lambda all: all[:-1], lambda all: all[:100]])
def test_a_crash_before_the_file_was_written_is_mended(house: House, ana: UUID, kept: Callable[[str], str]):
    grow(house, ana, 3)
    head = signed(house)
    file = house.wiring.proof_folder / FILE
    file.write_text(kept(file.read_text()))

    assert signed(house) == head

    assert lines(house) == [head.line()]


def test_after_a_restore_one_goes_on_once_the_file_was_put_aside(house: House, ana: UUID):
    grow(house, ana, 3)
    older = signed(house)
    grow(house, ana, 3)
    signed(house)
    for statement in (
        "DELETE FROM agency_events WHERE notification_id > 3",
        "DELETE FROM event_index WHERE position > 3",
        "DELETE FROM proof_heads WHERE size > 3",
    ):
        sql(house, statement)

    with pytest.raises(NotSigned):
        house.wiring.heads.sign(AGENCY)
    file = house.wiring.proof_folder / FILE
    file.rename(file.with_suffix(".aside"))
    assert signed(house) == older
    grow(house, ana)
    assert signed(house).size == 4
    assert len(lines(house)) == 2


# What is not signed.

DIFFERENT = {
    "a fact behind the last head": "UPDATE agency_events SET state = state || ' ' WHERE notification_id = 41",
    "a place in the list": "UPDATE event_index SET leaf = 100 WHERE position = 42",
    "the end of the log": "DELETE FROM event_index WHERE leaf >= 38",
    "the last head": "UPDATE proof_heads SET root = sha256('other')",
    "who signed it": "UPDATE proof_heads SET signature = signature || signature",
    "the hashes below it": "UPDATE proof_tiles SET hashes = sha256('other') WHERE level = 1",
    "the heads": "DELETE FROM proof_heads",
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_differs_from_what_was_is_not_signed(house: House, ana: UUID, what: str):
    grow(house, ana, 40)
    signed(house)
    grow(house, ana, 3)
    sql(house, DIFFERENT[what])
    before = stored(house, AGENCY), lines(house)

    with pytest.raises(NotSigned):
        house.wiring.heads.sign(AGENCY)

    assert (stored(house, AGENCY), lines(house)) == before


# Keys.


def test_a_head_of_an_older_key_is_still_believed_and_new_ones_bear_the_new_key(house: House, ana: UUID):
    grow(house, ana, 2)
    older = signed(house)

    house.wiring.rotation.rotate("proof")
    grow(house, ana)
    newer = signed(house)

    believes = house.wiring.signing.believes()
    assert older.key_id != newer.key_id
    assert believes(older)
    assert believes(newer)
    assert [path.name for path in (house.wiring.settings.data / "secrets").glob("proof*")] == ["proof.2"]
    assert len((house.wiring.proof_folder / PUBLIC_KEYS).read_text().splitlines()) == 2


def test_a_stranger_who_calls_their_key_ours_is_not_believed(house: House, ana: UUID):
    grow(house, ana, 2)
    head = signed(house)
    key = Ed25519PrivateKey.generate()
    forged = SignedHead(
        log=AGENCY, size=2, root=head.root, at=head.at, key_id=head.key_id, signature=key.sign(head.said)
    )
    listed = house.wiring.signing.listed
    listed.append([f"{head.key_id} {key.public_key().public_bytes_raw().hex()}", "no line of ours"])

    believes = house.wiring.signing.believes()

    assert believes(head)
    assert not believes(forged)


# Together with others.


def test_each_database_of_a_directory_has_its_own_file(house: House):
    def folder(database: str) -> str:
        data = house.wiring.settings.data
        of_it = Wiring(replace(house.wiring.settings, database=database))
        return str(of_it.proof_folder.relative_to(data))

    assert folder("host=/run/heartwood user=heartwood dbname=heartwood") == "proof"
    assert folder("postgresql://heartwood@db.example:5433/heartwood") == "proof/db.example:5433:heartwood"
    assert folder("host=/run/postgresql dbname=../books") == "proof/%2Frun%2Fpostgresql:5432:..%2Fbooks"


def test_of_several_who_sign_at_once_one_does(house: House, ana: UUID):
    grow(house, ana, 5)
    threads = [Thread(target=house.wiring.heads.sign_all) for _ in range(5)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(stored(house, AGENCY)) == 1
    assert len(lines(house)) == 1


def test_the_worker_signs_what_has_grown(house: House, ana: UUID):
    grow(house, ana, 5)
    (job,) = (job for job in worker.jobs(house.wiring) if "heads" in job.name)

    job.act()

    assert [head.size for head in stored(house, AGENCY)] == [5]
    assert job.every == timedelta(hours=1)


def test_nothing_is_found_while_people_work_and_heads_are_signed(house: House):
    ana, stop = house.person("Ana"), Event()

    def work() -> None:
        while not stop.is_set():
            house.workspace(ana)
            house.wiring.heads.sign_all()

    worker = Thread(target=work)
    worker.start()
    found = [_verified(house) for _ in range(30)]
    stop.set()
    worker.join(30)

    assert [one.faults for one in found] == [[]] * 30
    assert _verified(house).heads > 5


def _verified(house: House) -> Verified:
    return verify(house.database, house.wiring.signing, house.wiring.heads.file, AGENCY, lambda *_: None)


# Paths.


def test_the_web_shows_any_leaf_under_any_head(house: House, ana: UUID):
    heads = []
    for facts in (1, 31, 1, 30):
        grow(house, ana, facts)
        heads.append(signed(house))
    hashes = leaves(house, AGENCY)

    with house.web.database.reading() as db:
        found = {head.size: paths(db, AGENCY, range(head.size), head.size) for head in heads}
        newest = house.wiring.heads.newest(db, AGENCY)

    assert newest == heads[-1]
    for head in heads:
        for leaf, path in found[head.size].items():
            assert merkle.includes(hashes[leaf], leaf, head.size, path, head.root)
    assert sorted(found[63]) == list(range(63))


def test_each_head_is_shown_to_lie_under_the_next(house: House, ana: UUID):
    heads = []
    for facts in (7, 40):
        grow(house, ana, facts)
        heads.append(signed(house))
    old, new = heads

    with house.database.reading() as db:
        path = merkle.consistency(old.size, new.size, subtree(tile_in(db, AGENCY)))

    assert merkle.extends(old.size, old.root, new.size, new.root, path)


def test_each_log_has_its_own_heads(house: House, ana: UUID):
    grow(house, ana, 2)

    found = house.wiring.heads.sign_all()

    assert found.keys() == {AGENCY}
    assert METERING in LOGS
    assert stored(house, METERING) == []
