"""An auditor reads everything of what they were given, and changes nothing."""

from __future__ import annotations

import pytest

from domain.permissions import Role
from tests.web.pages.reading import THEIR_OWN, Forms, a_rich_agency, everything, join
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_gates import FORMS

WHOLE_TREE = ("anchor", "child", "sibling")
MAY_EXPORT = "/w/{anchor}/settings/exports"  # what an auditor of a whole agency came for


def test_the_auditor_of_an_anchor_reads_the_whole_tree(scene: Scene) -> None:
    rich = a_rich_agency(scene)
    ada = join(scene, "Ada", scene.anchor_id, Role.AUDITOR)

    pages = [*everything(scene, *WHOLE_TREE), rich["event"], rich["invoice"], rich["invoice"] + ".csv"]
    answers = {page: ada.get(page).status_code for page in pages}

    assert {page: status for page, status in answers.items() if status != 200} == {}
    assert ada.get(f"{rich['invoice']}/pdf").status_code == 303


def test_the_auditor_of_a_child_reads_that_child_and_never_hears_of_the_anchor(scene: Scene) -> None:
    rich = a_rich_agency(scene)
    arno = join(scene, "Arno", scene.child_id, Role.AUDITOR, by="Olga")
    missing = arno.get("/nothing")

    there = {page: arno.get(page).status_code for page in [*everything(scene, "child"), rich["event"]]}
    elsewhere = [arno.get(page) for page in [*everything(scene, "anchor", "sibling"), rich["invoice"]]]

    assert set(there.values()) == {200}
    assert {answer.status_code for answer in elsewhere} == {404}
    assert {answer.data for answer in elsewhere} == {missing.data}
    told = "".join(arno.get(page).get_data(as_text=True) for page in there)
    assert "Bright Signal" not in told
    assert str(scene.anchor_id) not in told


@pytest.mark.parametrize("place", ["anchor", "child"])
def test_an_auditor_is_shown_no_form_but_the_way_out(scene: Scene, place: str) -> None:
    rich = a_rich_agency(scene)
    ada = join(scene, "Ada", getattr(scene, f"{place}_id"), Role.AUDITOR)
    places = WHOLE_TREE if place == "anchor" else ("child",)
    pages = [*everything(scene, *places), rich["event"], *([rich["invoice"]] if place == "anchor" else [])]

    shown = {form for page in pages for form in Forms(ada.get(page).get_data(as_text=True)).posts}

    assert shown == {*THEIR_OWN, scene.path(f"/w/{{{place}}}/settings/leave")}


@pytest.mark.parametrize("place", ["anchor", "child"])
def test_a_form_that_an_auditor_sends_all_the_same_is_a_miss_and_records_nothing(
    scene: Scene, place: str
) -> None:
    ada = join(scene, "Ada", getattr(scene, f"{place}_id"), Role.AUDITOR)
    missing, before = ada.get("/nothing").data, scene.facts()

    wrong = [
        (form, answer.status_code)
        for form, fields, _ in FORMS
        if form not in (f"/w/{{{place}}}/settings/leave", MAY_EXPORT)
        and ((answer := ada.post(scene.path(form), **fields)).status_code != 404 or answer.data != missing)
    ]

    assert wrong == []
    assert scene.facts() == before


def test_an_auditor_may_leave(scene: Scene) -> None:
    ada = join(scene, "Ada", scene.child_id, Role.AUDITOR)

    left = ada.post(scene.path("/w/{child}/settings/leave"))

    assert left.status_code == 303
    assert ada.get(scene.path("/w/{child}/")).status_code == 404


def test_whoever_leads_from_above_has_nothing_to_leave_in_a_child(scene: Scene) -> None:
    ada = join(scene, "Ada", scene.anchor_id, Role.AUDITOR)

    answers = [one.post(scene.path("/w/{child}/settings/leave")) for one in (ada, scene.browser("Adam"))]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    ("name", "place", "status"),
    [("Ana", "anchor", 303), ("Adam", "anchor", 403), ("Olga", "child", 303), ("Adam", "child", 403)],
)
def test_only_who_may_give_ownership_lets_an_auditor_in(
    scene: Scene, name: str, place: str, status: int
) -> None:
    form = scene.path(f"/w/{{{place}}}/members/invitations")

    answer = scene.browser(name).post(form, email="ada@example.com", name="Ada", role="auditor")

    assert answer.status_code == status


def test_only_who_may_give_ownership_takes_an_auditor_s_role_away(scene: Scene) -> None:
    ada = join(scene, "Ada", scene.anchor_id, Role.AUDITOR)
    form = scene.path("/w/{anchor}/members/{ada}/remove")

    refused = scene.browser("Adam").post(form)
    removed = scene.browser("Ana").post(form)

    assert (refused.status_code, removed.status_code) == (403, 303)
    assert ada.get(scene.path("/w/{anchor}/")).status_code == 404  # from the very next request on
    assert ada.get(scene.path("/w/{child}/")).status_code == 404


def test_an_auditor_made_admin_in_one_place_stays_an_auditor_in_the_other(scene: Scene) -> None:
    join(scene, "Ada", scene.anchor_id, Role.AUDITOR)
    ada = join(scene, "Ada", scene.child_id, Role.ADMIN)

    renamed = ada.post(scene.path("/w/{child}/settings/name"), name="Larkfield")
    refused = ada.post(scene.path("/w/{anchor}/settings/name"), name="Mine")

    assert (renamed.status_code, refused.status_code) == (303, 404)
    assert "auditor" in text_of(ada.get(scene.path("/w/{anchor}/members")))
