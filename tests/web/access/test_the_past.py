"""What a request reads that looks back: which tables are made for it, when they go, and which instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import g

from domain.moments import Moment
from projections.catalogue import DASHBOARD
from tests.web.pages.scene import Scene
from web.access import db, live, look_back, look_no_further, looking_back, now, present, read_of
from web.app import create_app


@dataclass
class Overheard:
    """Of whom the web asks for the past; it is given what it asks for."""

    scene: Scene
    begun: list[dict[str, Any]] = field(default_factory=list)
    ended: int = 0

    @contextmanager
    def asks(self, name: str) -> Iterator[Moment]:
        real = self.scene.house.services

        @contextmanager
        def reading_past(moment: Moment, **given: Any) -> Iterator[Any]:
            self.begun.append(given)
            with real.reading_past(moment, **given) as then:
                yield then
            self.ended += 1

        with create_app(replace(real, reading_past=reading_past)).test_request_context("/"):
            g.person_id = self.scene.people[name]
            read_of(self.scene.child_id)
            at = self.scene.house.clock()
            yield real.past.at_instant(live(), at - timedelta(microseconds=1), at)


@pytest.fixture
def overheard(still: Scene) -> Overheard:
    return Overheard(still)


def test_the_tables_are_made_once_in_the_name_of_who_asks(overheard: Overheard) -> None:
    with overheard.asks("Vera") as moment:
        look_back(moment)
        first, second = db(), db()

    vera = overheard.scene.people["Vera"]
    assert first is second
    assert overheard.begun == [{"person": vera, "tenants": {overheard.scene.child_id}}]
    assert overheard.ended == 1


def test_whoever_is_named_later_is_in_tables_made_anew(overheard: Overheard) -> None:
    scene = overheard.scene
    with overheard.asks("Ana") as moment:
        look_back(moment)
        before = DASHBOARD.in_workspace(db(), scene.sibling_id)
        read_of(scene.sibling_id)
        after = DASHBOARD.in_workspace(db(), scene.sibling_id)

    assert before is None
    assert after is not None
    assert [one["tenants"] for one in overheard.begun] == [
        {scene.child_id},
        {scene.child_id, scene.sibling_id},
    ]
    assert overheard.ended == 2


def test_it_is_the_moment_that_is_looked_back_to_and_the_gate_s_is_the_present(overheard: Overheard) -> None:
    with overheard.asks("Ana") as moment:
        before = now()
        look_back(moment)
        then = now(), present()
        look_no_further()
        after = now()

    assert before == after == overheard.scene.house.clock()
    assert then == (moment.at, before)
    assert moment.at < before


def test_who_looks_no_further_reads_the_present_however_often_that_is_said(overheard: Overheard) -> None:
    with overheard.asks("Ana") as moment:
        look_back(moment)
        past = db()
        look_no_further()
        ended = overheard.ended
        look_no_further()

        assert looking_back() is None
        assert db() is live() is not past

    assert ended == 1
