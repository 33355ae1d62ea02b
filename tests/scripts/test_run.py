"""From `scripts/run` to Ctrl-C, and to `kill -9`."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.postgres import temporary_directory
from tests.scripts.starting import KILLED_SECONDS_MAX, Heartwood, refusal, start, started, status_of
from tests.waiting import until

VARYING = ("Date", "RateLimit-Remaining", "RateLimit-Reset")
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


@pytest.fixture
def data() -> Iterator[Path]:
    """Where a start may keep its things; the name has a space in it, as a person's directory may."""
    with temporary_directory() as directory:
        yield directory / "the data"


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Heartwood, dict[str, Any]]]:
    """One Heartwood with its demo, for the tests that only look at it."""
    with temporary_directory() as directory, started(directory / "var") as ready:
        yield ready


def leave_a_note(facts: dict[str, Any]) -> None:
    with psycopg.connect(facts["database"]) as connection:
        connection.execute("CREATE TABLE public.note AS SELECT 'kept' AS words")


def read_the_note(facts: dict[str, Any]) -> str:
    with psycopg.connect(facts["database"]) as connection:
        row = connection.execute("SELECT words FROM public.note").fetchone()
    assert row is not None
    return str(row[0])


def test_programs_find_in_ready_json_what_they_need(running: tuple[Heartwood, dict[str, Any]]) -> None:
    heartwood, facts = running

    path = heartwood.data / "ready.json"

    assert path.stat().st_mode & 0o777 == 0o600
    assert facts["url"] == f"http://127.0.0.1:{heartwood.port}"
    assert facts["pid"] == heartwood.process.pid
    assert facts["version"] == "0.1.0"
    assert facts["stripe_url"].startswith("http://127.0.0.1:")
    assert "ana" in facts["sign_in"]
    assert facts["api_keys"]["bright_signal"].startswith("hh_live_")
    assert facts["anchor_id"] not in facts["child_ids"]
    assert facts["tree_id"]


def test_people_are_shown_where_mails_the_local_stripe_and_the_data_are(
    running: tuple[Heartwood, dict[str, Any]],
) -> None:
    heartwood, facts = running

    lines = heartwood.output.splitlines()

    assert f"Mails:  {facts['mail']}" in lines
    assert f"Stripe: {facts['stripe_url']}" in lines
    assert f"Data:   {heartwood.data}" in lines
    assert facts["cast"].keys() == facts["sign_in"].keys()


def test_people_are_shown_the_progress_the_links_and_a_command_to_track(
    running: tuple[Heartwood, dict[str, Any]],
) -> None:
    heartwood, facts = running

    lines = heartwood.output.splitlines()

    assert f"Heartwood is ready: {facts['url']}" in lines
    assert any(re.fullmatch(r"Starting PostgreSQL 18\.\d+ +\d+\.\d s", line) for line in lines)
    assert any(re.fullmatch(r"Writing the demo +\d+\.\d s", line) for line in lines)
    ana = next(line for line in lines if line.strip().startswith("ana "))
    assert ana.split()[1] == facts["sign_in"]["ana"]
    assert ana.endswith("  owner of the agency Bright Signal, which has ended")
    assert any(line.strip().startswith("curl ") for line in lines)


def test_the_shown_command_tracks_an_event(running: tuple[Heartwood, dict[str, Any]]) -> None:
    heartwood, _ = running
    command = next(line for line in heartwood.output.splitlines() if line.strip().startswith("curl "))

    answer = subprocess.run(
        [*shlex.split(command), "--silent", "--write-out", "\n%{http_code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert answer.stdout.splitlines()[-1] == "201", answer.stdout


def test_on_a_connection_that_is_kept_an_event_is_answered_as_on_a_new_one(
    running: tuple[Heartwood, dict[str, Any]],
) -> None:
    heartwood, facts = running
    kept = http.client.HTTPConnection("127.0.0.1", heartwood.port, timeout=20)
    event = json.dumps({"agent_id": "kept", "task_type": "other", "outcome": "success"})
    authorization = f"Bearer {facts['api_keys']['harbor_lane']}"
    said = []

    for number in range(4):
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        kept.request("POST", "/api/v1/track", event, headers | {"Idempotency-Key": f"kept-{number // 2}"})
        answer = kept.getresponse()
        fields = {name: value for name, value in answer.getheaders() if name not in VARYING}
        said.append((answer.status, answer.reason, fields, json.loads(answer.read())["event_id"]))
    kept.close()

    assert [one[:2] for one in said] == [(201, "CREATED"), (200, "OK")] * 2
    assert [one[2] for one in said[1:]] == [said[0][2]] * 3
    assert said[0][3] == said[1][3] != said[2][3] == said[3][3]


def test_pages_and_the_local_stripe_answer(running: tuple[Heartwood, dict[str, Any]]) -> None:
    _, facts = running

    health = status_of(f"{facts['url']}/healthz")
    sign_in = status_of(facts["sign_in"]["ana"])
    mails = status_of(facts["mail"])
    stripe = status_of(facts["stripe_url"])

    assert (health, sign_in, mails, stripe) == (200, 200, 200, 200)


def test_the_agency_that_is_well_is_in_the_middle_of_its_second_cycle(
    running: tuple[Heartwood, dict[str, Any]],
) -> None:
    _, facts = running

    with psycopg.connect(facts["database"]) as connection:
        cycles = connection.execute(
            "SELECT sum(events)::int, now() - cycle_started_at FROM usage_by_workspace"
            " WHERE pool_id = %s GROUP BY cycle_started_at ORDER BY cycle_started_at",
            (facts["healthy"]["tree_id"],),
        ).fetchall()

    (whole, _), (present, since) = cycles
    assert whole == 18_250
    assert 10_950 <= present < 11_000  # and what these tests track
    assert 10 <= since.days <= 16


def test_a_second_start_on_the_same_directory_is_refused(running: tuple[Heartwood, dict[str, Any]]) -> None:
    heartwood, facts = running
    before = (heartwood.data / "ready.json").read_text()

    words = refusal(heartwood.data)

    assert f"already runs on {heartwood.data} (process {facts['pid']})" in words
    assert (heartwood.data / "ready.json").read_text() == before
    assert status_of(f"{facts['url']}/healthz") == 200


def test_the_port_of_a_running_heartwood_is_refused_to_another(
    running: tuple[Heartwood, dict[str, Any]], data: Path
) -> None:
    heartwood, _ = running

    words = refusal(data, port=heartwood.port)

    assert f"Port {heartwood.port} is in use" in words
    assert "--port" in words
    assert not data.exists()


def test_it_listens_on_this_machine_only(running: tuple[Heartwood, dict[str, Any]]) -> None:
    heartwood, _ = running
    other_address_of_this_machine = ("127.0.0.2", heartwood.port)

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(other_address_of_this_machine, timeout=5)


@ON_LINUX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_orderly_stop_ends_all_with_success_and_the_next_start_finds_the_data(
    data: Path, number: signal.Signals
) -> None:
    with started(data, "--no-demo") as (heartwood, facts):
        leave_a_note(facts)
        code = heartwood.stop(number)
        left = heartwood.processes()

    with started(data, "--no-demo") as (_, facts):
        note = read_the_note(facts)

    assert (code, left, note) == (0, [], "kept")


@ON_LINUX
def test_after_kill_9_nothing_is_left_and_the_next_start_finds_the_data(data: Path) -> None:
    with started(data) as (heartwood, before):
        leave_a_note(before)
        assert len(heartwood.processes()) > 4

        heartwood.process.kill()
        heartwood.process.wait()
        until(lambda: not heartwood.processes(), seconds=KILLED_SECONDS_MAX)

    with started(data) as (_, after):
        note = read_the_note(after)
        health = status_of(f"{after['url']}/healthz")

    assert (note, health) == ("kept", 200)
    assert after["stripe_url"] == before["stripe_url"]
    assert (after["anchor_id"], after["child_ids"]) == (before["anchor_id"], before["child_ids"])


@ON_LINUX
def test_a_start_right_after_kill_9_waits_for_what_is_still_ending(data: Path) -> None:
    with started(data, "--no-demo") as (heartwood, facts):
        leave_a_note(facts)
        heartwood.process.kill()
        heartwood.process.wait()

    with started(data, "--no-demo") as (_, facts):
        note = read_the_note(facts)

    assert note == "kept"


@ON_LINUX
@pytest.mark.parametrize("told_by", ["Starting PostgreSQL", "Making the schema", "Starting the programs"])
def test_an_interrupted_start_leaves_nothing_running_and_can_be_done_again(data: Path, told_by: str) -> None:
    heartwood = start(data)
    until(lambda: told_by in heartwood.output, seconds=60)

    code = heartwood.stop()
    left = heartwood.processes()
    with started(data) as (_, facts):
        health = status_of(f"{facts['url']}/healthz")

    assert (code, left, health) == (0, [], 200), heartwood.output
    assert "ana" in facts["sign_in"]


@ON_LINUX
def test_half_a_demo_of_a_killed_start_is_written_again(data: Path) -> None:
    heartwood = start(data)
    until(lambda: "Writing the demo" in heartwood.output, seconds=60)
    heartwood.process.kill()
    heartwood.process.wait()
    assert json.loads((data / "demo.json").read_text()) == {"the embedded database": "begun"}

    with started(data) as (_, facts):
        health = status_of(f"{facts['url']}/healthz")

    assert health == 200
    assert json.loads((data / "demo.json").read_text()) == {"the embedded database": "written"}


@ON_LINUX
def test_when_a_program_dies_the_others_stop_and_one_is_told_which(data: Path) -> None:
    with started(data, "--no-demo") as (heartwood, _):
        postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
        subprocess.run(["kill", "-9", str(postmaster)], check=True)
        code = heartwood.process.wait(30)
        left = heartwood.processes()

    assert (code, left) == (1, [])
    assert "PostgreSQL ended unexpectedly (SIGKILL)" in heartwood.output
    assert "postgres.log" in heartwood.output
    assert not (data / "ready.json").exists()


def test_fresh_begins_again(data: Path) -> None:
    with started(data, "--no-demo") as (heartwood, facts):
        leave_a_note(facts)
    (data / "stripe.port").write_text("not a port\n")

    with started(data, "--no-demo", "--fresh") as (_, facts):
        with pytest.raises(psycopg.errors.UndefinedTable):
            read_the_note(facts)

    assert "Heartwood has stopped." in heartwood.output
