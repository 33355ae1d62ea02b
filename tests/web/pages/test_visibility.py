"""What an agency hides from its clients is hidden from the very next request on, whatever their role."""

from __future__ import annotations

from itertools import product
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from domain.permissions import Role
from domain.visibility import EVERYTHING, Area, Level, Visibility
from projections.catalogue import VISIBILITY
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.voided import corrections, page_of, tracked

CLIENTS = ("Olga", "Carl", "Ben", "Vera")  # owner, admin, member and viewer of the child, and nothing else
STAFF = ("Olga", "Carl")
AGENCY = ("Ana", "Adam")
NONE, VIEW, EDIT = Level


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """With Carl, an admin of the client's workspace."""
    scene.people["Carl"] = scene.house.person("Carl")
    scene.house.member(scene.child_id, scene.people["Ana"], scene.people["Carl"], Role.ADMIN)
    scene.house.run_followed()
    return scene


def levels(**changes: str) -> dict[str, str]:
    """The fields of a form that sets all five areas."""
    return {area.value: EDIT.value for area in Area} | changes


def sets(scene: Scene, **changes: str) -> TestResponse:
    """Ana, on the settings page of the client's workspace."""
    answer = scene.browser("Ana").post(scene.path("/w/{child}/settings/visibility"), **levels(**changes))
    assert answer.status_code == 303
    return answer


def status(scene: Scene, name: str, path: str) -> int:
    return scene.browser(name).get(scene.path(path)).status_code


def shown(scene: Scene, workspace_id: UUID) -> Visibility:
    with scene.house.database.reading() as db:
        return VISIBILITY.in_workspace(db, workspace_id)


# Who is bound, and by what.


@pytest.mark.parametrize(
    ("area", "path"), [("dashboard", "/w/{child}/usage"), ("configuration", "/w/{child}/settings")]
)
def test_a_hidden_page_is_a_miss_for_every_client_and_for_nobody_of_the_agency(
    scene: Scene, area: str, path: str
) -> None:
    browsers = {name: scene.browser(name) for name in (*CLIENTS, *AGENCY)}
    missing = scene.browser("Eve").get(scene.path("/w/{nowhere}/usage")).data
    seen: dict[Level, dict[str, int]] = {}

    for level in (EDIT, NONE, VIEW):
        sets(scene, **{area: level})
        answers = {name: browser.get(scene.path(path)) for name, browser in browsers.items()}
        seen[level] = {name: answer.status_code for name, answer in answers.items()}
        assert all(answer.data == missing for answer in answers.values() if answer.status_code != 200)

    assert seen[NONE] == dict.fromkeys(CLIENTS, 404) | dict.fromkeys(AGENCY, 200)
    assert set(seen[VIEW].values()) == set(seen[EDIT].values()) == {200}


def test_the_other_areas_and_the_other_clients_stay_as_they_are(scene: Scene) -> None:
    scene.house.member(scene.sibling_id, scene.people["Ana"], scene.people["Vera"], Role.VIEWER)

    sets(scene, **{area.value: "none" for area in Area if area is not Area.DASHBOARD})

    assert status(scene, "Vera", "/w/{child}/usage") == 200
    assert status(scene, "Vera", "/w/{child}/settings") == 404
    assert status(scene, "Vera", "/w/{sibling}/settings") == 200


def test_without_the_dashboard_the_way_in_shows_no_number(scene: Scene) -> None:
    scene.track(scene.child_id, 41)
    ben, overview = scene.browser("Ben"), scene.path("/w/{child}/")
    before = text_of(ben.get(overview))

    sets(scene, dashboard="none")
    after = ben.get(overview)

    assert "Events this cycle 41" in before
    assert after.status_code == 200
    assert "Larkfield — Support line" in text_of(after)
    assert "41" not in text_of(after)
    assert "/usage" not in after.get_data(as_text=True)


@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize("level", [NONE, VIEW])
def test_below_edit_no_client_changes_the_settings(scene: Scene, name: str, level: Level) -> None:
    sets(scene, configuration=level)
    browser, before = scene.browser(name), scene.facts()

    answers = [
        browser.post(scene.path(f"/w/{{child}}/settings/{form}"), **fields)
        for form, fields in (
            ("name", {"name": "Renamed"}),
            ("rate", {"rate": "50"}),
            ("rate/default", {}),
            ("delete", {"name": "Larkfield — Support line"}),
        )
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert scene.facts() == before
    if level is VIEW:
        page = browser.get(scene.path("/w/{child}/settings")).get_data(as_text=True)
        assert "Rename" not in page
        assert "Delete" not in page
    assert scene.browser("Adam").post(scene.path("/w/{child}/settings/rate"), rate="50").status_code == 303


def test_with_the_dashboard_to_look_at_no_client_voids_an_event(scene: Scene) -> None:
    path = page_of(scene.child_id, tracked(scene, scene.child_id))
    scene.house.run_followed()

    seen = {}
    for level in (NONE, VIEW):
        sets(scene, dashboard=level)
        olga = scene.browser("Olga")
        seen[level] = (olga.get(path).status_code, olga.post(f"{path}/void", reason="mine").status_code)

    assert seen == {NONE: (404, 404), VIEW: (200, 404)}
    assert corrections(scene) == 0


def test_whoever_sees_no_settings_can_leave_all_the_same(scene: Scene) -> None:
    sets(scene, configuration="none")
    ben, way_in = scene.browser("Ben"), scene.path("/w/{child}/")
    assert "Leave this workspace" in text_of(ben.get(way_in))

    answer = ben.post(scene.path("/w/{child}/settings/leave"))

    assert answer.status_code == 303
    assert ben.get(way_in).status_code == 404


def test_the_last_owner_who_sees_no_settings_is_told_why_they_cannot_leave(scene: Scene) -> None:
    scene.browser("Ana").post(scene.path("/w/{child}/settings/leave"))
    sets(scene, configuration="none")

    answer = scene.browser("Olga").post(scene.path("/w/{child}/settings/leave"))

    assert answer.status_code == 409
    assert 'data-code="last_owner"' in answer.get_data(as_text=True)


def test_it_binds_by_what_one_is_now(scene: Scene) -> None:
    sets(scene, configuration="none")
    settings, olga = "/w/{child}/settings", scene.people["Olga"]
    assert status(scene, "Olga", settings) == 404

    scene.house.member(scene.anchor_id, scene.people["Ana"], olga, Role.ADMIN)
    assert status(scene, "Olga", settings) == 200

    because = scene.house.because()
    scene.house.agency.remove_member(scene.anchor_id, scene.people["Ana"], olga, because=because)
    assert status(scene, "Olga", settings) == 404


def test_when_the_agency_ends_everything_is_open_again(scene: Scene) -> None:
    sets(scene, dashboard="none", configuration="none")
    because = scene.house.because(f"person:{scene.people['Ana']}")

    scene.house.wiring.billing.cancel_at_once(scene.tree_id, scene.people["Ana"], because=because)
    scene.house.deliver_notices()

    pages = [
        status(scene, name, f"/w/{{child}}/{page}") for name, page in product(CLIENTS, ("usage", "settings"))
    ]
    assert pages == [200] * 8


# Setting it.


def test_the_agency_sees_and_sets_it_and_its_client_does_neither(scene: Scene) -> None:
    sets(scene, prompts="none", actions="view")

    form = scene.browser("Adam").get(scene.path("/w/{child}/settings")).get_data(as_text=True)
    client = scene.browser("Olga").get(scene.path("/w/{child}/settings")).get_data(as_text=True)

    assert shown(scene, scene.child_id) == EVERYTHING.but({Area.PROMPTS: NONE, Area.ACTIONS: VIEW})
    assert "What the client sees" in form
    assert "What the client sees" not in client
    assert scene.facts()[-1] == "Workspace.VisibilitySet"


@pytest.mark.parametrize("fields", [{}, levels(prompts="all"), levels(actions="")])
def test_what_is_no_level_sets_nothing(scene: Scene, fields: dict[str, str]) -> None:
    before = scene.facts()

    answer = scene.browser("Ana").post(scene.path("/w/{child}/settings/visibility"), **fields)

    assert answer.status_code == 422
    assert 'data-code="validation_error"' in answer.get_data(as_text=True)
    assert scene.facts() == before


def test_an_anchor_and_a_workspace_that_stands_alone_have_no_client(scene: Scene) -> None:
    before = scene.facts()
    tries = (("Ana", "/w/{anchor}"), ("Eve", "/w/{eves}"))

    answers = [
        scene.browser(who).post(scene.path(f"{at}/settings/visibility"), **levels()) for who, at in tries
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert scene.facts() == before


def test_several_clients_are_set_at_once_and_other_areas_stay(scene: Scene) -> None:
    sets(scene, prompts="none")

    answer = scene.browser("Ana").post(
        scene.path("/w/{anchor}/workspaces/visibility"),
        child=[scene.child_id, scene.sibling_id],
        **levels() | dict.fromkeys(Area, "") | {"dashboard": "view"},
    )

    assert answer.status_code == 303
    assert shown(scene, scene.child_id) == EVERYTHING.but({Area.DASHBOARD: VIEW, Area.PROMPTS: NONE})
    assert shown(scene, scene.sibling_id) == EVERYTHING.but({Area.DASHBOARD: VIEW})


@pytest.mark.parametrize(
    ("children", "fields", "code"),
    [
        ([], {"dashboard": "none"}, 422),
        (["child"], {}, 422),
        (["child"], {"dashboard": "some"}, 422),
        (["not an id"], {"dashboard": "none"}, 422),
        (["child", "anchor"], {"dashboard": "none"}, 404),
        (["child", "eves"], {"dashboard": "none"}, 404),
        (["child", "nowhere"], {"dashboard": "none"}, 404),
    ],
)
def test_if_one_of_several_cannot_be_set_none_is(
    scene: Scene, children: list[str], fields: dict[str, Any], code: int
) -> None:
    before = scene.facts()
    ids = [one if " " in one else scene.path(f"{{{one}}}") for one in children]

    answer = scene.browser("Ana").post(
        scene.path("/w/{anchor}/workspaces/visibility"), child=ids, **dict.fromkeys(Area, "") | fields
    )

    assert answer.status_code == code
    assert scene.facts() == before


def test_a_new_client_begins_with_the_defaults_of_that_moment(scene: Scene) -> None:
    ana, workspaces = scene.browser("Ana"), scene.path("/w/{anchor}/workspaces")
    ana.post(f"{workspaces}/visibility/defaults", **levels(dashboard="none", deployment="view"))

    ana.post(workspaces, name="Heron")
    ana.post(f"{workspaces}/visibility/defaults", **levels())

    heron = scene.house.agency.tree(scene.tree_id).children[-1]
    assert shown(scene, heron) == EVERYTHING.but({Area.DASHBOARD: NONE, Area.DEPLOYMENT: VIEW})
    assert shown(scene, scene.child_id) == EVERYTHING


def test_an_auditor_of_the_agency_reads_it_and_is_offered_no_form(scene: Scene) -> None:
    scene.people["Ada"] = scene.house.person("Ada")
    scene.house.member(scene.anchor_id, scene.people["Ana"], scene.people["Ada"], Role.AUDITOR)
    scene.house.run_followed()
    sets(scene, dashboard="none")

    page = scene.browser("Ada").get(scene.path("/w/{anchor}/workspaces"))

    assert "Larkfield — Support line none edit edit edit edit" in text_of(page)
    assert "/visibility" not in page.get_data(as_text=True)
    assert status(scene, "Ada", "/w/{child}/usage") == 200


def test_the_agency_reads_all_of_it_on_one_page(scene: Scene) -> None:
    sets(scene, dashboard="none", actions="view")

    page = text_of(scene.browser("Adam").get(scene.path("/w/{anchor}/workspaces")))

    assert "What clients see" in page
    assert "Larkfield — Support line none edit edit edit view" in page
    assert "Osprey — Sales line edit edit edit edit edit" in page
