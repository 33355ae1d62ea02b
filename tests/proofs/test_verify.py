"""Whatever is done to a stored event, `verify` finds it, and names the first bad event."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from adapters.postgres.logs import AGENCY, LOGS
from adapters.proof import stored
from tests.house import House, make_schema
from tests.postgres import Cluster
from tests.proofs.forging import Flip, Forger, listed_anew
from tests.web.pages.scene import Scene

SEED = 6_962
FLIPS = 1_000
PER_EVENT = {"agent_id": "brief-writer", "task_type": "draft_email", "outcome": "success"}


@pytest.fixture(scope="module")
def forger(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forger]:
    """A house with a history of both logs, and heads of it: of an early part, of a later one, not of all.
    One for all tests, because each leaves it as it found it."""
    database = postgres.new_database(postgres.template("house", make_schema))
    house = House(database, tmp_path_factory.mktemp("data"))
    scene = Scene(house)
    house.wiring.heads.sign_all()
    key = house.key(scene.eves_id, scene.people["Eve"])
    for _ in range(40):
        house.app.test_client().post(
            "/api/v1/track", json=PER_EVENT, headers={"Authorization": f"Bearer {key}"}
        )
    house.clock.advance(hours=1)
    house.child(scene.tree_id, scene.people["Ana"], "Kestrel")
    house.wiring.heads.sign_all()
    house.child(scene.tree_id, scene.people["Ana"], "Heron")
    yield Forger(house)
    house.close()
    postgres.drop_database(database)


def test_a_log_that_nobody_touched_is_as_it_was_signed(forger: Forger):
    for log in LOGS:
        found = forger.verify(log)

        assert found.ok, found.faults
        assert found.events == len(forger.events[log])
        assert found.newest is not None
        assert found.newest.size > 32  # more than a tile
    assert forger.verify(AGENCY).heads == 2


def test_a_thousand_bits_flipped_are_a_thousand_events_named(forger: Forger):
    chance = random.Random(SEED)
    done: list[Flip] = []

    for flip in forger.flips(chance, 3 * FLIPS):
        row = forger.flip(flip)
        if row is None:
            continue
        found = forger.verify(flip.log)
        forger.unflip(flip, row)
        done.append(flip)

        first = found.faults[0]
        assert (first.position, first.kind) == (flip.position, "altered"), flip
        assert (first.stream, first.version) == (row["originator_id"], row["originator_version"]), flip
        if len(done) == FLIPS:
            break

    assert len(done) == FLIPS
    assert {flip.column for flip in done} == {"state", "topic", "stream", "version"}
    assert all(forger.verify(log).ok for log in LOGS)


# Each as a careless hand does it, and as one that makes the list of events agree afterwards.

LEAF, OTHER = 10, 20
FORGED = {
    "deletion": (["DELETE FROM {log}_events WHERE notification_id = {at}"], "removed", "replaced"),
    "swap": (
        [
            "UPDATE {log}_events SET notification_id = -1 WHERE notification_id = {at}",
            "UPDATE {log}_events SET notification_id = {at} WHERE notification_id = {other}",
            "UPDATE {log}_events SET notification_id = {other} WHERE notification_id = -1",
        ],
        "altered",
        "replaced",
    ),
    "insertion": (
        [
            "UPDATE {log}_events SET notification_id = -notification_id - 1 WHERE notification_id >= {at}",
            "UPDATE {log}_events SET notification_id = -notification_id WHERE notification_id < 0",
            "INSERT INTO {log}_events SELECT gen_random_uuid(), 1, topic, state, {at}, {at}"
            " FROM {log}_events WHERE notification_id = {other}",
        ],
        "altered",
        "replaced",
    ),
    "another story": (
        ["UPDATE {log}_events SET state = state || ' ' WHERE notification_id = {at}"],
        "altered",
        "replaced",
    ),
}


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("deed", FORGED)
def test_a_forgery_is_found_where_it_begins(forger: Forger, log: str, deed: str):
    statements, careless, thorough = FORGED[deed]
    at, other = (forger.events[log][leaf]["notification_id"] for leaf in (LEAF, OTHER))
    done = [one.format(log=log, at=at, other=other) for one in statements]

    with forger.forged(*done):
        by_careless = forger.verify(log).faults[0]
    with forger.forged(*done, *listed_anew(log)):
        by_thorough = forger.verify(log).faults[0]
    with forger.forged(*done, *listed_anew(log), "DELETE FROM proof_tiles"):
        by_very_thorough = forger.verify(log).faults[0]

    assert (by_careless.kind, by_careless.leaf, by_careless.position) == (careless, LEAF, at)
    assert (by_thorough.kind, by_thorough.leaf) == (thorough, LEAF)
    assert by_very_thorough.kind in ("root", "removed")  # if the log has become shorter than a head
    assert by_very_thorough.leaf is not None
    assert by_very_thorough.leaf <= LEAF
    assert forger.verify(log).ok


def test_an_event_that_is_gone_together_with_its_place_in_the_list_is_named(forger: Forger):
    gone = forger.events[AGENCY][LEAF]

    with forger.forged(
        f"DELETE FROM agency_events WHERE notification_id = {gone['notification_id']}",
        f"DELETE FROM event_index WHERE log = 'agency' AND leaf = {LEAF}",
    ):
        faults = forger.verify(AGENCY).faults

    assert (faults[0].kind, faults[0].leaf) == ("removed", LEAF)
    assert ("gap", gone["originator_id"], gone["originator_version"]) in {
        (fault.kind, fault.stream, fault.version) for fault in faults
    }


@pytest.mark.parametrize("log", LOGS)
def test_a_tail_that_was_cut_off_is_missed(forger: Forger, log: str):
    signed = forger.verify(log).newest
    assert signed is not None
    first = forger.events[log][signed.size - 2]["notification_id"]
    cut = f"DELETE FROM {log}_events WHERE notification_id >= {first}"
    heads = f"DELETE FROM proof_heads WHERE log = '{log}' AND size = {signed.size}"

    with forger.forged(cut):
        listed = forger.verify(log).faults
    with forger.forged(cut, *listed_anew(log)):
        unlisted = forger.verify(log).faults
    with forger.forged(cut, *listed_anew(log), heads):
        from_file = forger.verify(log).faults

    assert (listed[0].kind, listed[0].position) == ("removed", first)
    assert (unlisted[0].kind, unlisted[0].leaf) == ("removed", signed.size - 2)
    assert (from_file[0].kind, from_file[0].leaf) == ("removed", signed.size - 2)
    assert "file" in {fault.kind for fault in from_file}


def test_a_log_that_was_emptied_is_missed(forger: Forger):
    with forger.forged("DELETE FROM agency_events", "DELETE FROM event_index", "DELETE FROM proof_heads"):
        faults = forger.verify(AGENCY).faults

    assert (faults[0].kind, faults[0].leaf) == ("removed", 0)


def test_an_event_that_was_put_behind_the_end_is_not_listed(forger: Forger):
    last = forger.events[AGENCY][-1]

    with forger.forged(
        "INSERT INTO agency_events SELECT gen_random_uuid(), 1, topic, state, notification_id + 1,"
        f" notification_id + 1 FROM agency_events WHERE notification_id = {last['notification_id']}"
    ):
        (fault,) = forger.verify(AGENCY).faults

    assert (fault.kind, fault.position) == ("inserted", last["notification_id"] + 1)


@pytest.mark.parametrize("position", [0, -1, -(2**63), 2**63 - 1])
def test_an_event_at_a_place_where_none_can_be_is_found(forger: Forger, position: int):
    with forger.forged(
        f"INSERT INTO agency_events SELECT originator_id, 1000, topic, state, {position}, 1"
        f" FROM agency_events WHERE notification_id = {forger.events[AGENCY][LEAF]['notification_id']}"
    ):
        fault = forger.verify(AGENCY).faults[0]

    assert (fault.kind, fault.position, fault.version) == ("inserted", position, 1000)


@pytest.mark.parametrize("at_once", [1, 3, 17])
def test_a_log_that_is_read_in_parts_is_read_whole(
    forger: Forger, monkeypatch: pytest.MonkeyPatch, at_once: int
):
    monkeypatch.setattr(stored, "POSITIONS_AT_ONCE", at_once)
    hole = ("UPDATE {0} SET {1} = {1} + 1000000 WHERE {1} > 20",)
    holes = [
        one.format(*names)
        for one in hole
        for names in (("agency_events", "notification_id"), ("event_index", "position"))
    ]
    first = forger.events[AGENCY][0]

    for log in LOGS:
        assert forger.verify(log).ok
    with forger.forged(*holes, *listed_anew(AGENCY)):
        assert forger.verify(AGENCY).ok
    with forger.forged("UPDATE agency_events SET state = state || ' '"):
        assert forger.verify(AGENCY).faults[0].position == first["notification_id"]


def test_any_bit_of_the_file_of_heads_is_missed(forger: Forger):
    chance = random.Random(SEED)
    file = forger.house.wiring.heads.file.path
    content = file.read_bytes()
    unseen = []

    for _ in range(200):
        bit = chance.randrange(8 * content.rindex(b"\n"))
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        file.write_bytes(flipped)
        if all(forger.verify(log).ok for log in LOGS):
            unseen.append(bit)
    file.write_bytes(content)

    assert unseen == []
    assert all(forger.verify(log).ok for log in LOGS)


HEADS = {
    "root": "set_bit(root, 77, 1 - get_bit(root, 77))",
    "signature": "set_bit(signature, 77, 1 - get_bit(signature, 77))",
    "size": "size - 1",
    "at": "at + interval '1 microsecond'",
    "key_id": "'0123456789abcdef'",
}


@pytest.mark.parametrize("column", HEADS)
def test_a_head_that_was_changed_in_the_database_is_seen(forger: Forger, column: str):
    with forger.forged(f"UPDATE proof_heads SET {column} = {HEADS[column]}"):
        kinds = {fault.kind for fault in forger.verify(AGENCY).faults}

    assert kinds == {"signature", "file"}


LISTED = {
    "leaf_hash = sha256('other')": "altered",
    "topic = 'Tree.Other'": "listed",
    "stream = gen_random_uuid()": "listed",
    "version = version + 1": "listed",
    "append = append + 1": "listed",
    "leaf = leaf + 1000": "removed",
    "leaf = -1": "inserted",
}


@pytest.mark.parametrize("change", LISTED)
def test_a_list_that_was_changed_is_seen(forger: Forger, change: str):
    with forger.forged(f"UPDATE event_index SET {change} WHERE log = 'agency' AND leaf = {LEAF}"):
        fault = forger.verify(AGENCY).faults[0]

    assert (fault.kind, fault.position) == (
        LISTED[change],
        forger.events[AGENCY][LEAF]["notification_id"],
    )


@pytest.mark.parametrize("level", [0, 1])
def test_damaged_hashes_accuse_no_event(forger: Forger, level: int):
    with forger.forged(
        f"UPDATE proof_tiles SET hashes = sha256('other') || substr(hashes, 33) WHERE level = {level}"
    ):
        (fault,) = forger.verify(AGENCY).faults

    assert (fault.kind, fault.leaf, fault.position) == ("tiles", None, None)
