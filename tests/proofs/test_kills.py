"""Whatever is killed while programs track: is each event counted, once, and answered as it was counted?"""

from __future__ import annotations

import os
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

import pytest

from adapters.postgres.database import Database
from adapters.postgres.logs import METERING, head
from scripts.benches.running import Planted, plant
from tests.proofs.killed import (
    ALL,
    BACKEND,
    KINDS,
    POSTGRES,
    WEB,
    WEB_SERVER,
    Killed,
    kill_while_they_ask,
    killed,
    wired,
)
from tests.proofs.retrying import Clients
from tests.proofs.tallies import (
    answers,
    event_ids,
    tallies_of_batches,
    tallies_of_pools,
    tallies_of_workspaces,
)
from tests.waiting import until

__all__ = ["killed"]

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
REQUESTS = 15_000 if LONG else 600
KILLS = 60 if LONG else 4
# The cheap ones oftener: after the others all of Heartwood is started again.
ORDER = (WEB, BACKEND, WEB_SERVER, WEB, BACKEND, POSTGRES, WEB, BACKEND, ALL, WEB) if LONG else (
    WEB, BACKEND, POSTGRES, ALL,
)  # fmt: skip
CLIENTS = 12
TREES, WORKSPACES, KEYS = 2, 2, 3
PROGRESS_SECONDS_MAX = 200
FOLLOWED_SECONDS_MAX = 60


def planted(data: Path) -> list[Planted]:
    with wired(data) as wiring:
        trees = [plant(wiring, WORKSPACES, keys=KEYS) for _ in range(TREES)]
    return [one for tree in trees for workspace in tree for one in workspace]


@pytest.mark.timeout(3_600 if LONG else 240)
def test_no_kill_loses_an_event_or_counts_one_twice(killed: Killed) -> None:
    clients = Clients(killed.heartwood.port, planted(killed.data), REQUESTS)
    began_at = time.monotonic()

    kill_while_they_ask(
        killed,
        clients,
        [*islice(cycle(ORDER), KILLS)],
        threads=CLIENTS,
        requests=REQUESTS,
        progress_seconds_max=PROGRESS_SECONDS_MAX,
    )

    seconds = time.monotonic() - began_at
    told = {(one.workspace_id, one.idempotency_key): one.event_id for one in clients.heard}
    print(
        f"{clients.requests} requests, {len(told)} events, {clients.attempts} attempts,"
        f" {clients.unheard} recorded unheard, {dict(killed.kills)}, {seconds:.0f} s"
    )
    assert (clients.requests, killed.kills.total()) == (REQUESTS, KILLS)
    assert set(killed.kills) == set(ORDER)
    assert not LONG or set(killed.kills) == set(KINDS)
    assert not LONG or clients.unheard, "no kill came between a commit and its answer"
    assert set(told) == set(clients.asked)
    assert {(one.workspace_id, one.idempotency_key, one.event_id) for one in clients.heard} == {
        (*key, event_id) for key, event_id in told.items()
    }, "one key was answered with two events"
    with wired(killed.data) as wiring:
        assert_all_places_agree(wiring.database, clients.planted, told)


def assert_all_places_agree(
    database: Database, planted: list[Planted], told: dict[tuple[UUID, str], str]
) -> None:
    until(lambda: all_is_followed(database), seconds=FOLLOWED_SECONDS_MAX)
    expected = Counter(workspace_id for workspace_id, _ in told)
    pools, batches = tallies_of_pools(database), tallies_of_batches(database)
    assert answers(database) == told
    assert sorted(event_ids(database)) == sorted(told.values())
    for place, tally in tallies_of_workspaces(database).items():
        assert tally == expected, place
    for place, tally in pools.items():
        assert tally == pools["facts"], place
    assert sorted(pools["pools"].values()) == sums_of_trees(planted, expected)
    assert batches["rows"] == batches["facts"]


def all_is_followed(database: Database) -> bool:
    with database.reading() as db:
        row = db.execute("SELECT position FROM bookmarks WHERE log = %s", (METERING,)).fetchone()
        return row is not None and row["position"] >= head(db, METERING)


def sums_of_trees(planted: list[Planted], expected: Counter[UUID]) -> list[int]:
    """Trees were planted one after the other, each with so many workspaces."""
    workspaces = list(dict.fromkeys(one.workspace_id for one in planted))
    trees = (workspaces[at : at + WORKSPACES] for at in range(0, len(workspaces), WORKSPACES))
    return sorted(sum(expected[one] for one in tree) for tree in trees)
