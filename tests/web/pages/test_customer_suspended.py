"""A suspended customer: read by everybody who could, told to everybody, and served again as before."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.agent import AgentStatus
from domain.commands.agents import Wanted
from projections.catalogue import CUSTOMERS
from tests.deployed import a_widget
from tests.held import an_agent
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_customers import added

NOTICE = {
    "suspended": "This workspace is suspended by the agency.",
    "closed": "This workspace is closed by the agency.",
}


def status(scene: Scene) -> dict[object, str]:
    with scene.house.database.reading() as db:
        return {one: state.value for one, state in CUSTOMERS.status_of(db, [scene.child_id]).items()}


@pytest.mark.parametrize(("deed", "state"), [("suspend", "suspended"), ("close", "closed")])
def test_members_still_read_and_see_a_plain_notice_and_calls_are_stopped(
    scene: Scene, deed: str, state: str
) -> None:
    page, ana = added(scene), scene.browser("Ana")
    before = text_of(scene.browser("Ben").get(scene.path("/w/{child}/")))

    answer = ana.post(f"{page}/{deed}")

    assert answer.status_code == 303
    assert status(scene) == {scene.child_id: state}
    for name in ("Olga", "Ben", "Vera", "Ana"):
        shown = scene.browser(name).get(scene.path("/w/{child}/usage"))
        assert shown.status_code == 200
        assert NOTICE[state] in text_of(shown)
    assert "by the agency" not in before
    assert "by the agency" not in text_of(ana.get(scene.path("/w/{sibling}/")))
    assert "by the agency" not in text_of(ana.get(scene.path("/w/{anchor}/")))


def test_resumed_it_is_as_before_and_the_agency_is_told_in_its_timeline(scene: Scene) -> None:
    page, ana = added(scene), scene.browser("Ana")

    for deed in ("suspend", "suspend", "resume", "resume"):
        assert scene.browser("Adam").post(f"{page}/{deed}").status_code == 303

    assert scene.facts()[-2:] == ["Customer.Suspended", "Customer.Resumed"], "asking twice is one"
    assert status(scene) == {scene.child_id: "active"}
    assert "by the agency" not in text_of(scene.browser("Ben").get(scene.path("/w/{child}/")))
    above, below = (
        text_of(ana.get(scene.path("/trees/{tree}/timeline"))),
        text_of(scene.browser("Olga").get(scene.path("/w/{child}/timeline"))),
    )
    assert "Adam suspended the customer of Larkfield — Support line" in above
    assert "suspended the customer" not in below, "what an agency thinks of its customers is its own"


def test_a_closed_customer_is_neither_suspended_nor_resumed_nor_changed(scene: Scene) -> None:
    page, ana = added(scene), scene.browser("Ana")
    ana.post(f"{page}/close")
    before = scene.facts(), scene.in_the_vault()

    answers = [ana.post(f"{page}{deed}", name="Else") for deed in ("/suspend", "/resume", "")]

    assert {answer.status_code for answer in answers} == {409}
    assert all("This customer is closed." in text_of(answer) for answer in answers[:2])
    assert (scene.facts(), scene.in_the_vault()) == before
    assert ana.post(f"{page}/close").status_code == 303


def test_before_the_click_the_page_says_that_nothing_is_on(scene: Scene) -> None:
    shown = text_of(scene.browser("Ana").get(added(scene)))

    assert "Nothing is on there just now" in shown


def test_what_was_on_goes_off_with_the_customer_and_exactly_that_comes_back(scene: Scene) -> None:
    house, ana, child_id = scene.house, scene.people["Ana"], scene.child_id
    agents = {name: an_agent(house, child_id, ana, name, "Good day") for name in ("On", "Off", "Goes")}
    widgets = [a_widget(house, child_id, ana, agents["On"]) for _ in range(3)]
    switches(scene, agents["Off"], AgentStatus.PAUSED)
    house.agency.disable_widget(child_id, ana, widgets[1], because=house.because())
    page, browser = added(scene), scene.browser("Ana")
    before = browser.get(page).text

    browser.post(f"{page}/suspend")
    off = on(scene)
    house.agency.delete_agent(agents["Goes"], child_id, ana, because=house.because())
    house.agency.remove_widget(child_id, ana, widgets[2], because=house.because())
    refused = [
        scene.browser("Olga").post(f"/w/{child_id}/agents/{agents['On']}/activate"),
        scene.browser("Olga").post(f"/w/{child_id}/widgets/{widgets[0]}/state", state="enabled"),
    ]
    browser.post(f"{page}/resume")

    assert "Agent “On”" in before
    assert "Agent “Goes”" in before
    assert "Agent “Off”" not in before, "the page says what will go off"
    assert off == set()
    assert {answer.status_code for answer in refused} == {403}
    assert on(scene) == {agents["On"], widgets[0]}
    suspended = house.agency.history_of_customer(UUID(page[-36:]))[1]
    assert set(suspended.agents) == {agents["On"], agents["Goes"]}


def test_after_a_suspension_that_was_never_lifted_things_are_switched_on_by_hand(scene: Scene) -> None:
    house, ana, child_id = scene.house, scene.people["Ana"], scene.child_id
    agent_id = an_agent(house, child_id, ana, "Concierge", "Good day")
    widget_id = a_widget(house, child_id, ana, agent_id)
    page, browser = added(scene), scene.browser("Ana")
    browser.post(f"{page}/suspend")
    browser.post(f"{page}/close")
    closed = on(scene)
    pages = [text_of(browser.get(f"/w/{child_id}/{one}")) for one in (f"agents/{agent_id}", "widgets")]

    switches(scene, agent_id, AgentStatus.ACTIVE)
    house.agency.enable_widget(child_id, ana, widget_id, because=house.because())

    assert closed == set()
    assert ["Activate" in pages[0], "Enable Website" in pages[1]] == [True, True]
    assert on(scene) == {agent_id, widget_id}


def switches(scene: Scene, agent_id: UUID, status: AgentStatus) -> None:
    scene.house.agency.change_agent(
        agent_id,
        scene.child_id,
        scene.people["Ana"],
        Wanted(status=status),
        because=scene.house.because(),
    )
    scene.house.run_followed()


def on(scene: Scene) -> set[UUID]:
    """The agents that are active and the widgets that are enabled."""
    running = scene.house.agency.running_in(scene.house.agency.workspace(scene.child_id))
    return {*running.agents_on, *running.deployments_on}
