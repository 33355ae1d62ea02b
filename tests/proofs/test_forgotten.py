"""Whoever is forgotten stands nowhere any more, in no file and no table, and everything else goes on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import requests
from cryptography.exceptions import InvalidTag

from adapters.postgres.server import DATABASE, SUPERUSER
from adapters.ring import UnknownSecret
from projections.catalogue import ALL
from scripts.wiring import Wiring, of_data
from tests.postgres import temporary_directory
from tests.proofs.rebuilding import command
from tests.proofs.remains import dump, files_with, files_with_bytes, stands_in, tables_with
from tests.scripts.starting import started
from tests.story.browser import Browser, Page
from tests.waiting import until

NAME, ADDRESS = "Quentina Zwiebelfisch", "q.zwiebelfisch@canary-post.example"
CANARIES = ("zwiebelfisch", "canary-post")  # of the name and of the address, and of the address alone
LINK = re.compile(r"http://\S+")
ID = re.compile(r"/w/([0-9a-f-]{36})/")
SECONDS = 30
# What Stripe knows is Stripe's; the local one stands in for it.
OF_STRIPE = ("stripe",)


class AtHome(Browser):
    """Somebody's browser, over real HTTP."""

    def __init__(self, url: str, mails: Callable[[str], str]) -> None:
        self.session = requests.Session()
        self.page = Page(url, 0, "")
        self.mails = mails

    def _go(self, url: str, method: str, fields: dict[str, Any]) -> Page:
        data = fields if method == "POST" else None
        answer = self.session.request(method, url, data=data, timeout=SECONDS)
        self.page = Page(answer.url, answer.status_code, answer.text)
        assert answer.ok, self.page.text
        return self.page

    def opens_a_workspace(self, name: str, address: str, workspace: str, plan: str) -> UUID:
        self.open("/sign-up")
        self.press("Send me the link", name=name, email=address, workspace=workspace, plan=plan)
        self.open(self.mails(address))
        self.press("Sign in")
        if plan != "free":
            self.press("Pay")
        found = ID.search(self.page.url)
        assert found is not None
        return UUID(found[1])

    def invites(self, workspace_id: UUID, name: str, address: str, role: str) -> None:
        self.open(f"/w/{workspace_id}/members")
        self.press("Send invitation", email=address, name=name, role=role)


@dataclass
class Export:
    path: Path
    public_key: str

    def verifies(self) -> bool:
        """By the program that lies in it, and nothing else of ours."""
        with zipfile.ZipFile(self.path) as archive:
            program = self.path.with_suffix(".py")
            program.write_bytes(archive.read("verify.py"))
        words = [sys.executable, "-I", str(program), str(self.path), "--key", self.public_key]
        return subprocess.run(words, capture_output=True, timeout=SECONDS).returncode == 0

    def content(self) -> bytes:
        with zipfile.ZipFile(self.path) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())


@dataclass
class Lived:
    """A Heartwood with the life of somebody in it. `superusers` is how its administrator connects."""

    data: Path
    url: str
    superusers: str
    person_id: UUID
    anchor_id: UUID
    output: Path

    @property
    def postgres(self) -> Path:
        return (self.data / "postgres").resolve()

    def run(self, *words: str) -> Any:
        said, complained = command(self.data, *words, "--json").communicate(timeout=120)
        assert complained == "", complained
        return json.loads(said)

    def exported(self, name: str) -> Export:
        """Outside of the data directory, as somebody keeps it."""
        path = self.data.with_name(name)
        said = self.run("export", str(self.anchor_id), "--to", str(path))
        return Export(path, said["public_key"])

    def wired(self) -> Wiring:
        return of_data(self.data)

    def settle(self) -> None:
        """All that was ever written is in files, and what is dead in the tables is swept."""
        with psycopg.connect(self.superusers, autocommit=True) as db:
            for statement in ("VACUUM ANALYZE", "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"):
                db.execute(statement)  # type: ignore[arg-type]

    def sealed(self) -> list[bytes]:
        """Their key as it is wrapped, and whatever it seals."""
        with psycopg.connect(self.superusers) as db:
            rows = db.execute(
                "SELECT wrapped_key FROM vault_keys WHERE subject_id = %(one)s UNION ALL"
                " SELECT sealed FROM vault_entries WHERE subject_id = %(one)s",
                {"one": self.person_id},
            )
            return [one for (one,) in rows]


@pytest.fixture(scope="module")
def lived() -> Iterator[Lived]:
    with temporary_directory() as here:
        environ = {"HEARTWOOD_STAFF": "sam@example.com", "GUNICORN_CMD_ARGS": "--access-logfile -"}
        with started(here / "var", "--no-demo", environ=environ) as (heartwood, facts):
            yield a_rich_life(heartwood.data, facts["url"], facts["database"], heartwood.log)


def a_rich_life(data: Path, url: str, conninfo: str, output: Path) -> Lived:
    """She founds an agency and pays for it, hands it on to Ben, is a member at Ana's and invited by her once
    more, is looked for by support, and has just asked for another link."""
    wiring = of_data(data)

    def mailed(address: str) -> str:
        text = until(lambda: wiring.mail_folder.kept_for(address), seconds=SECONDS)[0].text
        found = LINK.search(text)
        assert found is not None
        return found[0]

    def followed() -> bool:
        with wiring.database.connection() as db:
            return wiring.outbox.state(db).waiting == 0

    here, ben, ana, sam = (AtHome(url, mailed) for _ in range(4))
    anchor_id = here.opens_a_workspace(NAME, ADDRESS, "Atelier", "agency")
    until(lambda: "Overage" in here.open(f"/w/{anchor_id}/").text, seconds=SECONDS)
    here.invites(anchor_id, "Ben", "ben@example.com", "admin")
    ben.open(mailed("ben@example.com"))
    ben.press("Accept")
    here.open(f"/w/{anchor_id}/keys")
    here.press("Make a key", mode="live")
    person_id = wiring.vault.person_of_email(ADDRESS)
    ben_id = wiring.vault.person_of_email("ben@example.com")
    assert person_id is not None
    here.open(f"/w/{anchor_id}/members")
    here.press("Hand it on", successor=str(ben_id), role="admin")
    others_know_them(here, ana, sam, anchor_id, followed)
    here.open("/sign-in")
    here.session.cookies.clear()
    here.open("/sign-in")
    here.press("Send me a link", email=ADDRESS)
    until(followed, seconds=SECONDS)
    wiring.database.close()
    superusers = psycopg.conninfo.make_conninfo(conninfo, user=SUPERUSER, dbname=DATABASE)
    return Lived(data, url, superusers, person_id, anchor_id, output)


def others_know_them(
    here: AtHome, ana: AtHome, sam: AtHome, anchor_id: UUID, followed: Callable[[], bool]
) -> None:
    anas_id = ana.opens_a_workspace("Ana", "ana@example.com", "Bright Signal", "free")
    others_id = ana.opens_a_workspace("Ana", "ana@example.com", "Another", "free")
    ana.invites(anas_id, NAME, ADDRESS, "viewer")
    until(followed, seconds=SECONDS)
    here.open(here.mails(ADDRESS))
    here.press("Accept")
    ana.invites(others_id, NAME, ADDRESS.upper(), "viewer")
    sam.opens_a_workspace("Sam", "sam@example.com", "Support", "free")
    sam.open("/support")
    sam.press("Begin to look", place=str(anchor_id), reason=f"{NAME} ({ADDRESS}) asked for help")


@pytest.mark.timeout(600)
def test_nothing_of_them_is_left_and_everything_else_goes_on(lived: Lived) -> None:
    stripes = [lived.data / one for one in OF_STRIPE]
    exported = lived.exported("before.zip")
    lived.run("heads", "--sign")
    lived.settle()
    before = files_with(lived.data, CANARIES, besides=stripes)
    key, *_ = wrapped = lived.sealed()

    said = lived.run("forget", ADDRESS, "--yes")
    lived.settle()

    # Until then the mails alone say who they are: the database never held it in plain words.
    assert {path.partition("/")[0] for path in before} == {"mail"}
    assert (said["erased"], len(said["stripe_customers"])) == (True, 1)
    assert said["notices_closed"] > 0
    assert files_with(lived.data, CANARIES, besides=stripes) == []
    assert tables_with(lived.superusers, CANARIES) == []
    assert not stands_in(dump(lived.superusers), CANARIES)
    assert not stands_in(lived.output.read_bytes(), CANARIES)
    assert_everything_else_goes_on(lived)
    for export in (exported, lived.exported("after.zip")):
        assert export.verifies()
        assert not stands_in(export.content(), CANARIES)
    assert_what_lies_sealed_is_closed_for_ever(lived, key, wrapped)


def assert_everything_else_goes_on(lived: Lived) -> None:
    """The same screens from the same facts, each as it was hashed and signed, by "erased"."""
    rebuilt = {one["name"]: one["differences"] for one in lived.run("rebuild", "--all")["rebuilt"]}
    history = lived.run("history", str(lived.anchor_id))
    told = json.dumps(history)
    assert rebuilt == dict.fromkeys(ALL, 0)
    assert lived.run("verify")["ok"]
    assert lived.run("doctor")["ok"]
    assert "erased" in told
    assert str(lived.person_id) in told
    assert not stands_in(told.encode(), CANARIES)


def assert_what_lies_sealed_is_closed_for_ever(lived: Lived, key: bytes, sealed: list[bytes]) -> None:
    """What was removed may lie in the write-ahead log for a while, and in backups: as it lay in the database.
    Nobody can open it who lacks the master key of then, and that goes with the next exchange."""
    row = {"subject_id": lived.person_id, "wrapped_key": key, "number": 1}
    assert lived.wired().vault.unwrap(row)

    lived.run("keys", "rotate", "vault")
    lived.settle()

    places = {one.partition("/")[0] for one in files_with_bytes(lived.postgres, sealed)}
    assert places <= {"pg_wal"}
    with pytest.raises(UnknownSecret):
        lived.wired().vault.unwrap(row)
    for other in lived.wired().vault.masters.numbers():
        with pytest.raises(InvalidTag):
            lived.wired().vault.unwrap(row | {"number": other})
