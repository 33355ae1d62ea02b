"""Widgets of a workspace: deployed by its staff, within the plan, as far as the agency lets its clients."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from domain.permissions import Role
from domain.plans import PLANS
from domain.visibility import Area, Level
from projections.catalogue import DEPLOYMENTS
from projections.deployments import DeploymentRow
from tests.deployed import ORIGIN, a_widget
from tests.held import an_agent
from tests.web.pages.scene import Scene, text_of

WIDGETS = "/w/{child}/widgets"
NONE, VIEW, EDIT = Level


@pytest.fixture
def agent_id(scene: Scene) -> UUID:
    found = an_agent(scene.house, scene.child_id, scene.people["Ana"], "Concierge", "Good day")
    scene.house.run_followed()
    return found


@pytest.fixture
def widget_id(scene: Scene, agent_id: UUID) -> UUID:
    found = a_widget(scene.house, scene.child_id, scene.people["Ana"], agent_id)
    scene.house.run_followed()
    return found


def rows(scene: Scene) -> list[DeploymentRow]:
    with scene.house.database.reading() as db:
        return DEPLOYMENTS.in_workspace(db, scene.child_id)


def shows(scene: Scene, level: Level) -> None:
    changes, because = {Area.DEPLOYMENT: level}, scene.house.because()
    scene.house.agency.set_visibility(
        scene.tree_id, scene.people["Ana"], [scene.child_id], changes, because=because
    )


def form(agent_id: UUID, **other: str) -> dict[str, str]:
    origins = f"{ORIGIN}\nhttps://SHOP.larkfield.example/\n"
    return {"agent": str(agent_id), "name": "Front page", "origins": origins} | other


def test_a_widget_is_deployed_and_its_snippet_shown(scene: Scene, agent_id: UUID) -> None:
    olga = scene.browser("Olga")

    answer = olga.post(scene.path(WIDGETS), **form(agent_id))

    (row,) = rows(scene)
    assert answer.status_code == 303
    assert (row.agent_id, row.enabled) == (agent_id, True)
    assert row.allowed_origins == [ORIGIN, "https://shop.larkfield.example"]
    page = text_of(olga.follow(answer))
    assert "Front page" in page
    assert f'data-widget="{row.deployment_id}"' in page
    assert "1 of 5" in page


def test_the_same_form_sent_twice_deploys_once(scene: Scene, agent_id: UUID) -> None:
    olga, once = scene.browser("Olga"), {"request_id": str(uuid4())}

    answers = [olga.post(scene.path(WIDGETS), **form(agent_id), **once) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(rows(scene)) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("origins", ""), ("origins", "http://example.com"), ("origins", "https://*.example.com")),
        *(("origins", "\n".join(f"https://shop-{n}.example" for n in range(21))), ("name", "")),
        *(("name", "x" * 121), ("agent", "nobody"), ("agent", str(UUID(int=7)))),
    ],
)
def test_bad_input_says_what_is_wrong_and_deploys_nothing(scene, agent_id, field, typed):
    olga, before = scene.browser("Olga"), scene.facts()

    answer = olga.post(scene.path(WIDGETS), **form(agent_id) | {field: typed})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert scene.facts() == before


def test_an_agent_of_another_workspace_is_no_choice(scene: Scene, agent_id: UUID) -> None:
    foreign = an_agent(scene.house, scene.sibling_id, scene.people["Ana"])
    scene.house.run_followed()

    answer = scene.browser("Olga").post(scene.path(WIDGETS), **form(foreign))

    assert answer.status_code == 422
    assert rows(scene) == []


def test_the_plan_says_how_many_there_are_at_most(scene: Scene, agent_id: UUID) -> None:
    most = PLANS["agency"].limits.deployments_max
    for _ in range(most):
        last = a_widget(scene.house, scene.child_id, scene.people["Ana"], agent_id)
    scene.house.run_followed()
    olga = scene.browser("Olga")

    refused = olga.post(scene.path(WIDGETS), **form(agent_id))
    olga.post(scene.path(f"{WIDGETS}/{last}/remove"))
    accepted = olga.post(scene.path(WIDGETS), **form(agent_id))

    assert (refused.status_code, accepted.status_code) == (409, 303)
    assert 'data-code="limit_reached"' in refused.get_data(as_text=True)
    assert len(rows(scene)) == most


def test_a_widget_is_changed_disabled_enabled_and_removed(scene: Scene, widget_id: UUID) -> None:
    olga, path = scene.browser("Olga"), scene.path(f"{WIDGETS}/{widget_id}")

    olga.post(path, name="Shop", origins="https://shop.example")
    olga.post(f"{path}/state", state="disabled")
    (disabled,) = rows(scene)
    olga.post(f"{path}/state", state="enabled")
    (enabled,) = rows(scene)
    gone = [olga.post(f"{path}/remove").status_code for _ in range(2)]

    assert (disabled.enabled, disabled.allowed_origins) == (False, ["https://shop.example"])
    assert enabled.enabled
    assert gone == [303, 303], "asking twice is not an error"
    assert rows(scene) == []
    assert scene.facts()[-6:] == [
        *("Deployment.Created", "Deployment.Renamed", "Deployment.OriginsSet", "Deployment.Disabled"),
        *("Deployment.Enabled", "Deployment.Removed"),
    ]


def test_a_widget_of_another_workspace_is_a_miss(scene: Scene, widget_id: UUID) -> None:
    scene.house.member(scene.sibling_id, scene.people["Ana"], scene.people["Eve"], Role.ADMIN)
    scene.house.run_followed()
    eve, before = scene.browser("Eve"), scene.facts()
    path = scene.path(f"/w/{{sibling}}/widgets/{widget_id}")

    answers = [
        eve.post(path, name="Mine", origins=ORIGIN),
        eve.post(f"{path}/state", state="disabled"),
        eve.post(f"{path}/remove"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert scene.facts() == before


@pytest.mark.parametrize("level", Level)
def test_clients_see_and_change_widgets_as_far_as_the_agency_lets_them(scene, widget_id, level):
    shows(scene, level)
    path = scene.path(WIDGETS)

    seen = {name: scene.browser(name).get(path).status_code for name in ("Ana", "Olga", "Ben", "Vera")}
    changed = {
        name: scene.browser(name).post(f"{path}/{widget_id}/state", state="disabled").status_code
        for name in ("Olga", "Ben", "Vera", "Eve")
    }

    clients = 404 if level is NONE else 200
    assert seen == {"Ana": 200} | dict.fromkeys(("Olga", "Ben", "Vera"), clients)
    assert changed == {"Olga": 303 if level is EDIT else 404, "Ben": 404, "Vera": 404, "Eve": 404}
    assert rows(scene)[0].enabled is (level is not EDIT)


def test_who_may_only_look_is_offered_no_form(scene: Scene, widget_id: UUID) -> None:
    page = scene.browser("Vera").get(scene.path(WIDGETS)).get_data(as_text=True)

    assert "Website" in page
    assert f"/widgets/{widget_id}" not in page


def test_a_suspension_turns_off_what_is_on_and_its_end_turns_on_exactly_that(scene, agent_id):
    house, ana, because = scene.house, scene.people["Ana"], scene.house.because()
    on, off = (a_widget(house, scene.child_id, ana, agent_id, name) for name in ("On", "Off"))
    house.agency.disable_widget(scene.child_id, ana, off, because=because)
    workspace = house.agency.workspace(scene.child_id)

    suspended = house.agency.deployments_in(scene.child_id)
    told = suspended.suspend(workspace, because=because)
    house.agency.save(suspended)
    house.run_followed()
    states = {row.deployment_id: row.state for row in rows(scene)}
    refused = scene.browser("Olga").post(scene.path(f"{WIDGETS}/{on}/state"), state="enabled")
    resumed = house.agency.deployments_in(scene.child_id)
    back = resumed.resume(workspace, because=because)
    house.agency.save(resumed)
    house.run_followed()

    assert told == back == (on,)
    assert states == {on: "suspended", off: "disabled"}
    assert refused.status_code == 403
    assert {row.deployment_id: row.state for row in rows(scene)} == {on: "enabled", off: "disabled"}


def test_a_page_of_the_past_shows_the_widgets_of_then(scene: Scene, widget_id: UUID) -> None:
    position = scene.position_of(scene.house.agency.deployments_in(scene.child_id).id)
    scene.browser("Olga").post(scene.path(f"{WIDGETS}/{widget_id}/remove"))

    now = text_of(scene.browser("Olga").get(scene.path(WIDGETS)))
    past = text_of(scene.browser("Olga").get(scene.path(f"{WIDGETS}?as_of={position}")))

    assert "Website" not in now
    assert "Website" in past


def test_the_timeline_tells_of_widgets_by_name(scene: Scene, widget_id: UUID) -> None:
    told = text_of(scene.browser("Ana").get(scene.path("/w/{child}/timeline")))

    assert f"deployed the widget Website of Larkfield — Support line on {ORIGIN}" in told


def test_a_deleted_workspace_has_no_widgets(scene: Scene, widget_id: UUID) -> None:
    house = scene.house
    house.agency.delete_child(scene.child_id, scene.people["Ana"], because=house.because())
    house.run_followed()

    assert rows(scene) == []
