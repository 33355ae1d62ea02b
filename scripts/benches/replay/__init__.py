"""Replay: the logs read again, for screens, for proof and for who looks back, against reading them at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scripts.benches.replay.as_of import looked_back
from scripts.benches.replay.rebuild import rebuilds
from scripts.benches.replay.timeline import timelines
from scripts.benches.replay.verify import verified
from scripts.benches.result import Result

# Each makes the store that it measures, so that one can be run without the others.
CASES: tuple[Callable[[], Iterator[Result]], ...] = (rebuilds, verified, looked_back, timelines)


def run() -> Iterator[Result]:
    for case in CASES:
        yield from case()
