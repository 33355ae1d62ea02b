"""A Heartwood whose processes are killed one by one, and that is started again on its data when it ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Protocol

import pytest

from scripts.wiring import Wiring, of_data
from tests.postgres import temporary_directory
from tests.scripts.starting import Heartwood, start
from tests.waiting import until

SEED = 20_261_122
ENDED_SECONDS_MAX = 60
FOUND_SECONDS_MAX = 30  # PostgreSQL recovers for a while after one of its sessions was killed
WEB, WEB_SERVER, BACKEND, POSTGRES, ALL = (
    "a web worker",
    "the web server",
    "a session of PostgreSQL",
    "PostgreSQL",
    "Heartwood",
)
WORKER = "the worker"
KINDS = (WEB, WEB_SERVER, BACKEND, POSTGRES, ALL)
# Without these Heartwood ends as a whole; the others are replaced by whoever started them.
FATAL = (WEB_SERVER, POSTGRES, ALL, WORKER)


@contextmanager
def wired(data: Path) -> Iterator[Wiring]:
    """Beside the Heartwood that runs on a directory."""
    wiring = of_data(data)
    try:
        yield wiring
    finally:
        for part in (wiring.agency, wiring.metering, wiring.database):
            part.close()


class Killed:
    """Only processes that descend from the one that was started here are ever killed."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data = data
        self.random = Random(seed)
        self.kills: Counter[str] = Counter()
        self.heartwood: Heartwood = start(data, "--no-demo")
        self.ready: dict[str, Any] = self.heartwood.wait_until_ready()

    def kill(self, kind: str) -> None:
        """SIGKILL to one process of this kind; what ends with it as a whole is started again."""
        victim = until(lambda: self._one_of(kind), seconds=FOUND_SECONDS_MAX)
        os.kill(victim, signal.SIGKILL)
        self.kills[kind] += 1
        if kind in FATAL:
            self._start_again()

    def _start_again(self) -> None:
        ended = self.heartwood
        ended.process.wait(ENDED_SECONDS_MAX)
        until(lambda: not ended.processes(), seconds=ENDED_SECONDS_MAX)
        self.heartwood = start(self.data, "--no-demo", port=ended.port)
        self.ready = self.heartwood.wait_until_ready()

    def _one_of(self, kind: str) -> int | None:
        found = list(self._all_of(kind))
        return self.random.choice(found) if found else None

    def _all_of(self, kind: str) -> Iterator[int]:
        ours = self.heartwood.process.pid
        if kind == ALL:
            yield ours
        for child in children_of(ours):
            words = command_of(child)
            web, postgres = b"gunicorn" in words, words.startswith(b"/") and b"/postgres\0" in words
            if (kind == WEB_SERVER and web) or (kind == POSTGRES and postgres):
                yield child
            if kind == WORKER and b"scripts.worker" in words:
                yield child
            if kind == WEB and web:
                yield from children_of(child)
            if kind == BACKEND and postgres:
                yield from (one for one in children_of(child) if is_session(one))

    def stop(self) -> None:
        if self.heartwood.process.poll() is None:
            self.heartwood.stop()


@pytest.fixture
def killed() -> Iterator[Killed]:
    if sys.platform != "linux":
        pytest.skip("finds processes through /proc")
    with temporary_directory() as directory:
        begun = Killed(directory / "var", SEED)
        try:
            yield begun
        finally:
            begun.stop()


class Programs(Protocol):
    """What several threads ask of a Heartwood, each until it has been answered."""

    requests: int  # that have been answered
    gone: threading.Event  # nobody waits for them any more

    def run(self, seed: int) -> None: ...


def kill_while_they_ask(
    killed: Killed,
    programs: Programs,
    kinds: Sequence[str],
    *,
    threads: int,
    requests: int,
    progress_seconds_max: float,
) -> None:
    """A kill whenever so many more of the requests have been answered, so that all of them meet traffic."""
    with ThreadPoolExecutor(threads) as pool:
        asking = [pool.submit(programs.run, SEED + number) for number in range(threads)]
        try:
            for number, kind in enumerate(kinds, start=1):
                wanted = requests * number // (len(kinds) + 1)
                come_to = partial(_have_come_to, killed, programs, wanted, asking)
                until(come_to, seconds=progress_seconds_max)
                killed.kill(kind)
        except BaseException:
            programs.gone.set()
            raise
        for one in asking:
            one.result()


def _have_come_to(killed: Killed, programs: Programs, wanted: int, asking: list[Future[None]]) -> bool:
    assert killed.heartwood.process.poll() is None, killed.heartwood.output
    for one in asking:
        if one.done():
            one.result()
    return programs.requests >= wanted


def children_of(parent: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            found += [int(child) for child in thread.read_text().split()]
        except OSError:
            continue  # it ended meanwhile
    return found


def command_of(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def is_session(process: int) -> bool:
    """Whether one of PostgreSQL's processes speaks with a client: those are named after user and database."""
    return b"heartwood heartwood [local]" in command_of(process)
