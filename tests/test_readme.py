"""The README is true: every command in it runs, and does what the text beside it says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from projections.catalogue import ALL
from tests.mailbox import Mailbox, mail_server
from tests.postgres import NewDatabase, temporary_directory
from tests.scripts.starting import started, status_of

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)

# Blocks that start Heartwood, and the one that runs this test; the tests below say how each is run.
STARTS = [block for block in BLOCKS if "scripts/run" in block]
SUITE = [block for block in BLOCKS if "scripts/test" in block]
TOUR = [block for block in BLOCKS if block not in STARTS + SUITE]

SECONDS_MAX = 60


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """A clone as a reader has it, with Heartwood running: `./scripts` and `./var`."""
    with temporary_directory() as here:
        (here / "scripts").symlink_to(ROOT / "scripts")
        (here / ".venv").symlink_to(sys.prefix)
        with started(here / "var"):
            yield here


def shell(commands: str, here: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=here,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )


def test_the_two_commands_stand_alone() -> None:
    assert STARTS[0] == "scripts/run\n"
    assert SUITE == ["scripts/test\n"]
    assert (ROOT / ".ci" / "run").read_text().count("scripts/test") == 1


@pytest.mark.parametrize("block", TOUR[1:], ids=lambda block: block.split("\n")[0][:60])
def test_every_command_of_the_tour_works(block: str, directory: Path) -> None:
    done = shell(TOUR[0] + block, directory)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout


def test_what_the_tour_promises(directory: Path) -> None:
    track, tree, explain = (next(block for block in TOUR if word in block) for word in WORDS)

    twice = shell(TOUR[0] + track + "echo\n" + track, directory).stdout.split()
    seen = shell(TOUR[0] + tree, directory).stdout
    story = shell(TOUR[0] + explain, directory).stdout

    assert twice[0] == twice[1]
    assert '"status":"active"' in seen
    assert "customer.subscription.deleted" in story


WORDS = ("/api/v1/track", "/api/v1/tree", "heartwood explain")


def test_the_tour_leaves_nothing_different_behind(directory: Path) -> None:
    rebuilt = shell("scripts/heartwood rebuild --all --json", directory)

    assert rebuilt.returncode == 0, rebuilt.stderr
    assert re.findall(r'"differences": *(\d+)', rebuilt.stdout) == ["0"] * len(ALL)


def test_a_database_of_ones_own_is_used(new_database: NewDatabase) -> None:
    assert any("DATABASE_URL=" in block for block in STARTS)
    conninfo = new_database()

    with (
        temporary_directory() as here,
        started(here / "var", "--no-demo", environ={"DATABASE_URL": conninfo}) as (_, facts),
    ):
        assert facts["database"] == conninfo
        assert status_of(facts["url"] + "/healthz") == 200


def test_the_real_stripe_is_used_when_its_keys_are_given() -> None:
    assert any("STRIPE_SECRET_KEY=" in block for block in STARTS)
    keys = {"STRIPE_SECRET_KEY": "sk_test_readme", "STRIPE_WEBHOOK_SECRET": "whsec_readme"}

    with (
        temporary_directory() as here,
        started(here / "var", "--no-demo", environ=keys) as (_, facts),
    ):
        assert facts["stripe_url"] is None
        assert status_of(facts["url"] + "/healthz") == 200


def test_mail_goes_to_the_server_that_is_named_and_leads_to_the_public_address() -> None:
    assert any("HEARTWOOD_SMTP_URL=" in block for block in STARTS)
    mailbox = Mailbox()

    with mail_server(mailbox) as port, temporary_directory() as here:
        environ = {
            "HEARTWOOD_PUBLIC_URL": "https://heartwood.example.com",
            "HEARTWOOD_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "HEARTWOOD_MAIL_FROM": "Heartwood <no-reply@example.com>",
        }
        with started(here / "var", "--no-demo", environ=environ) as (_, facts):
            assert facts["mail"] == f"127.0.0.1:{port}"
            ask_for_a_link(facts["url"], "ana@example.com")

    (message,) = mailbox.messages
    assert (message["From"], message["To"]) == (environ["HEARTWOOD_MAIL_FROM"], "ana@example.com")
    assert "https://heartwood.example.com/sign-up" in message.get_payload(decode=True).decode()


def ask_for_a_link(url: str, email: str) -> None:
    """As a reverse proxy hands it on: the cookie is for HTTPS only, and comes all the same."""
    page = requests.get(f"{url}/sign-in", timeout=SECONDS_MAX)
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token
    cookie = page.headers["Set-Cookie"]
    assert "Secure" in cookie
    answer = requests.post(
        f"{url}/sign-in",
        data={"form_token": token[1], "email": email},
        headers={"Cookie": cookie.partition(";")[0]},
        timeout=SECONDS_MAX,
    )
    assert answer.status_code == 200, answer.text
