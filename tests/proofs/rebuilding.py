"""Rebuilds of everything, one after the other, by the command line and by the worker, some of them killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import psycopg
from psycopg.rows import dict_row

from adapters.postgres.rebuild import REBUILD_LOCK, SHADOW
from adapters.postgres.rebuilds import AT_IT_LOCK
from scripts.wiring import of_data
from tests.proofs.at_work import Unwell
from tests.proofs.over_http import HttpBrowser
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
PAGE, FORM = "/support/projections", "/support/projections/rebuild"
BUILDS_SECONDS_MAX = 120
INTO_IT_SECONDS = 0.3  # a kill comes at most so long after the shadow is there


@dataclass
class Rebuilding:
    """`killed` counts commands that were killed while their shadow was there."""

    data: Path
    conninfo: str
    sam: HttpBrowser
    unwell: Unwell
    random: Random
    kill_next: Event = field(default_factory=Event)
    done: Counter[str] = field(default_factory=Counter)
    killed: int = 0
    differing: list[Any] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def run(self, stop: Event) -> None:
        try:
            while not stop.is_set():
                self.at_the_command_line(stop)
                self.by_the_worker(stop)
        except Exception as error:
            self.failed.append(repr(error))

    def at_the_command_line(self, stop: Event) -> None:
        began_at, process = time.monotonic(), command(self.data, "rebuild", "--all", "--json")
        if self.kill_next.is_set():
            until(lambda: process.poll() is not None or self.has_shadow(), seconds=BUILDS_SECONDS_MAX)
            stop.wait(self.random.uniform(0, INTO_IT_SECONDS))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                self.killed += 1
                self.kill_next.clear()
        said, complained = process.communicate(timeout=BUILDS_SECONDS_MAX)
        if process.returncode == 0:
            self.done["command line"] += 1
            self.differing += [one for one in json.loads(said)["rebuilt"] if one["differences"]]
        elif process.returncode > 0 and not self.unwell.excuses(began_at, time.monotonic()):
            self.failed.append(complained)

    def by_the_worker(self, stop: Event) -> None:
        """As support asks for it; whoever is killed meanwhile, in the end it is made or given up."""
        until(lambda: stop.is_set() or not self.is_open(), seconds=BUILDS_SECONDS_MAX)
        if not self.sam.sent(PAGE, FORM, stop, projection="all"):
            return
        until(lambda: stop.is_set() or not self.is_open(), seconds=BUILDS_SECONDS_MAX)
        self.done["worker"] += 1

    def has_shadow(self) -> bool:
        return bool(self._asked(f"SELECT to_regnamespace('{SHADOW}') IS NOT NULL"))

    def runs_in_the_worker(self) -> bool:
        return bool(
            self._asked(
                "SELECT EXISTS (SELECT FROM rebuilds WHERE ended_at IS NULL AND began_at IS NOT NULL"
                f" AND asked_by <> 'operator') AND to_regnamespace('{SHADOW}') IS NOT NULL"
            )
        )

    def is_open(self) -> bool:
        return self._asked("SELECT EXISTS (SELECT FROM rebuilds WHERE ended_at IS NULL)") is not False

    def locks_held(self) -> int:
        return int(
            self._asked(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                f" AND objid IN ({REBUILD_LOCK}, {AT_IT_LOCK})"
            )
        )

    def _asked(self, query: str) -> Any:
        """None while the database is away."""
        try:
            with psycopg.connect(self.conninfo, connect_timeout=5) as db:
                row = db.execute(query).fetchone()  # type: ignore[arg-type]
                return row[0] if row else None
        except psycopg.OperationalError:
            return None

    def errors(self) -> list[str]:
        with psycopg.connect(self.conninfo, row_factory=dict_row) as db:
            rows = db.execute("SELECT error FROM rebuilds WHERE error IS NOT NULL").fetchall()
        return [row["error"] for row in rows]


def command(data: Path, *words: str) -> subprocess.Popen[str]:
    """`heartwood`, as an operator runs it."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "scripts.cli", "--data", str(data), *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def conninfo_of(data: Path) -> str:
    return of_data(data).settings.database
