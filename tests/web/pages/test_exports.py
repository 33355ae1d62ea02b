"""Who leads a workspace takes its history out on a page; it verifies, and all who lead read that it was."""

from __future__ import annotations

import re

import pytest

from domain.export import FETCHED_WITHIN
from domain.permissions import Role
from tests.adapters.export.made import events_of, files_of, wrong_with
from tests.web.pages.looking import sam
from tests.web.pages.scene import Browser, Scene, text_of
from web.pages.exports import ASKED_MAX, TOO_OFTEN

A_LINK = re.compile(r'href="([^"]+/settings/exports/[0-9a-f-]{36})"')


def page_of(scene: Scene, place: str = "anchor") -> str:
    return scene.path(f"/w/{{{place}}}/settings/exports")


def asks(scene: Scene, browser: Browser, place: str = "anchor") -> None:
    page = page_of(scene, place)
    answer = browser.post(page, **browser.form(page, page))
    assert answer.status_code == 303, text_of(answer)


def made(scene: Scene) -> None:
    """What the worker does."""
    scene.house.wiring.deliver_due()
    scene.house.run_followed()


def links(browser: Browser, page: str) -> list[str]:
    return A_LINK.findall(browser.get(page).get_data(as_text=True))


def an_auditor(scene: Scene) -> Browser:
    scene.people["Ada"] = scene.house.person("Ada")
    scene.house.member(scene.anchor_id, scene.people["Ana"], scene.people["Ada"], Role.AUDITOR)
    scene.house.run_followed()
    return scene.browser("Ada")


def test_the_auditor_of_an_agency_takes_its_history_out(scene: Scene) -> None:
    ada, page = an_auditor(scene), page_of(scene)
    scene.track(scene.child_id, 7)
    assert page in ada.get(scene.path("/w/{anchor}/settings")).get_data(as_text=True)

    asks(scene, ada)
    waiting = ada.get(page)
    made(scene)
    (link,) = links(ada, page)
    fetched = ada.get(link)

    assert "The heads of the logs are being signed." in text_of(waiting)
    assert 'http-equiv="refresh"' in waiting.get_data(as_text=True)
    assert 'http-equiv="refresh"' not in ada.get(page).get_data(as_text=True)
    assert fetched.status_code == 200
    assert fetched.mimetype == "application/zip"
    name = rf"attachment; filename=\"heartwood-export-{str(scene.anchor_id)[:8]}-2026-03-\d\d\.zip\""
    assert re.fullmatch(name, fetched.headers["Content-Disposition"])
    files = files_of(fetched.data)
    assert wrong_with(files) == []
    assert len(events_of(files)) > 10
    assert {one["log"] for one in events_of(files)} == {"agency", "metering"}


def test_a_page_that_has_waited_for_an_hour_reloads_no_more(scene: Scene) -> None:
    ana = scene.browser("Ana")
    asks(scene, ana)

    scene.house.clock.at += FETCHED_WITHIN
    still = ana.get(page_of(scene))

    assert "The heads of the logs are being signed." in text_of(still)
    assert 'http-equiv="refresh"' not in still.get_data(as_text=True)


def test_that_somebody_took_it_out_is_read_by_all_who_lead(scene: Scene) -> None:
    ada, ana = an_auditor(scene), scene.browser("Ana")
    asks(scene, ada)
    made(scene)

    shown = text_of(ana.get(page_of(scene)))
    timeline = text_of(ana.get(scene.path("/trees/{tree}/timeline")))

    assert re.search(r"Ada \d+ [0-9a-f]{64}", shown)
    assert "Ada asked for an export of the history of Bright Signal" in timeline
    assert re.search(r"Ada exported the history of Bright Signal: \d+ events", timeline)


def test_only_who_asked_for_it_fetches_it_and_only_for_a_while(scene: Scene) -> None:
    ana, adam, page = scene.browser("Ana"), scene.browser("Adam"), page_of(scene)
    asks(scene, ana)
    made(scene)
    (link,) = links(ana, page)

    assert links(adam, page) == []
    assert adam.get(link).status_code == 404
    assert ana.get(link.replace(str(scene.anchor_id), str(scene.eves_id))).status_code == 404
    assert ana.get(link).status_code == 200
    scene.house.clock.at += FETCHED_WITHIN
    assert ana.get(link).status_code == 404
    assert links(ana, page) == []


def test_what_is_not_made_yet_cannot_be_fetched(scene: Scene) -> None:
    ana, page = scene.browser("Ana"), page_of(scene)
    asks(scene, ana)
    with scene.house.database.reading() as db:
        row = db.execute("SELECT stream FROM event_index WHERE topic = 'Export.Asked'").fetchone()
    assert row is not None

    assert links(ana, page) == []
    assert ana.get(f"{page}/{row['stream']}").status_code == 404


def test_two_clicks_are_one_export(scene: Scene) -> None:
    ana, page = scene.browser("Ana"), page_of(scene)
    form = ana.form(page, page)

    answers = [ana.post(page, **form) for _ in range(2)]
    made(scene)

    assert {answer.status_code for answer in answers} == {303}
    assert [fact for fact in scene.facts() if fact.startswith("Export.")] == ["Export.Asked", "Export.Made"]


def test_a_workspace_that_stands_alone_exports_itself_and_a_client_does_not(scene: Scene) -> None:
    eve, page = scene.browser("Eve"), page_of(scene, "eves")
    asks(scene, eve, "eves")
    made(scene)

    files = files_of(eve.get(links(eve, page)[0]).data)

    assert wrong_with(files) == []
    assert {one["topic"] for one in events_of(files)} == {"Workspace.Opened", "Export.Asked"}
    for name in ("Ana", "Olga", "Ben"):
        assert scene.browser(name).get(page_of(scene, "child")).status_code == 404


def test_support_takes_nothing_out(scene: Scene) -> None:
    browser = sam(scene)

    assert browser.get(page_of(scene)).status_code == 404
    assert browser.post(page_of(scene)).status_code == 404
    assert "Export.Asked" not in scene.facts()


def test_a_place_is_free_again_when_only_the_head_was_asked_for(scene: Scene) -> None:
    ana = scene.browser("Ana")
    asks(scene, ana)
    made(scene)
    (link,) = links(ana, page_of(scene))

    for _ in range(5):
        assert ana.client.head(link).status_code == 200


def test_while_others_fetch_theirs_one_is_told_to_try_again(scene: Scene) -> None:
    ana = scene.browser("Ana")
    asks(scene, ana)
    made(scene)
    (link,) = links(ana, page_of(scene))
    export = scene.house.agency.export(link.rpartition("/")[2])
    others = [scene.house.services.exports.zipped(export) for _ in range(2)]

    busy = ana.get(link)
    for other in others:
        other.close()

    assert busy.status_code == 503
    assert "Others are fetching their exports just now." in text_of(busy)
    assert ana.get(link).status_code == 200


@pytest.mark.parametrize("name", ["Ben", "Vera", "Eve", None])
def test_nobody_else_asks_for_one(scene: Scene, name: str | None) -> None:
    answer = scene.browser(name).post(page_of(scene))

    assert answer.status_code == (404 if name else 302)
    assert "Export.Asked" not in scene.facts()


def test_so_many_are_asked_for_within_an_hour_and_no_more(scene: Scene) -> None:
    """The worker reads the whole history for each of them."""
    ana, page = scene.browser("Ana"), page_of(scene)
    for _ in range(ASKED_MAX):
        last = ana.form(page, page)
        assert ana.post(page, **last).status_code == 303

    refused, twice = ana.post(page, **ana.form(page, page)), ana.post(page, **last)
    scene.house.clock.advance(hours=1, seconds=1)
    later = ana.post(page, **ana.form(page, page))

    assert refused.status_code == 422
    assert TOO_OFTEN in text_of(refused)
    assert [answer.status_code for answer in (twice, later)] == [303, 303]
    assert scene.facts().count("Export.Asked") == ASKED_MAX + 1
