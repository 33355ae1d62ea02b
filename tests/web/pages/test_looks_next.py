"""From a look into a former client's workspace to the agency it was part of, and to why it is on Free."""

from __future__ import annotations

import re
from html import unescape

from tests.web.pages.looking import WHY, looks
from tests.web.pages.scene import Browser, Scene, text_of
from tests.web.pages.test_downgrade import cancel, run_out

QUESTION = "Why is this workspace on Free?"


def looks_into_the_child(scene: Scene) -> Browser:
    cancel(scene, "Ana")
    run_out(scene)
    return looks(scene, scene.child_id)


def next_of(scene: Scene, browser: Browser) -> str:
    page = browser.get(scene.path("/w/{child}/")).get_data(as_text=True)
    (link,) = re.findall(rf'<a href="([^"]+)">{re.escape(QUESTION)}</a>', page)
    return unescape(link)


def test_the_question_leads_to_a_look_into_the_agency_for_the_same_reason(scene: Scene):
    sam = looks_into_the_child(scene)

    link = next_of(scene, sam)
    form = held(sam, link)

    assert link == f"/support?tree={scene.tree_id}&then=downgrade"
    assert (form["place"], form["reason"], form["then"]) == (str(scene.tree_id), WHY, "downgrade")


def held(browser: Browser, page: str) -> dict[str, str]:
    """What the form of a look holds before anybody fills it in."""
    text = browser.get(page).get_data(as_text=True)
    form = text.partition('action="/support/looks"')[2].partition("</form>")[0]
    named = re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', form, re.DOTALL)
    return {name: unescape(value) for name, value in named}


def test_the_look_that_begins_so_opens_the_report(scene: Scene):
    sam = looks_into_the_child(scene)

    answer = sam.post("/support/looks", **held(sam, next_of(scene, sam)))

    assert answer.headers["Location"] == f"/trees/{scene.tree_id}/downgrade"
    assert "The notice as it was received" in text_of(sam.follow(answer))


def test_before_that_look_the_report_is_not_there(scene: Scene):
    sam = looks_into_the_child(scene)

    answer = sam.get(scene.path("/trees/{tree}/downgrade"))

    assert answer.status_code == 404


def test_it_leads_to_no_report_where_none_was_asked_for(scene: Scene):
    cancel(scene, "Ana")
    run_out(scene)
    sam = looks(scene, scene.child_id)

    asked = [
        {"place": str(scene.tree_id), "then": "elsewhere"},
        {"place": str(scene.tree_id), "then": "//evil.example"},
        {"place": str(scene.anchor_id), "then": "downgrade"},
    ]
    answers = [sam.post("/support/looks", reason=WHY, **one) for one in asked]

    assert {answer.headers["Location"] for answer in answers} == {scene.path("/w/{anchor}/")}


def test_a_look_that_is_refused_still_knows_where_it_was_to_lead(scene: Scene):
    sam = looks_into_the_child(scene)

    answer = sam.post("/support/looks", place=str(scene.tree_id), reason="no", then="downgrade")

    assert answer.status_code == 422
    assert '<input type="hidden" name="then" value="downgrade">' in answer.get_data(as_text=True)


def test_the_people_of_the_workspace_are_not_led_there(scene: Scene):
    looks_into_the_child(scene)

    page = scene.browser("Olga").get(scene.path("/w/{child}/")).get_data(as_text=True)

    assert QUESTION not in page
    assert str(scene.tree_id) not in page
