"""A house that reaches its database through a wire that is cut, and reaches it again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from adapters.postgres import recorder
from scripts.wiring import Wiring
from tests.house import House, settings_of
from tests.proofs.wire import Wire
from tests.waiting import until


@pytest.fixture
def wire(house: House) -> Iterator[Wire]:
    with Wire(house.wiring.settings.database) as wire:
        yield wire


@pytest.fixture
def wired(house: House, wire: Wire, tmp_path: Path) -> Iterator[Wiring]:
    """The parts of the same house, on the other end of the wire; the logs are open, nothing is cut yet."""
    wiring = Wiring(settings_of(wire.conninfo, tmp_path), clock=house.clock)
    parts = (wiring.agency, wiring.metering, wiring.database)
    yield wiring
    for part in parts:
        part.close()


@pytest.fixture
def one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the wire stayed dead for longer than anybody waits."""
    monkeypatch.setattr(recorder, "ANSWER_SECONDS", -1.0)


def every_cut(wire: Wire, wired: Wiring, *, half: bool = False) -> Iterator[int]:
    """Cut after the first message, after the second …; the last run is the one that was not cut."""
    for messages in count(1):
        mend(wire, wired)
        cuts = wire.cuts
        wire.cut_after(messages, half=half)
        yield messages
        if wire.cuts == cuts:
            return


def mend(wire: Wire, wired: Wiring) -> None:
    """A whole wire: every pooled connection works, and none is being made in the background."""
    wire.mend()
    logs: list[Any] = [wired.agency, wired.metering]
    pools = [wired.database._pool, *(log.recorder.datastore.pool for log in logs)]
    for pool in pools:
        pool.open()
        pool.check()  # one that was cut after its last message looks well until it is used

    def are_idle() -> bool:
        stats = [pool.get_stats() for pool in pools]
        return all(one["pool_available"] == one["pool_size"] for one in stats)

    until(are_idle)
