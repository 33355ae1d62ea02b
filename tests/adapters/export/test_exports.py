"""What is in an export and what is not, and that the program in it verifies it with nothing else."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from domain.export import Export
from domain.permissions import Role
from tests.adapters.export.made import (
    Town,
    events_of,
    export_of,
    files_of,
    laid_out,
    made_by,
    problems,
    wrong_with,
)
from tests.house import House
from tests.tracked import tracked

Files = dict[str, bytes]

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
EVENTS = 50_000 if LONG else 1_500  # and four times as many
PEAK_BYTES_MAX = 24 * 2**20
NO_NETWORK = "import socket; socket.socket = None; import runpy, sys; sys.argv = sys.argv[1:];"
NO_NETWORK += "runpy.run_path(sys.argv[0], run_name='__main__')"


def ran(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A program with nothing of ours around it, and without a network."""
    command = [sys.executable, "-I", "-S", "-c", NO_NETWORK, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env={}, cwd=cwd, timeout=60)


def key_of(town: Town) -> str:
    return town.house.wiring.signing.public_key().hex()


def test_an_export_verifies_with_the_program_that_is_in_it(town: Town, zipped: bytes, tmp_path: Path) -> None:
    folder, empty = laid_out(tmp_path / "unpacked", files_of(zipped)), tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "export.zip").write_bytes(zipped)

    for export in (folder, tmp_path / "export.zip"):
        told = ran(folder / "verify.py", export, "--key", key_of(town), cwd=empty)

        assert told.returncode == 0, told.stdout + told.stderr
        assert f"All is well with the export {made_of(zipped)['export_id']}" in told.stdout
        assert "NOTE" not in told.stdout
    assert "NOTE: this key came with the export itself" in ran(folder / "verify.py", cwd=empty).stdout
    assert [*empty.iterdir()] == []


def made_of(zipped: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(files_of(zipped)["manifest.json"])
    return found


def test_the_history_can_be_read_without_us(town: Town, zipped: bytes, tmp_path: Path) -> None:
    folder = laid_out(tmp_path, files_of(zipped))

    told = ran(folder / "verify.py", folder, "--history", cwd=tmp_path).stdout

    lines = [line for line in told.splitlines() if line.startswith("2026-")]
    assert len(lines) == len(events_of(files_of(zipped)))
    assert any("Workspace.MemberJoined  by person:" in line and '"member"' in line for line in lines)
    assert str(town.tree_id) in told


def test_a_wrong_key_and_a_wrong_input_have_their_own_exit_codes(
    town: Town, zipped: bytes, tmp_path: Path
) -> None:
    folder = laid_out(tmp_path / "unpacked", files_of(zipped))
    (tmp_path / "keys").write_text(f"{'0' * 16} {key_of(town)}\n")
    (tmp_path / "nothing").write_bytes(b"")

    codes = {
        words: ran(folder / "verify.py", *words, cwd=tmp_path).returncode
        for words in (
            (folder, "--key", "00" * 32),
            (folder, "--key-file", tmp_path / "keys"),
            (folder, "--key", "no key"),
            (folder, "--key-file", tmp_path / "missing"),
            (tmp_path / "nothing",),
            (tmp_path / "missing",),
            (tmp_path,),
            ("--what",),
        )
    }

    assert [*codes.values()] == [1, 0, 2, 2, 2, 2, 2, 2]


def test_all_of_an_agency_is_in_it_once_and_nothing_of_others(town: Town, sealed: Files) -> None:
    events = events_of(sealed)

    with town.house.database.reading() as db:
        rows = db.execute(
            "SELECT log, leaf FROM event_index WHERE (tree_id = %s OR workspace_id = %s OR topic LIKE"
            " 'StripeNotice.%%') AND topic <> 'Export.Made' ORDER BY log, leaf",
            (town.tree_id, town.anchor_id),
        ).fetchall()
    assert [(one["log"], one["leaf"]) for one in events] == [(row["log"], row["leaf"]) for row in rows]
    assert not names_any(events, town.alone, town.eve)
    assert [*csv.reader(io.StringIO(sealed["events.csv"].decode()))][1:][-1][1] == str(events[-1]["position"])


def names_any(events: list[dict[str, object]], *ids: UUID) -> bool:
    return any(str(one) in json.dumps(events) for one in ids)


def test_a_workspace_that_stands_alone_exports_itself(town: Town) -> None:
    files = files_of(export_of(town.house, town.alone))

    events = events_of(files)
    assert wrong_with(files) == []
    assert [one["topic"] for one in events if one["log"] == "agency"] == ["Workspace.Opened", "Export.Asked"]
    assert [one["topic"] for one in events if one["log"] == "metering"] == ["Usage.Counted"] * 3
    assert not names_any(events, town.tree_id, town.anchor_id, town.acme, town.ana)


def test_who_left_an_agency_takes_its_own_time_and_leaves_the_agency_its_own(house: House) -> None:
    town = Town(house)
    carl = house.person("Carl")
    house.member(town.acme, town.ana, carl, Role.ADMIN)
    house.agency.transfer_ownership(town.acme, town.ana, carl, Role.ADMIN, because=house.because())
    house.wiring.billing.cancel_at_once(town.tree_id, town.ana, because=house.because(f"person:{town.ana}"))
    house.deliver_notices()
    house.clock.advance(days=1)
    house.member(town.acme, carl, town.eve, Role.VIEWER)
    house.wiring.ingest.track(town.acme, [tracked()], because=house.because("key:1"))
    house.run_followed()

    agency, client = (files_of(export_of(house, one)) for one in (town.anchor_id, town.acme))

    assert wrong_with(agency) == wrong_with(client) == []
    of_client = events_of(client)
    assert not names_any(of_client, town.tree_id, town.anchor_id, town.ana)
    assert [one["topic"] for one in of_client if one["log"] == "metering"] == ["Usage.Counted"]
    assert not names_any(events_of(agency), town.eve)
    assert "Workspace.Downgraded" in {one["topic"] for one in events_of(agency)}
    streams = json.loads(client["manifest.json"])["streams"]
    (stream,) = [one for one in streams if one["stream"] == str(town.acme)]
    assert stream["runs"][0][0] > 1  # what came before is the agency's


def test_the_same_export_is_the_same_to_the_byte_however_often_it_is_fetched(house: House) -> None:
    town = Town(house)
    made = made_by(house, town.anchor_id, town.ana)

    first = b"".join(house.web.exports.zipped(made) or ())
    house.workspace(town.eve, "One more")
    house.child(town.tree_id, town.ana, "Another client")
    house.clock.advance(minutes=5)
    house.wiring.heads.sign_all()
    second = b"".join(house.web.exports.zipped(made) or ())

    assert first == second
    assert wrong_with(files_of(first)) == []


def test_an_export_takes_no_more_memory_the_longer_it_is(house: House) -> None:
    eve = house.person("Eve")
    alone = house.workspace(eve, "Eve’s")

    peaks = []
    for count in (EVENTS, 4 * EVENTS):
        many(house, alone, count)
        house.agency.ask_for_export(export_id := uuid4(), alone, eve, because=house.because())
        house.wiring.deliver_due()
        made = house.agency.export(export_id)
        assert made.holding is not None
        assert made.holding.events > count
        peaks.append(peak_bytes_of(house, made))

    assert peaks[1] < 2 * peaks[0]  # of what is five times as long
    assert peaks[1] < PEAK_BYTES_MAX


def peak_bytes_of(house: House, made: Export) -> int:
    tracemalloc.start()
    try:
        assert sum(map(len, house.wiring.exports.zipped(made) or ())) > 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def many(house: House, workspace_id: UUID, count: int) -> None:
    """So many more facts of the other log, copied from one, with a leaf each."""
    house.wiring.ingest.track(workspace_id, [tracked()], because=house.because("key:1"))
    with house.database.writing() as db:
        db.execute(
            "INSERT INTO metering_events SELECT gen_random_uuid(), 1, topic, state, nextval("
            "'metering_events_notification_id_seq'), notification_id FROM (SELECT * FROM metering_events"
            " ORDER BY notification_id DESC LIMIT 1) last, generate_series(2, %s)",
            (count,),
        )
        db.execute(
            "INSERT INTO event_index SELECT 'metering', e.notification_id, e.append,"
            " i.leaf + row_number() OVER (ORDER BY e.notification_id), "
            " sha256('\\x00'::bytea || uuid_send(e.originator_id) ||"
            " int8send(e.originator_version) || int4send(octet_length(e.topic)) ||"
            " convert_to(e.topic, 'UTF8') || e.state), e.originator_id, 1, e.topic, i.key, i.tree_id,"
            " i.workspace_id, i.actor, i.cause, i.story, i.at FROM metering_events e, (SELECT * FROM"
            " event_index WHERE log = 'metering' ORDER BY leaf DESC LIMIT 1) i"
            " WHERE e.notification_id > i.position"
        )


def test_after_somebody_is_forgotten_exports_verify_and_hold_nothing_of_them(house: House) -> None:
    town = Town(house)
    before = files_of(export_of(house, town.anchor_id))

    house.wiring.erasure.record(town.ben, because=house.because("operator"))
    house.wiring.deliver_due()
    after = files_of(export_of(house, town.anchor_id))

    assert wrong_with(before) == wrong_with(after) == []
    for files in (before, after):
        held = b"".join(files.values())
        assert not any(word in held for word in (b'Ben"', b"Ben@", b"ben@example.com"))
    assert len(events_of(after)) > len(events_of(before))


def test_an_event_that_was_changed_in_the_store_is_exported_as_it_is_and_named(house: House) -> None:
    town = Town(house)
    made = made_by(house, town.anchor_id)
    with house.database.writing() as db:
        db.execute("ALTER TABLE agency_events DISABLE TRIGGER ALL")
        db.execute(
            "UPDATE agency_events SET state = set_byte(state, 5, 255) WHERE originator_id = %s"
            " AND originator_version = 2",
            (town.acme,),
        )

    files = files_of(b"".join(house.wiring.exports.zipped(made) or ()))

    (told,) = wrong_with(files)
    assert f"({town.acme}, version 2): it is not what was recorded there" in told


def test_so_many_are_fetched_at_once_and_no_more(house: House, tmp_path: Path) -> None:
    made = made_by(house, house.workspace(house.person("Eve"), "Eve’s"))
    exports = house.wiring.exports

    first, second = exports.zipped(made), exports.zipped(made)
    third = exports.zipped(made)
    assert first
    assert second
    assert third is None
    first.close()
    again = b"".join(exports.zipped(made) or ())

    assert problems(laid_out(tmp_path, files_of(again))) == []
    assert exports.zipped(made) is not None  # the one that was fetched to its end has made room


def test_an_export_that_was_asked_for_twice_is_one(house: House) -> None:
    ana = house.person("Ana")
    workspace_id, export_id = house.workspace(ana), uuid4()

    for _ in range(2):
        house.agency.ask_for_export(export_id, workspace_id, ana, because=house.because(f"person:{ana}"))
        house.wiring.deliver_due()

    with house.database.reading() as db:
        rows = db.execute("SELECT topic FROM event_index WHERE stream = %s ORDER BY version", (export_id,))
        assert [row["topic"] for row in rows] == ["Export.Asked", "Export.Made"]


@pytest.mark.parametrize("logs", [1, 2])
def test_a_house_in_which_little_happened_exports_that(house: House, logs: int) -> None:
    alone = house.workspace(house.person("Eve"), "Eve’s")
    if logs == 2:
        house.wiring.ingest.track(alone, [tracked()], because=house.because("key:1"))

    files = files_of(export_of(house, alone))

    assert wrong_with(files) == []
    assert len(json.loads(files["manifest.json"])["heads"]) == logs
