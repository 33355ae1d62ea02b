"""Support reads what it gave a reason for, while it may, and whoever leads it sees that."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from domain.permissions import Role
from tests.web.pages.looking import WHOLE_TREE, WHY, look_id, looks, sam
from tests.web.pages.reading import THEIR_OWN, Forms, a_rich_agency, everything
from tests.web.pages.scene import Browser, Scene, text_of
from tests.web.pages.test_gates import FORMS
from web.app import create_app


def statuses(browser: Browser, pages: list[str]) -> set[int]:
    return {browser.get(page).status_code for page in pages}


# Before and after.


def test_without_a_look_nothing_of_anybody_exists_for_support(scene: Scene) -> None:
    rich, browser = a_rich_agency(scene), sam(scene)
    missing = browser.get("/nothing").data
    pages = [*everything(scene, *WHOLE_TREE), rich["event"], rich["invoice"]]

    answers = [browser.get(page) for page in pages]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.data for answer in answers} == {missing}


@pytest.mark.parametrize("place", ["tree", "anchor", "child"])
def test_a_look_lets_support_read_the_whole_tree_whichever_id_was_given(scene: Scene, place: str) -> None:
    rich = a_rich_agency(scene)

    browser = looks(scene, getattr(scene, f"{place}_id"))

    pages = [*everything(scene, *WHOLE_TREE), rich["event"], rich["invoice"], rich["invoice"] + ".csv"]
    assert statuses(browser, pages) == {200}
    assert statuses(browser, everything(scene, "eves")) == {404}


def test_a_look_into_a_workspace_that_stands_alone_reaches_no_other(scene: Scene) -> None:
    browser = looks(scene, scene.eves_id)

    assert browser.get(scene.path("/w/{eves}/timeline")).status_code == 200
    assert statuses(browser, everything(scene, *WHOLE_TREE)) == {404}


def test_a_look_ends_by_itself(scene: Scene) -> None:
    browser, pages = looks(scene), everything(scene, "child")
    scene.house.clock.advance(minutes=29, seconds=59)
    before = statuses(browser, pages)
    scene.house.clock.advance(seconds=1)

    after = statuses(browser, pages)

    assert (before, after) == ({200}, {404})
    assert "support_look" not in browser.get("/support").get_data(as_text=True)


def test_a_look_is_ended_early_by_who_looks_and_that_holds_for_the_next_request(scene: Scene) -> None:
    browser = looks(scene)

    ended = browser.post(f"/support/looks/{look_id(scene)}/end")

    assert (ended.status_code, ended.headers["Location"]) == (303, "/support")
    assert statuses(browser, everything(scene, *WHOLE_TREE)) == {404}
    assert scene.facts()[-2:] == ["SupportLook.Begun", "SupportLook.Ended"]


def test_whoever_ends_one_of_two_looks_into_one_place_ends_both(scene: Scene) -> None:
    looks(scene)
    browser = looks(scene, scene.child_id, "Ticket 4712: once more")

    browser.post(f"/support/looks/{look_id(scene)}/end")

    assert statuses(browser, everything(scene, "anchor")) == {404}


def test_nobody_else_ends_a_look_and_to_end_it_twice_is_a_miss(scene: Scene) -> None:
    browser = looks(scene)
    form = f"/support/looks/{look_id(scene)}/end"

    others = [scene.browser(name).post(form).status_code for name in ("Ana", "Eve")]
    mine = [browser.post(form).status_code for _ in range(2)]

    assert (others, mine) == ([404, 404], [303, 404])


def test_whoever_works_in_support_no_longer_sees_nothing_from_the_next_request_on(scene: Scene) -> None:
    looks(scene)
    former = house_with(scene, is_staff=lambda _: False)

    page = former.get(scene.path("/w/{anchor}/"))

    assert page.status_code == 404
    assert "support_look" not in former.get("/sign-in").get_data(as_text=True)


def house_with(scene: Scene, **services: object) -> Browser:
    """Sam's browser at a house whose services are otherwise."""
    browser = sam(scene)
    app = create_app(replace(scene.house.services, **services))  # type: ignore[arg-type]
    client = app.test_client()
    client._cookies = browser.client._cookies
    browser.client = client
    return browser


# What it does not do.


def test_a_look_changes_nothing(scene: Scene) -> None:
    browser = looks(scene)
    missing, before = browser.get("/nothing").data, scene.facts()

    wrong = [
        (form, answer.status_code)
        for form, fields, _ in FORMS
        if (answer := browser.post(scene.path(form), **fields)).status_code != 404 or answer.data != missing
    ]

    assert wrong == []
    assert scene.facts() == before


def test_while_it_lasts_every_page_says_so_and_no_other_form_is_shown(scene: Scene) -> None:
    rich, browser = a_rich_agency(scene), looks(scene)
    pages = [*everything(scene, *WHOLE_TREE), rich["event"], rich["invoice"], "/support"]
    pages = [page for page in pages if not page.endswith(".csv")]

    answers = {page: browser.get(page) for page in pages}

    told = {page: text_of(answer) for page, answer in answers.items()}
    banner = "Sam, you look into “Bright Signal” for support until"
    assert [page for page in pages if banner not in told[page] or WHY not in told[page]] == []
    forms = {form for answer in answers.values() for form in Forms(answer.get_data(as_text=True)).posts}
    assert forms == {*THEIR_OWN, f"/support/looks/{look_id(scene)}/end", "/support/looks"}


def test_support_opens_no_invoice_at_stripe(scene: Scene) -> None:
    rich, browser = a_rich_agency(scene), looks(scene)

    answers = [browser.get(f"{rich['invoice']}/{one}").status_code for one in ("page", "pdf")]

    assert answers == [404, 404]


def test_what_support_is_otherwise_it_stays(scene: Scene) -> None:
    scene.people["Sam"] = scene.house.person("Sam")
    scene.house.member(scene.child_id, scene.people["Olga"], scene.people["Sam"], Role.MEMBER)
    ordinary = sam(scene)
    before = ordinary.get(scene.path("/w/{child}/keys")).status_code

    browser = looks(scene)

    assert (before, browser.get(scene.path("/w/{child}/keys")).status_code) == (404, 200)
    assert browser.post(scene.path("/w/{child}/settings/leave")).status_code == 303
    assert browser.get(scene.path("/w/{child}/keys")).status_code == 200  # as support, which goes on


# Who may begin one, and how.


def test_for_everybody_else_there_is_no_way_to_look(scene: Scene) -> None:
    missing = scene.browser("Eve").get("/nothing").data

    form = {"place": str(scene.eves_id), "reason": WHY}
    answers = [scene.browser(name).post("/support/looks", **form) for name in scene.people]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.data for answer in answers} == {missing}


@pytest.mark.parametrize(
    ("reason", "place", "field"),
    [
        ("", None, "reason"),
        ("too short", None, "reason"),
        ("x " * 300, None, "reason"),
        ("with a\nline break in it", None, "reason"),
        (WHY, "no id at all", "place"),
        (WHY, "", "place"),
        (WHY, uuid4(), "place"),
    ],
)
def test_a_look_without_a_reason_or_a_place_is_refused(
    scene: Scene, reason: str, place: object, field: str
) -> None:
    browser = sam(scene)
    kept, before = scene.in_the_vault(), scene.facts()
    wanted = str(scene.tree_id if place is None else place)

    answer = browser.post("/support/looks", place=wanted, reason=reason)

    to_the_field = answer.get_data(as_text=True).split('aria-invalid="true"')[0]
    assert answer.status_code == 422
    assert f'name="{field}"' in to_the_field.rpartition("<input")[2]
    assert scene.facts() == before
    assert scene.in_the_vault() == kept


def test_what_was_deleted_and_what_never_was_answer_alike(scene: Scene) -> None:
    ana = scene.people["Ana"]
    scene.house.agency.delete_child(scene.child_id, ana, because=scene.house.because(f"person:{ana}"))
    scene.house.run_followed()
    browser, never = sam(scene), uuid4()

    answers = [
        browser.post("/support/looks", place=str(place), reason=WHY) for place in (scene.child_id, never)
    ]

    shown = [answer.get_data(as_text=True) for answer in answers]
    assert {answer.status_code for answer in answers} == {422}
    assert ["There is no agency and no workspace with this id." in page for page in shown] == [True, True]


def test_a_look_that_is_sent_twice_is_one(scene: Scene) -> None:
    browser = sam(scene)
    form = browser.form("/support", "/support/looks") | {"place": str(scene.tree_id), "reason": WHY}

    answers = [browser.post("/support/looks", **form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.facts().count("SupportLook.Begun") == 1
