"""What a widget is told is told to pages of its origins, and to nobody else is it there at all."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from domain.agent import AgentStatus
from domain.commands.agents import Wanted
from tests.deployed import ORIGIN, a_widget
from tests.held import an_agent
from tests.house import House
from tests.house_customers import a_customer

Ask = Callable[..., TestResponse]


@pytest.fixture
def place(house: House) -> tuple[UUID, UUID]:
    """A workspace and its owner."""
    ana = house.person("Ana")
    return house.workspace(ana), ana


@pytest.fixture
def agent_id(house: House, place: tuple[UUID, UUID]) -> UUID:
    return an_agent(house, *place, "Concierge", "Good day, how can I help?")


@pytest.fixture
def widget_id(house: House, place: tuple[UUID, UUID], agent_id: UUID) -> UUID:
    found = a_widget(house, *place, agent_id, origins=(ORIGIN, "https://shop.larkfield.example:8443"))
    house.run_followed()
    return found


@pytest.fixture
def ask(house: House) -> Ask:
    def asked(widget_id: UUID, origin: str | None = ORIGIN, method: str = "GET") -> TestResponse:
        headers = {} if origin is None else {"Origin": origin}
        house.run_followed()
        return house.app.test_client().open(f"/widget/v1/{widget_id}/config", method=method, headers=headers)

    return asked


def cors_of(answer: TestResponse) -> list[str]:
    return [name for name in dict(answer.headers) if name.lower().startswith("access-control")]


@pytest.mark.parametrize("origin", [ORIGIN, "https://shop.larkfield.example:8443"])
def test_a_page_of_an_allowed_origin_is_told_who_speaks(widget_id, ask, origin):
    answer = ask(widget_id, origin)

    assert answer.status_code == 200
    assert answer.get_json() == {
        "deployment_id": str(widget_id),
        "agent": {"name": "Concierge", "greeting": "Good day, how can I help?"},
    }
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Vary"] == "Origin"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        *(None, "", "null", "*", "https://evil.example", "http://www.larkfield.example"),
        *(ORIGIN + ":443", ORIGIN + "/", ORIGIN.upper(), ORIGIN + ".evil.example", f"{ORIGIN} {ORIGIN}"),
        *("https://shop.larkfield.example", "https://larkfield.example", f"{ORIGIN},https://evil.example"),
    ],
)
def test_any_other_page_is_told_what_a_miss_is_told(widget_id, ask, origin):
    missing = ask(uuid4())

    answer = ask(widget_id, origin)

    assert answer.status_code == missing.status_code == 404
    assert answer.get_json() == missing.get_json()
    assert cors_of(answer) == cors_of(missing) == []
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_widget_that_is_disabled_or_removed_is_there_for_nobody(house, place, widget_id, ask):
    workspace_id, ana = place
    statuses = []
    for command in ("disable_widget", "enable_widget", "remove_widget"):
        getattr(house.agency, command)(workspace_id, ana, widget_id, because=house.because())
        statuses.append(ask(widget_id).status_code)

    assert statuses == [404, 200, 404]


def test_a_suspended_customer_has_no_widget(house, place, widget_id, ask):
    found = house.agency.deployments_in(place[0])
    found.suspend(house.agency.workspace(place[0]), because=house.because())
    house.agency.save(found)

    assert ask(widget_id).status_code == 404


def test_while_a_customer_is_suspended_no_widget_is_there_whatever_its_people_switch_on(house, ask):
    ana = house.person("Ana")
    tree_id, _ = house.agency_of(ana, children=1)
    child_id = house.agency.tree(tree_id).children[0]
    agent_id = an_agent(house, child_id, ana)
    widget_id = a_widget(house, child_id, ana, agent_id)
    another_id = an_agent(house, child_id, ana, "Another")
    customer_id = a_customer(house, child_id, ana)
    statuses = [ask(widget_id).status_code]

    house.agency.suspend_customer(tree_id, ana, customer_id, because=house.because())
    fresh = a_widget(house, child_id, ana, another_id)
    statuses += [ask(widget_id).status_code, ask(fresh).status_code]
    house.agency.resume_customer(tree_id, ana, customer_id, because=house.because())
    statuses += [ask(widget_id).status_code, ask(fresh).status_code]

    assert statuses == [200, 404, 404, 200, 200]


def test_an_agent_that_does_not_speak_is_not_shown(house, place, agent_id, widget_id, ask):
    workspace_id, ana = place
    paused = Wanted(status=AgentStatus.PAUSED)

    house.agency.change_agent(agent_id, workspace_id, ana, paused, because=house.because())

    assert ask(widget_id).status_code == 404


def test_a_widget_of_a_workspace_that_was_closed_is_gone(house, place, widget_id, ask):
    house.agency.close_workspace(*place, because=house.because())

    assert ask(widget_id).status_code == 404


def test_what_the_snippet_loads_is_there_for_every_page(house):
    answer = house.app.test_client().get("/widget/v1/widget.js")

    assert answer.status_code == 200
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "javascript" in answer.headers["Content-Type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_changed_there(widget_id, ask, method):
    answer = ask(widget_id, ORIGIN, method)

    assert answer.status_code == 405
    assert cors_of(answer) == []
