"""What one request reads: whom its snapshot names, when it ends, and at which instant all of it happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, g

from domain.permissions import Permission
from tests.web.pages.scene import Scene
from web.access import (
    COOKIE,
    anchor_or_404,
    db,
    now,
    person_or_none,
    place_or_404,
    read_again,
    read_as,
    read_by,
    read_everybody,
    read_of,
)
from web.app import create_app

NAMED = "SELECT current_setting('heartwood.tenants', true) AS named"


@dataclass
class Overheard:
    """What the web asks of the database, which does what it is asked."""

    scene: Scene
    begun: list[dict[str, Any]] = field(default_factory=list)
    named: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> Flask:
        real = self.scene.house.services

        def reading(**given: Any) -> Any:
            self.begun.append(given)
            return real.reading(**given)

        def naming(db: Any, **given: Any) -> None:
            self.named.append(given)
            real.naming(db, **given)

        return create_app(replace(real, reading=reading, naming=naming))

    @contextmanager
    def asks(self, name: str | None) -> Iterator[None]:
        with self.app().test_request_context("/"):
            g.person_id = self.scene.people[name] if name else None
            yield


@pytest.fixture
def overheard(still: Scene) -> Overheard:
    return Overheard(still)


def named_in_the_database() -> set[str]:
    text = db().execute(NAMED).fetchone()["named"] or ""
    return set(text.strip("{}").split(",")) - {""}


def test_a_request_begins_one_snapshot_in_the_name_of_who_asks(overheard: Overheard) -> None:
    with overheard.asks("Vera"):
        first, second = db(), db()

    assert first is second
    vera = overheard.scene.people["Vera"]
    assert overheard.begun == [{"person": vera, "tenants": (), "everybody": False}]


def test_what_is_named_once_is_named_in_this_snapshot_and_in_the_next(overheard: Overheard) -> None:
    acme, birch = uuid4(), uuid4()
    with overheard.asks("Vera"):
        db()
        for _ in range(2):
            read_of(acme)
        read_of(birch)
        here = named_in_the_database()
        read_again()
        there = named_in_the_database()

    assert here == there == {str(acme), str(birch)}
    assert overheard.named == [{"tenants": {acme}}, {"tenants": {acme, birch}}]
    assert [one["tenants"] for one in overheard.begun] == [(), {acme, birch}]


def test_what_is_named_before_a_snapshot_begins_waits_for_it(overheard: Overheard) -> None:
    acme = uuid4()
    with overheard.asks("Vera"):
        read_of(acme)
        named = named_in_the_database()

    assert named == {str(acme)}
    assert (overheard.named, overheard.begun[0]["tenants"]) == ([], {acme})


def test_who_asks_for_nobody_s_rows_begins_nothing(overheard: Overheard) -> None:
    with overheard.asks(None):
        read_of()
        read_again()

    assert (overheard.begun, overheard.named) == ([], [])


def test_somebody_who_is_known_and_not_signed_in_yet_is_named_in_this_snapshot(overheard: Overheard) -> None:
    olga = overheard.scene.people["Olga"]
    with overheard.asks(None):
        read_as(olga)
        row = db().execute("SELECT current_setting('heartwood.person', true) AS named").fetchone()

    assert row["named"] == str(olga)
    assert overheard.named == [{"person": olga}]


def test_what_was_brought_along_is_named_by_its_digest_only(overheard: Overheard) -> None:
    with overheard.asks(None):
        read_by("bright.example")
        named = db().execute("SELECT current_setting('heartwood.secret', true) AS named").fetchone()["named"]

    assert named == sha256(b"bright.example").hexdigest()


def test_everybody_is_read_from_the_next_snapshot_on(overheard: Overheard) -> None:
    with overheard.asks("Sam"):
        before = db()
        read_everybody()
        held = set(vars(g)) & {"db", "reading", "places"}
        db()

    assert before is not None
    assert held == set()
    assert [one["everybody"] for one in overheard.begun] == [False, True]


@pytest.mark.parametrize("name", ["Ana", "Adam", "Sam", "Mia"])
def test_of_a_tree_its_leaders_read_the_rows_of_all_of_it_and_its_members_their_own(
    overheard: Overheard, name: str
) -> None:
    scene = overheard.scene
    with overheard.asks(name):
        place_or_404(scene.anchor_id)
        read = set(g.tenants)

    whole = {scene.anchor_id, scene.tree_id, scene.child_id, scene.sibling_id}
    assert read == ({scene.anchor_id} if name == "Mia" else whole)


def test_a_client_reads_the_rows_of_their_own_workspace(overheard: Overheard) -> None:
    with overheard.asks("Olga"):
        place_or_404(overheard.scene.child_id)
        read = set(g.tenants)

    assert read == {overheard.scene.child_id}


def test_a_place_is_let_in_to_once(overheard: Overheard) -> None:
    scene = overheard.scene
    with overheard.asks("Ana"):
        first = place_or_404(scene.anchor_id)
        g.db = None  # from here on there is nobody to ask
        second = place_or_404(scene.anchor_id, Permission.SEE_TREE)

    assert first is second
    assert len(overheard.named) == 1


def test_a_tree_is_read_by_who_leads_it(overheard: Overheard) -> None:
    scene = overheard.scene
    with overheard.asks("Adam"):
        anchor_or_404(scene.tree_id, Permission.SEE_TREE)
        read = set(g.tenants)

    assert {scene.tree_id, scene.sibling_id} <= read


def test_a_request_is_of_one_instant(still: Scene) -> None:
    clock = still.house.clock
    begun = clock.at
    with still.house.app.test_request_context("/"):
        first = now()
        clock.advance(seconds=5)
        second = now()
    clock.at = begun

    assert first == second == begun


def test_the_person_is_whose_session_the_browser_has(still: Scene) -> None:
    ana = still.people["Ana"]
    token = still.house.services.sessions.begin(ana, still.house.clock())
    found = []
    for cookie in (f"{COOKIE}={token}", f"{COOKIE}={token[:-4]}", ""):
        with still.house.app.test_request_context("/", headers={"Cookie": cookie}):
            found.append(person_or_none())

    assert found == [ana, None, None]


def test_in_a_child_who_leads_from_above_reads_the_tree_and_its_own_people_only_the_child(
    overheard: Overheard,
) -> None:
    scene, named = overheard.scene, {}

    for name in ("Adam", "Sam", "Olga", "Vera"):
        with overheard.asks(name):
            place_or_404(scene.child_id)
            named[name] = named_in_the_database()

    whole = {str(one) for one in (scene.tree_id, scene.anchor_id, scene.child_id, scene.sibling_id)}
    assert named["Adam"] >= whole
    assert named["Sam"] >= whole
    assert named["Olga"] == named["Vera"] == {str(scene.child_id)}
