"""While agencies end, does anybody, through any screen, API or table, ever see half of one?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from threading import Event, Lock
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from adapters.postgres.rebuild import Rebuilt, rebuild, rebuild_followed
from projections.catalogue import ACCESS, DASHBOARD, POOLS
from projections.catalogue import FOLLOWED as ALL_FOLLOWED
from scripts.wiring import Wiring
from tests.house import House, settings_of
from tests.proofs.at_once import meanwhile
from tests.proofs.groves import Grove, Grown
from tests.proofs.sights import FOLLOWED, INLINE, Api, Half, Look, Pages, Sight, Tables
from tests.waiting import until

READS_MIN = 20_000
PAGES_MIN = 1_000
TREES = 120
READS_AROUND = 85  # of a tree before its end, and again after it
REBUILD_PAUSE_SECONDS = 2.0
SECOND = 0.1  # of the house's clock
REBUILDS_MIN = 3 * (3 + len(ALL_FOLLOWED))  # of a table each, three times around
READS_KINDS = 9


class Watch:
    """The tree that everybody looks at, and what they have seen."""

    def __init__(self) -> None:
        self.tree: Grown
        self.ended: set[str] = set()  # what has shown the end of this tree
        self.seen: Counter[tuple[str, Sight]] = Counter()
        self.halves: list[str] = []
        self.lock = Lock()

    def turn_to(self, tree: Grown) -> None:
        with self.lock:
            self.tree, self.ended = tree, set()

    def look(self, name: str, moves: str, look: Look) -> None:
        with self.lock:
            tree, ended = self.tree, self.ended
            was_ended = moves in ended
        try:
            sight = look(tree)
            if was_ended and sight is Sight.WHOLE:
                raise Half("what had ended for one who looked before goes on for one who looks now")
        except Half as half:
            self.halves.append(f"{name}: {half}")
            return
        with self.lock:
            self.seen[name, sight] += 1
            if sight is Sight.ENDED:
                ended.add(moves)

    def wait_for(self, reads: int) -> None:
        goal = self.reads() + reads
        until(lambda: self.reads() >= goal or self.halves, seconds=30)

    def is_over(self) -> bool:
        return bool(self.halves) or (self.reads() >= READS_MIN and self.reads("page") >= PAGES_MIN)

    def reads(self, kind: str = "") -> int:
        with self.lock:
            return sum(times for (name, _), times in self.seen.items() if name.startswith(kind))


class Readers:
    """Everybody who looks, each kind in a thread of its own."""

    def __init__(self, house: House, watch: Watch) -> None:
        self.house = house
        self.watch = watch
        self.rebuilt: list[Rebuilt] = []
        self._browser: tuple[Grown | None, Any] = (None, None)

    def tables(self, stop: Event) -> None:
        tables = Tables(self.house.database)
        self._look_around(
            stop,
            ("table access", INLINE, tables.access),
            ("table pools", INLINE, tables.pools),
            ("table screens", FOLLOWED, tables.screens),
        )

    def api(self, stop: Event) -> None:
        api = Api(self.house.app.test_client())
        self._look_around(
            stop, ("api tree", FOLLOWED, api.tree), ("api workspaces", FOLLOWED, api.workspaces)
        )

    def pages(self, stop: Event) -> None:
        pages = Pages(self._browser_of)
        self._look_around(
            stop,
            ("page overview", FOLLOWED, pages.overview),
            ("page workspaces", FOLLOWED, pages.workspaces),
            ("page billing", FOLLOWED, pages.billing),
            ("page child", FOLLOWED, pages.child),
        )

    def time(self, stop: Event) -> None:
        """Passes, so that the keys of the readers may ask again; ten times as fast as outside."""
        while not stop.wait(SECOND):
            self.house.clock.advance(seconds=1)

    def rebuilds(self, stop: Event) -> None:
        """Not a reader, but as good as any at showing half of something to the others."""
        while not stop.wait(REBUILD_PAUSE_SECONDS):
            database = self.house.database
            self.rebuilt.append(rebuild(database, DASHBOARD, lambda *_: None))
            for projection in (ACCESS, POOLS):
                self.rebuilt.append(rebuild(database, projection, lambda *_: None, inline=True))
            self.rebuilt += rebuild_followed(database, ALL_FOLLOWED, lambda *_: None)

    def _look_around(self, stop: Event, *looks: tuple[str, str, Look]) -> None:
        for look in cycle(looks):
            if stop.is_set():
                return
            self.watch.look(*look)

    def _browser_of(self, tree: Grown) -> FlaskClient:
        if self._browser[0] is not tree:
            self._browser = (tree, self.house.sign_in(tree.owner_id))
        return self._browser[1]


@pytest.fixture
def writer(house: House, tmp_path: Path) -> Iterator[Wiring]:
    """Who ends agencies does so over connections of their own."""
    wiring = Wiring(settings_of(house.wiring.settings.database, tmp_path), clock=house.clock)
    yield wiring
    wiring.agency.close()
    wiring.database.close()


def agencies(house: House, writer: Wiring) -> list[Grown]:
    """Each with an Ana of its own, and on every screen before anybody looks."""
    vault = writer.vault
    grove = Grove(writer.agency, house.clock, keys=house.wiring.keys, name_digest=vault.keep_text)
    anas = [vault.remember("Ana", f"ana.{number}@example.com", uuid4()) for number in range(TREES)]
    trees = [tree for ana in anas for tree in grove.plant(1, ana)]
    house.run_followed()
    return trees


@pytest.mark.timeout(300)
def test_nobody_ever_sees_half_of_a_tree(house: House, writer: Wiring) -> None:
    trees, grove = agencies(house, writer), Grove(writer.agency, house.clock)
    watch = Watch()
    readers = Readers(house, watch)
    watch.turn_to(trees[0])

    with meanwhile(
        house.wiring.runner.run,
        readers.tables,
        readers.api,
        readers.api,
        readers.pages,
        readers.rebuilds,
        readers.time,
    ):
        for tree in trees:
            watch.turn_to(tree)
            watch.wait_for(READS_AROUND)
            grove.downgrade(tree)
            watch.wait_for(READS_AROUND)
        until(watch.is_over, seconds=60)

    assert watch.halves == []
    assert watch.reads() >= READS_MIN
    assert len(watch.seen) == READS_KINDS * len(Sight)
    assert min(watch.seen.values()) >= TREES / 2
    assert len(readers.rebuilt) >= REBUILDS_MIN
    assert {one.differences for one in readers.rebuilt} == {0}
