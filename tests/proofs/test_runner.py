"""Do the followed screens follow: whole appends only, over poison, lost connections and lost leaders?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import scalar_row

from adapters.postgres import runner
from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY, head
from adapters.postgres.rebuild import rebuild
from adapters.postgres.runner import LEADER_LOCK, Runner
from projections.catalogue import DASHBOARD, FOLLOWED, SUBSCRIPTIONS
from tests.house import House
from tests.proofs.groves import Grove, Grown
from tests.proofs.random_life import RandomLife
from tests.proofs.wire import Wire
from tests.proofs.wired import wire
from tests.waiting import until

__all__ = ["wire"]

STEPS = 100


@contextmanager
def running(house: House, conninfo: str) -> Iterator[Runner]:
    """A runner in a thread of its own, as in the worker."""
    database, stop = Database(conninfo), Event()
    one = Runner(database, FOLLOWED, house.clock)
    thread = Thread(target=one.run, args=(stop,))
    thread.start()
    yield one
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def leader(house: House) -> str | None:
    """The name under which the session that leads is connected."""
    with house.database.connection() as db:
        found = db.cursor(row_factory=scalar_row).execute(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND objid = %s AND granted",
            (LEADER_LOCK,),
        )
        return found.fetchone()


def end_sessions(house: House, name: str) -> None:
    with house.database.connection() as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", (name,)
        )


def is_followed(house: House) -> bool:
    with house.database.connection() as db:
        marked = db.cursor(row_factory=scalar_row).execute(
            "SELECT position FROM bookmarks WHERE log = %s", (AGENCY,)
        )
        return marked.fetchone() == head(db, AGENCY)


def named(house: House, name: str) -> str:
    return make_conninfo(house.wiring.settings.database, application_name=name)


def differences(house: House) -> dict[str, int]:
    made = [rebuild(house.database, one, lambda *_: None) for one in FOLLOWED]
    return {one.name: one.differences for one in made if one.differences}


def workspaces_shown(house: House, tree: Grown) -> tuple[int, str | None]:
    """How many the screens show in the tree, and the state of its subscription."""
    with house.database.reading() as db:
        subscription = SUBSCRIPTIONS.of_tree(db, tree.tree_id)
        return len(DASHBOARD.of_tree(db, tree.tree_id)), subscription.status if subscription else None


@pytest.mark.parametrize("batch", [1, 2, 5, 7])
def test_a_batch_never_ends_within_an_append(
    house: House, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(runner, "BATCH_MAX", batch)
    grove = Grove(house.agency, house.clock)
    trees = [grove.plant(1)[0] for _ in range(3)]
    for tree in trees:
        grove.downgrade(tree)
    shown: list[list[tuple[int, str | None]]] = []

    with house.database.connect() as db:
        while house.wiring.runner.step(db):
            shown.append([workspaces_shown(house, tree) for tree in trees])

    assert len(shown) > len(trees)
    assert {one for step in shown for one in step} == {(0, None), (5, "active"), (0, "ended")}


def test_a_poison_fact_parks_its_tree_until_the_cause_is_gone(house: House) -> None:
    grove = Grove(house.agency, house.clock)
    poisoned, well = grove.plant(2)
    house.run_followed()
    with house.database.writing() as db:
        db.execute("ALTER TABLE dashboard ADD CONSTRAINT poison CHECK (tree_id = %s OR plan <> 'free')" % "NULL")
    ...
