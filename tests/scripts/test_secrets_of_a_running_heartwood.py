"""A Heartwood that runs keeps working while its secrets are exchanged, and writes none of them down."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.rotation import NAMES
from tests.postgres import temporary_directory
from tests.scripts.starting import Heartwood, started
from tests.waiting import until

ACCESS_LOG = {"GUNICORN_CMD_ARGS": "--access-logfile -"}
ADDRESS = "canary.vogel@secret.example"
TOKEN = "Zq8nQ2vZ-0aYk3rT5uWxB7cD9eF1gH2iJ4kL6mN8oP0"
KEY = "hh_live_Canary00_" + "C4n4ry" * 8
CANARIES = (
    *("canary.vogel", "secret.example", TOKEN, "C4n4ryC4n4ry", "hunter2canary", "sk_live_canary9"),
    *("whsec_canary8", "deadbeef" * 4, "198.51.100.23"),
)
_ASK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Heartwood, dict[str, Any]]]:
    with temporary_directory() as directory, started(directory / "var", environ=ACCESS_LOG) as ready:
        yield ready


def ask(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    try:
        with _ASK.open(urllib.request.Request(url, data=body, headers=given), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def logs(heartwood: Heartwood) -> str:
    return "\n".join(path.read_text(errors="replace") for path in (heartwood.data / "log").iterdir())


def heartwood_cli(heartwood: Heartwood, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "scripts.cli", "--data", str(heartwood.data), *words]
    return subprocess.Popen(
        command,
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def knows_its_people(facts: dict[str, Any]) -> bool:
    """A key that was made before is let in, and its workspace is called by its name."""
    key = next(iter(facts["api_keys"].values()))
    status, said = ask(f"{facts['url']}/api/v1/workspace", Authorization=f"Bearer {key}")
    return status == 200 and "erased" not in said


def test_secrets_are_exchanged_while_it_runs_and_the_command_is_killed(
    running: tuple[Heartwood, dict[str, Any]],
) -> None:
    heartwood, facts = running
    secrets = heartwood.data / "secrets"
    link = next(iter(facts["sign_in"].values()))

    for _ in range(4):
        kill_a_rotation(heartwood)
        assert knows_its_people(facts)
    said, errors = heartwood_cli(heartwood, "keys", "rotate", "--json").communicate(timeout=120)

    assert errors == ""
    assert [one["name"] for one in json.loads(said)["rotated"]] == list(NAMES)
    assert len(list(secrets.glob("vault*"))) == 1
    assert knows_its_people(facts)
    status, page = ask(link)
    assert status == 200
    assert "One click" in page
    doctor = heartwood_cli(heartwood, "doctor", "--json")
    checks = {one["name"]: one["ok"] for one in json.loads(doctor.communicate(timeout=60)[0])["checks"]}
    assert checks["secrets"]
    assert checks["log agency"]
    assert names_are_known(heartwood)


def kill_a_rotation(heartwood: Heartwood) -> None:
    """Soon after it has made a new key, wherever it is then."""
    before = newest_of(heartwood)
    command = heartwood_cli(heartwood, "keys", "rotate", "vault")
    until(lambda: newest_of(heartwood) != before or command.poll() is not None, seconds=60)
    command.kill()
    command.communicate()


def newest_of(heartwood: Heartwood) -> int:
    return max(number_of(path) for path in (heartwood.data / "secrets").glob("vault*"))


def number_of(path: Path) -> int:
    return int(path.suffix[1:] or 1)


def names_are_known(heartwood: Heartwood) -> bool:
    ready = json.loads((heartwood.data / "ready.json").read_text())
    child_id = ready["child_ids"][0]
    said, _ = heartwood_cli(heartwood, "history", child_id, "--json").communicate(timeout=60)
    document = json.loads(said)
    return "erased" not in said and document["subject"]["name"] != "erased"


def test_no_file_of_the_log_holds_a_secret_or_an_address(running: tuple[Heartwood, dict[str, Any]]) -> None:
    heartwood, facts = running
    url = facts["url"]
    mac, someone = "deadbeef" * 5, "00000000-0000-4000-8000-000000000000"

    ask(f"{url}/sign-in/{TOKEN}", Cookie=f"heartwood_session={TOKEN}; x=hunter2canary")
    ask(f"{url}/invitations/{someone}/{someone}/{mac}")
    ask(
        f"{url}/nowhere?email={ADDRESS}&password=hunter2canary&code={TOKEN}", Referer=f"{url}/sign-in/{TOKEN}"
    )
    ask(f"{url}/api/v1/track", b'{"agent_id": "canary.vogel@secret.example"}', Authorization=f"Bearer {KEY}")
    ask(
        f"{url}/webhooks/stripe",
        b'{"id": "sk_live_canary9"}',
        Stripe_Signature="t=1700000000,v1=" + "deadbeef" * 8,
    )
    ask(f"{url}/healthz", User_Agent=f"{ADDRESS} whsec_canary8 sk_live_canary9 198.51.100.23 {KEY}")
    with psycopg.connect(facts["database"], autocommit=True) as db:
        db.execute(
            "INSERT INTO outbox (errand, stream, version, story, asked_at, due_at)"
            " VALUES (%s, gen_random_uuid(), 1, 'x', now(), now() - interval '1 hour')",
            (f"mail {ADDRESS} with {KEY} password=hunter2canary",),
        )
        db.execute("ALTER TABLE sign_in_links RENAME TO away")
        status = signing_in(url)
        db.execute("ALTER TABLE away RENAME TO sign_in_links")
        until(lambda: "errand mail" in logs(heartwood), seconds=20)
        kept = db.execute("SELECT string_agg(last_error, ' ') FROM outbox").fetchone()
        db.execute("DELETE FROM outbox WHERE errand LIKE 'mail %%secret%%'")

    said = logs(heartwood)
    assert status == 500
    assert "UndefinedTable" in said  # what went wrong is told,
    assert "/sign-in/[redacted]" in said  # and so is who asked for what,
    assert [one for one in CANARIES if one in said] == []  # but not this
    assert ADDRESS not in str(kept)
    secrets = [path.read_text().strip() for path in (heartwood.data / "secrets").iterdir()]
    assert [one for one in (*secrets, *facts["api_keys"].values()) if one in said] == []
    assert not re.search(r"\S+@example\.com", said)


def signing_in(url: str) -> int:
    """A form that is sent as a browser would, with its cookie."""
    with _ASK.open(f"{url}/sign-in", timeout=20) as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        token = re.search(r'name="form_token" value="([^"]+)"', answer.read().decode())
    assert token is not None
    body = f"form_token={token[1]}&email={ADDRESS.replace('@', '%40')}".encode()
    return ask(f"{url}/sign-in", body, Cookie=cookie, Origin=url)[0]


def test_every_line_of_a_program_of_ours_is_one_json_object(
    running: tuple[Heartwood, dict[str, Any]],
) -> None:
    heartwood, _ = running
    for name in ("web", "worker"):
        lines = (heartwood.data / "log" / f"{name}.log").read_text().splitlines()

        said = [json.loads(line) for line in lines]

        assert said
        assert all({"at", "level", "event", "logger"} <= one.keys() for one in said)


def test_a_command_that_is_killed_after_the_fact_leaves_nothing_half_erased(
    running: tuple[Heartwood, dict[str, Any]],
) -> None:
    heartwood, facts = running
    address, foreseen = next(
        (address, foreseen)
        for address in (f"{name.lower()}@example.com" for name in facts["cast"])
        if (foreseen := foretold(heartwood, address))
        and foreseen["workspaces_left"]
        and not foreseen["stands_in_the_way"]
    )
    person_id = foreseen["person_id"]
    (heartwood.data / "mail").mkdir(exist_ok=True)
    mail = heartwood.data / "mail" / "20260101T000000000000-x.eml"
    mail.write_text(f"To: {address}\n\nHello {address}\n")

    with psycopg.connect(facts["database"], autocommit=True) as db:
        command = heartwood_cli(heartwood, "forget", address, "--yes")
        until(lambda: found(db, "agency_events", "originator_id", person_id), seconds=60)
        command.kill()
        command.communicate()
        until(lambda: done(db, person_id), seconds=30)
        left = [
            table
            for table, column in (
                *(("vault_keys", "subject_id"), ("vault_entries", "subject_id"), ("sessions", "person_id")),
                *(("vault_addresses", "person_id"), ("access_members", "person_id")),
            )
            if found(db, table, column, person_id)
        ]

    mails = [path for path in (heartwood.data / "mail").iterdir() if address in path.read_text()]
    assert foreseen["workspaces_left"]
    assert (left, mails) == ([], [])
    assert foretold(heartwood, address) is None
    assert address not in logs(heartwood)


def foretold(heartwood: Heartwood, address: str) -> dict[str, Any] | None:
    said, _ = heartwood_cli(heartwood, "forget", address, "--dry-run", "--json").communicate(timeout=60)
    return json.loads(said) if said else None


def found(db: psycopg.Connection[Any], table: str, column: str, value: str) -> bool:
    return db.execute(f"SELECT FROM {table} WHERE {column} = '{value}'").fetchone() is not None


def done(db: psycopg.Connection[Any], person_id: str) -> bool:
    asked = "SELECT FROM outbox WHERE errand = 'erase_person' AND stream = %s AND done_at IS NOT NULL"
    return db.execute(asked, (person_id,)).fetchone() is not None
