"""Why can't I see Agency? The page for every member, and the same for a program."""

from __future__ import annotations

import pytest

from domain.permissions import Role
from tests.house import House
from tests.web.pages.looking import looks
from tests.web.pages.reading import Forms, join
from tests.web.pages.scene import Browser, Scene, text_of


def reason(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True).rpartition('data-code="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        ("Eve", "eves", "plan_has_no_agency"),
        ("Olga", "child", "role_too_low"),
        ("Ben", "child", "role_too_low"),
        ("Vera", "child", "role_too_low"),
        ("Ana", "anchor", "seen"),
        ("Adam", "child", "seen"),
    ],
)
def test_everybody_is_told_the_first_reason_that_applies(
    scene: Scene, name: str, place: str, expected: str
) -> None:
    browser = scene.browser(name)

    told = reason(browser, scene.path(f"/w/{{{place}}}/agency"))

    assert told == expected
    for page in ("settings", "") if expected != "seen" else ("settings",):
        shown = browser.get(scene.path(f"/w/{{{place}}}/{page}")).get_data(as_text=True)
        assert scene.path(f"/w/{{{place}}}/agency") in Forms(shown).links


def test_a_client_learns_no_more_than_a_viewer_of_the_anchor_does(scene: Scene) -> None:
    vito = join(scene, "Vito", scene.anchor_id, Role.VIEWER)
    page = "/w/{{{}}}/agency"

    above = text_of(vito.get(scene.path(page.format("anchor"))))
    below = [text_of(scene.browser(name).get(scene.path(page.format("child")))) for name in ("Olga", "Vera")]

    for told in (above, *below):
        assert "Your role does not include the agency." in told
    assert all("Bright Signal" not in told and str(scene.anchor_id) not in told for told in below)


def test_an_agency_without_a_client_says_so_also_to_its_auditor_and_to_support(house: House) -> None:
    ana, sam, ada = (house.person(name) for name in ("Ana", "Sam", "Ada"))
    _, anchor_id = house.agency_of(ana)
    house.member(anchor_id, ana, ada, Role.AUDITOR)
    house.run_followed()
    Browser(house, sam).post("/support/looks", place=str(anchor_id), reason="where is the agency page")

    told = {reason(Browser(house, one), f"/w/{anchor_id}/agency") for one in (ana, ada, sam)}

    assert told == {"customer_not_created"}
    assert f"/w/{anchor_id}/agency" in Forms(Browser(house, ana).get(f"/w/{anchor_id}/").text).links


def test_a_stranger_gets_no_reason_at_all(scene: Scene) -> None:
    eve = scene.browser("Eve")

    answers = [eve.get(scene.path(f"/w/{{{place}}}/agency")) for place in ("anchor", "child", "nowhere")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1


@pytest.mark.parametrize(
    ("place", "expected"),
    [("anchor", None), ("child", "role_too_low"), ("eves", "plan_has_no_agency")],
)
def test_a_program_is_told_the_same_of_the_workspace_of_its_key(
    scene: Scene, place: str, expected: str | None
) -> None:
    owner = scene.people["Eve" if place == "eves" else "Ana"]
    key = scene.house.key(getattr(scene, f"{place}_id"), owner, scopes=("read",))

    answer = scene.house.app.test_client().get(
        "/api/v1/workspace/agency", headers={"Authorization": f"Bearer {key}"}
    )

    assert answer.status_code == 200
    assert (answer.json["visible"], answer.json["reason"]) == (expected is None, expected)
    assert answer.json["message"]


# Roles and permissions.


def test_whoever_leads_the_agency_reads_the_whole_table_with_their_own_place_in_it(scene: Scene) -> None:
    told = text_of(scene.browser("Adam").get(scene.path("/w/{anchor}/roles")))

    assert "Owner of the anchor Admin of the anchor you Auditor of the anchor" in told
    assert "Choose, change, cancel and pay for a plan yes yes" in told


def test_a_client_reads_of_the_roles_in_their_own_workspace_only(scene: Scene) -> None:
    told = {
        name: text_of(scene.browser(name).get(scene.path("/w/{child}/roles"))) for name in ("Olga", "Vera")
    }

    for shown in told.values():
        assert "anchor" not in shown.lower()
        assert "pool" not in shown.lower()
        assert "Rename the workspace yes yes" in shown
    assert "Owner you" in told["Olga"]
    assert "Viewer you" in told["Vera"]


def test_who_looks_for_support_reads_where_that_stands(scene: Scene) -> None:
    browser = looks(scene)

    assert "Support, during a look you" in text_of(browser.get(scene.path("/w/{anchor}/roles")))


def test_the_table_is_linked_from_the_members(scene: Scene) -> None:
    shown = scene.browser("Ben").get(scene.path("/w/{child}/members")).get_data(as_text=True)

    assert scene.path("/w/{child}/roles") in Forms(shown).links
