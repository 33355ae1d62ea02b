"""A Heartwood of the bench's own, as `scripts/run` starts it, with trees to track for."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from domain import keyring, placement, subscription
from domain.api_keys import KeyMode
from domain.because import Because
from domain.billing import SubscriptionSeen
from domain.permissions import Role, standings
from domain.plans import AGENCY
from domain.tree import Tree
from domain.workspace import Workspace
from scripts.ports import BACKLOG, HOST
from scripts.programs import web
from scripts.wiring import Wiring, of_data

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 120.0
STOP_SECONDS = 30.0
CYCLE = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A paid workspace of the bench, and a key of it."""

    workspace_id: UUID
    key: str


@dataclass(frozen=True, kw_only=True)
class Running:
    """A Heartwood of the bench's own, empty at first."""

    wiring: Wiring
    url: str
    process_id: int


@contextmanager
def heartwood() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="heartwood-bench-", dir="/var/tmp") as directory:
        data = Path(directory) / "data"
        options = ("--data", str(data), "--no-demo", "--port", str(free_port()))
        with (Path(directory) / "log").open("wb") as log:
            command = (sys.executable, "-P", "-m", "scripts.up", *options)
            process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
            try:
                ready = data / "ready.json"
                wait_for(lambda: ready.exists() or process.poll() is not None)
                if process.poll() is not None:
                    raise RuntimeError((Path(directory) / "log").read_text())
                url = json.loads(ready.read_text())["url"]
                yield Running(wiring=of_data(data), url=url, process_id=process.pid)
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(STOP_SECONDS)
                # Run by root, PostgreSQL keeps its files where it can reach them.
                shutil.rmtree((data / "postgres").resolve(), ignore_errors=True)


@contextmanager
def empty_server() -> Iterator[str]:
    """The same web server with the same options and nothing behind it."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen(BACKLOG)
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        program = web({**os.environ, "HEARTWOOD_URL": url}, listening=listening, database="")
        command = [*program.command[:-1], "scripts.benches.empty:app"]
        with subprocess.Popen(
            command, cwd=ROOT, pass_fds=program.pass_fds, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield url
            finally:
                process.terminate()


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError("Heartwood did not get ready in time")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def plant(wiring: Wiring, workspaces: int, *, keys: int = 1) -> list[list[Planted]]:
    """A paid tree with so many workspaces, and so many keys of each."""
    owner_id, tree_id, anchor_id = uuid4(), uuid4(), uuid4()
    story = f"request:{uuid4()}"
    because = Because(actor=f"person:{owner_id}", cause=story, story=story, at=wiring.clock())
    anchor = _open(wiring, anchor_id, owner_id, because, plan="free")
    tree = Tree.found(tree_id, anchor_id, AGENCY.name, None, because=because)
    placement.choose_plan(anchor, tree_id, AGENCY.name, because=because)
    seen = _paid(tree_id, because)
    subscription.start(tree, seen, because=because)
    placement.become_anchor(anchor, tree_id, tree.plan, seen.customer_id, because=because)
    grown = [anchor]
    for _ in range(workspaces - 1):
        child_id = uuid4()
        tree.add_child(child_id, because=because)
        place = {"plan": tree.plan, "tree_id": tree_id, "parent_id": anchor_id}
        grown.append(_open(wiring, child_id, owner_id, because, **place))
    planted = []
    for workspace in grown:
        who = standings(here=Role.OWNER, in_anchor=None, is_child=workspace.parent_id is not None)
        made = [wiring.keys.make(KeyMode.LIVE.value) for _ in range(keys)]
        for key in made:
            keyring.issue_key(
                workspace,
                key.key_id,
                KeyMode.LIVE,
                ("track", "read"),
                key.secret_mac,
                who=who,
                because=because,
            )
        planted.append([Planted(workspace_id=workspace.id, key=key.text) for key in made])
    wiring.agency.save(tree, *grown)
    return planted


def _open(wiring: Wiring, workspace_id: UUID, owner_id: UUID, because: Because, **place: Any) -> Workspace:
    digest = wiring.vault.keep_text(workspace_id, f"Bench {workspace_id}")
    return Workspace.open(workspace_id, name_digest=digest, owner_id=owner_id, because=because, **place)


def _paid(tree_id: UUID, because: Because) -> SubscriptionSeen:
    return SubscriptionSeen(
        subscription_id=f"sub_{tree_id.hex}",
        customer_id=f"cus_{tree_id.hex}",
        tree_id=tree_id,
        plan=AGENCY.name,
        status="active",
        cycle_started_at=because.at,
        cycle_ends_at=because.at + CYCLE,
        ends_at=None,
        ended_at=None,
        ended_because=None,
    )
