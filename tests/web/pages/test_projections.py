"""Support sees how far each projection is, and has one made anew with one click."""

from __future__ import annotations

from threading import Event
from typing import Any
from uuid import uuid4

from projections.catalogue import ALL
from tests.house import House
from tests.web.pages.scene import Browser, Scene, text_of
from web.pages.projections import trend_of

PAGE = "/support/projections"
FORM = f"{PAGE}/rebuild"


def sam(house: House) -> Browser:
    return Browser(house, house.person("Sam"))


def asked(house: House) -> list[dict[str, Any]]:
    with house.database.reading() as db:
        return db.execute("SELECT wanted, asked_by FROM rebuilds ORDER BY asked_at").fetchall()


def test_each_projection_is_told_of_with_its_position_and_no_name_of_anybody(scene: Scene) -> None:
    browser = sam(scene.house)

    told = text_of(browser.get(PAGE))

    for name in ALL:
        assert f"{name} " in told
    assert "never" in told
    assert "None was asked for yet." in told
    assert "Bright Signal" not in told
    assert PAGE in browser.get("/support").text


def test_what_is_behind_is_told_in_facts_and_seconds(scene: Scene) -> None:
    house = scene.house
    house.wiring.lags.note(house.database, house.clock())
    house.clock.advance(minutes=11)
    house.agency.rename(scene.anchor_id, scene.people["Ana"], "Else", because=house.because())
    house.clock.advance(seconds=7)
    house.wiring.lags.note(house.database, house.clock())

    told = text_of(sam(house).get(PAGE))

    assert "1 facts, 7 s" in told
    assert "agency: 1 behind now, growing; at most 1, for 7 s" in told
    assert "metering: 0 behind now, steady; at most 0, for 0 s" in told


def test_one_click_is_one_rebuild_however_often_it_is_sent(scene: Scene) -> None:
    house, browser = scene.house, sam(scene.house)
    form = browser.form(PAGE, FORM) | {"projection": "dashboard"}

    answers = [browser.post(FORM, **form) for _ in range(2)]
    waiting = browser.get(PAGE)
    house.wiring.rebuilder.step(Event())
    told = text_of(browser.get(PAGE))

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [one["wanted"] for one in asked(house)] == ["dashboard"]
    assert "waits for the worker" in waiting.text
    assert '<meta http-equiv="refresh"' in waiting.text
    assert "disabled" in waiting.text
    assert "made and swapped in" in told
    assert "0 differed, swapped in" in told
    assert "disabled" not in browser.get(PAGE).text


def test_a_second_one_has_to_wait_for_the_first(scene: Scene) -> None:
    browser = sam(scene.house)
    browser.post(FORM, projection="dashboard", request_id=str(uuid4()))

    second = browser.post(FORM, projection="members", request_id=str(uuid4()))

    assert second.status_code == 422
    assert "Another rebuild is asked for or under way" in text_of(second)
    assert len(asked(scene.house)) == 1


def test_what_is_no_projection_is_refused_and_nothing_is_asked_for(scene: Scene) -> None:
    answer = sam(scene.house).post(FORM, projection="outbox", request_id=str(uuid4()))

    assert answer.status_code == 422
    assert asked(scene.house) == []


def test_for_everybody_else_there_is_no_such_page(scene: Scene) -> None:
    for name in scene.people:
        browser = scene.browser(name)
        assert browser.get(PAGE).status_code == 404
        assert browser.post(FORM, projection="all", request_id=str(uuid4())).status_code == 404
    assert asked(scene.house) == []


def test_a_parked_fact_is_told_with_its_agency_and_everything_can_be_made_anew(scene: Scene) -> None:
    house, browser = scene.house, sam(scene.house)
    with house.database.writing() as db:
        db.execute("ALTER TABLE dashboard ADD CHECK (name_digest <> 'poison')")
    house.agency.rename(scene.anchor_id, scene.people["Ana"], "poison", because=house.because())
    house.run_followed()

    told = text_of(browser.get(PAGE))
    browser.post(FORM, projection="all", request_id=str(uuid4()))
    house.wiring.rebuilder.step(Event())

    assert "Workspace.Renamed" in told
    assert str(scene.tree_id) in told
    assert "CheckViolation" in told
    assert "poison" not in told
    assert "There are none." in text_of(browser.get(PAGE))


def test_where_nobody_noted_anything_the_trend_says_so(house: House) -> None:
    trend = trend_of("agency", [], house.clock())

    assert (list(trend.bars), trend.most, trend.goes) == ([], 0, "not noted for long enough")
