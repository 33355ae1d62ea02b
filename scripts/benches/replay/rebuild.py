"""Rebuild: all followed screens made anew from a million facts, against reading these facts at all."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from adapters.postgres.database import Database
from adapters.postgres.rebuild import rebuild_followed
from projections.catalogue import FOLLOWED
from scripts.benches.replay.limits import library_per_second, read_per_second
from scripts.benches.replay.store import fill, store
from scripts.benches.replay.year import OFTEN, SELDOM
from scripts.benches.result import Result
from scripts.programs import LEAN

BENCH = "replay"
ROOT = Path(__file__).resolve().parents[3]
MANY, TWICE = 1_000_000, 2_000_000  # of the first, batches in flight take what they ever take
ROUNDS = 3
LIBRARY_FACTS = 1_000  # of the same log; more would only take longer


def rebuilds() -> Iterator[Result]:
    """Of agencies that change much and track little, and of the more usual ones that track much."""
    yield from _rebuilds(SELDOM, "")
    yield from _rebuilds(OFTEN, ", nearly all of usage")


def _rebuilds(between: timedelta, of_what: str) -> Iterator[Result]:
    with store() as wiring:
        database = wiring.database
        facts = fill(database, MANY, between=between)
        wiring.runner.catch_up()
        pairs = [_round(database) for _ in range(ROUNDS)]
        fill(database, TWICE - facts, between=between)
        wiring.runner.catch_up()
        twice = _rebuilt(database)[1]
    reads, library, seconds, memory = (statistics.median(column) for column in zip(*pairs, strict=True))
    rebuilt = facts / seconds
    case = f"all screens made anew from {facts:,} facts{of_what}"
    yield _result(case, rebuilt, reads, "facts/s, raw reads and decodes", ">= 0.4")
    yield _result(f"{case}, and the library", rebuilt, library, "facts/s", ">= 100")
    case = f"memory of a rebuild of {TWICE:,} and of {MANY:,}{of_what}"
    yield _result(case, twice, memory, "MiB", "<= 1.05")


def _round(database: Database) -> tuple[float, float, float, float]:
    """What the server would sooner or later do about the round before is done first, and is no part of it."""
    with database.connect() as db:
        db.execute("VACUUM")
    return read_per_second(database), library_per_second(database, LIBRARY_FACTS), *_rebuilt(database)


def _rebuilt(database: Database) -> tuple[float, float]:
    """Seconds, and the most memory it took: in a process of its own, which is started as the worker is."""
    command = (sys.executable, "-P", "-m", "scripts.benches.replay.rebuild")
    environ = os.environ | LEAN
    done = subprocess.run(
        command, cwd=ROOT, env=environ, input=database.conninfo, capture_output=True, text=True, check=True
    )
    seconds, mebibytes = json.loads(done.stdout)
    return seconds, mebibytes


def _result(case: str, value: float, raw: float, unit: str, goal: str) -> Result:
    return Result(bench=BENCH, case=case, value=value, unit=unit, raw=raw, ratio=value / raw, goal=goal)


def _rebuild(database: Database) -> tuple[float, float]:
    started = time.perf_counter()
    made = rebuild_followed(database, FOLLOWED, lambda *_: None)
    seconds = time.perf_counter() - started
    assert not any(one.differences for one in made), "the live screens were right"
    (most,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return seconds, int(most) / 1024


if __name__ == "__main__":
    print(json.dumps(_rebuild(Database(sys.stdin.read()))))
