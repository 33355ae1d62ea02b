"""A timeline tells the people of a client of an area only while the agency shows it to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest

from domain.commands.agents import Attachments, Wanted
from domain.visibility import Area
from projections.history.kinds import kind
from tests.deployed import a_widget, an_action
from tests.held import a_base, a_number, an_agent
from tests.house import House, make_schema
from tests.house_customers import a_customer
from tests.postgres import Cluster
from tests.web.api.asking import Program
from tests.web.pages.scene import Browser, Scene, text_of
from tests.web.pages.test_downgrade import cancel, run_out
from tests.web.pages.voice_scene import CREDIT, Voice
from tests.web.pages.voiced import shows, wrote

TIMELINE = "/w/{child}/timeline"
# What is told of each area, as the names of facts.
TOLD = {
    "dashboard": ("Workspace.Budget*",),
    "prompts": ("Agent.PromptWritten",),
    "configuration": (
        *("Agent.Configured", "Agent.KnowledgeAttached", "Agent.ActionAttached"),
        *("KnowledgeBase.*", "Holdings.*", "Workspace.HourlyRateSet"),
    ),
    "deployment": ("Deployment.*", "PhoneNumber.*", "Holdings.*"),
    "actions": ("Action.*", "Agent.ActionAttached"),
}
PAGES = {
    "dashboard": ("calls", "calls.csv", "credits-used", "usage"),
    "deployment": ("widgets", "numbers"),
    "actions": ("actions",),
    "configuration": ("knowledge", "settings"),
}
# Something that only the facts of an area say.
WORDS = {"prompts": "prompt", "deployment": "widget", "actions": "Lookup4711", "dashboard": "budget"}


class Rich(Voice):
    """A client's workspace in which there is something of every area, and whose customer is Larkfield."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        ana, child = self.people["Ana"], self.child_id
        self.customer_id = a_customer(house, child, ana)
        agent_id = an_agent(house, child, ana, "Concierge4711", greeting="Hello")
        a_widget(house, child, ana, agent_id, "Website4711")
        action_id = an_action(house, child, ana, "Lookup4711")
        base_id = a_base(house, child, ana, "Menu4711")
        a_number(house, child, ana, "+493023125042")
        wanted = Wanted(knowledge=Attachments(attach=(base_id,)), actions=Attachments(attach=(action_id,)))
        because = house.because(f"person:{ana}")
        house.agency.change_agent(agent_id, child, ana, wanted, because=because)
        house.agency.set_hourly_rate(child, ana, 9_900, because=because)
        self.sets_budget(child, 50)
        reason = house.wiring.vault.keep_text(self.anchor_id, "Because4711")
        house.agency.raise_budget(child, ana, 60 * CREDIT, reason, because=because)
        house.run_followed()
        wrote(self, self.path(f"/w/{{child}}/agents/{agent_id}"), "Be brief.", 0)

    def recorded(self) -> dict[str, str]:
        """By place, what is in the timeline of the client's workspace."""
        with self.house.database.reading() as db:
            rows = db.execute(
                "SELECT position, behind, name FROM timeline WHERE workspace_id = %s", (self.child_id,)
            )
            return {f"{row['position']}": row["name"] for row in rows if not row["behind"]}

    def listed(self, who: str, **query: Any) -> set[str]:
        """The places of what somebody is told, over all pages of their timeline."""
        browser, found, url = self.browser(who), set(), f"{self.path(TIMELINE)}?{urlencode(query)}"
        while url:
            page = browser.get(url).get_data(as_text=True)
            found |= set(re.findall(r'data-place="([\d.]+)"', page))
            older = re.search(r'href="([^"]*)" rel="next"', page)
            url = older[1].replace("&amp;", "&") if older else ""
        return found


@pytest.fixture(scope="module")
def rich(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rich]:
    """Made once: its tests change nothing but what the client is shown, each to what it needs."""
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    house = House(conninfo, tmp_path_factory.mktemp("rich"))
    yield Rich(house)
    house.close()
    postgres.drop_database(conninfo)


@pytest.fixture(autouse=True)
def _everything_is_shown(rich: Rich) -> None:
    shows(rich)


def split(rich: Rich, *areas: str) -> tuple[set[str], set[str]]:
    """The places that the client is told of and those that it is not, while these areas are hidden."""
    patterns = [*("Customer.*",), *(one for area in areas for one in TOLD[area])]
    if {"prompts", "configuration"} <= {*areas}:
        patterns.append("Agent.*")
    hidden = {at for at, name in rich.recorded().items() if any(fnmatch(name, one) for one in patterns)}
    return rich.recorded().keys() - hidden, hidden


def statuses(browser: Browser, rich: Rich, places: set[str], path: str) -> set[int]:
    return {browser.get(rich.path(f"/w/{{child}}/{path}/{at}")).status_code for at in places}


@pytest.mark.parametrize("areas", [(area.value,) for area in Area] + [("prompts", "configuration")])
def test_what_is_hidden_is_in_no_list_and_has_no_page_and_everything_else_has(rich, areas):
    shows(rich, **dict.fromkeys(areas, "none"))
    told, hidden = split(rich, *areas)
    assert {rich.recorded()[at] for at in hidden} > {"Customer.Added"}
    olga = rich.browser("Olga")

    assert rich.listed("Olga") == told == rich.listed("Olga", part="alone", after=0)
    assert statuses(olga, rich, hidden, "timeline") == statuses(olga, rich, hidden, "why") == {404}
    assert statuses(olga, rich, {max(told), min(told)}, "timeline") == {200}
    assert rich.listed("Ana") >= told | hidden


@pytest.mark.parametrize("area", [area.value for area in Area])
def test_an_area_to_look_at_is_told_of_as_one_to_change(rich, area):
    shows(rich, **{area: "view"})

    assert rich.listed("Olga") == split(rich)[0]


def test_with_every_area_hidden_no_name_is_left_and_the_agency_reads_it_all(rich):
    shows(rich, **{area.value: "none" for area in Area})

    assert rich.listed("Adam") == rich.recorded().keys()
    page = text_of(rich.browser("Olga").get(rich.path(TIMELINE)))
    assert "4711" not in page
    assert "opened" in page


@pytest.mark.parametrize("area", WORDS)
def test_nothing_hidden_is_found_by_words_or_kinds_or_from_a_kept_view(rich, area):
    olga, timeline = rich.browser("Olga"), rich.path(TIMELINE)
    name = next(name for name in rich.recorded().values() if fnmatch(name, TOLD[area][0]))
    olga.post("/views", of=rich.child_id, name=f"All of {area}", query=f"name={name}")
    option = f'<option value="{name}"'
    assert rich.listed("Olga", name=name)
    assert option in olga.get(timeline).get_data(as_text=True)

    shows(rich, **{area: "none"})

    _, hidden = split(rich, area)
    assert not rich.listed("Olga", name=name)
    assert not rich.listed("Olga", text=WORDS[area]) & hidden
    assert option not in olga.get(timeline).get_data(as_text=True)
    assert f">{kind(name)}<" not in olga.get(timeline).get_data(as_text=True)
    assert rich.listed("Ana", name=name) == {at for at, one in rich.recorded().items() if one == name}


def test_nobody_of_a_client_finds_what_the_agency_keeps_of_it(rich):
    olga = rich.browser("Olga")

    kinds = olga.get(rich.path(TIMELINE)).get_data(as_text=True)

    assert not rich.listed("Olga", name="Customer.Added")
    assert not rich.listed("Olga", text="customer")
    assert "Customer added" not in kinds
    assert "Credits granted" not in kinds
    raised = next(at for at, name in rich.recorded().items() if name == "Workspace.BudgetRaised")
    assert "Because4711" not in text_of(olga.get(rich.path(f"/w/{{child}}/timeline/{raised}")))


def test_the_pages_beside_a_fact_lead_past_what_is_hidden(rich):
    shows(rich, configuration="none")
    told, olga = split(rich, "configuration")[0], rich.browser("Olga")
    seen, url = [], rich.path(f"/w/{{child}}/timeline/{max(map(int, told))}")

    while url:
        seen.append(url.rpartition("/")[2])
        older = re.search(r'href="([^"?]*)[^"]*" rel="next"', olga.get(url).get_data(as_text=True))
        url = older[1] if older else ""

    assert set(seen) == told
    assert len(seen) == len(told)


def test_the_steps_of_whoever_looks_back_are_those_that_they_are_told_of(rich):
    shows(rich, deployment="none", actions="none")
    told, hidden = split(rich, "deployment", "actions")
    last_hidden = max(map(int, hidden))

    page = text_of(rich.browser("Olga").get(rich.path(f"/w/{{child}}/?as_of={last_hidden}")))
    first = rich.browser("Olga").get(rich.path("/w/{child}/?step=1&as_of=1"))
    stepped = rich.browser("Olga").get(rich.path(f"/w/{{child}}/?step={len(told)}"))

    until = [at for at in map(int, told) if at <= last_hidden]
    assert f"Event {len(until)} of {len(told)}" in page
    assert "Website4711" not in page
    assert "Lookup4711" not in page
    assert first.headers["Location"].endswith(f"as_of={min(map(int, told))}")
    assert stepped.headers["Location"].endswith(f"as_of={max(map(int, told))}")


def test_a_story_leaves_out_what_is_hidden_and_names_nothing_of_it(rich):
    configured = [at for at, name in rich.recorded().items() if name == "Agent.KnowledgeAttached"]
    path = rich.path(f"/w/{{child}}/why/{configured[0]}")
    whole = text_of(rich.browser("Olga").get(path))
    assert "an action" in whole

    shows(rich, actions="none")

    part = text_of(rich.browser("Olga").get(path))
    assert "a knowledge base" in part
    assert "an action" not in part
    assert "an action" in text_of(rich.browser("Ana").get(path))


@pytest.mark.parametrize(("area", "page"), [(area, page) for area, those in PAGES.items() for page in those])
def test_the_pages_of_an_area_are_a_miss_while_it_is_hidden(rich, area, page):
    path = rich.path(f"/w/{{child}}/{page}")
    assert rich.browser("Olga").get(path).status_code == 200

    shows(rich, **{area: "none"})

    assert rich.browser("Olga").get(path).status_code == 404
    assert rich.browser("Ana").get(path).status_code == 200


@pytest.mark.parametrize("page", ["widgets", "numbers", "actions", "calls", "calls.csv"])
def test_no_page_names_an_agent_whose_areas_are_hidden(rich, page):
    path, name = rich.path(f"/w/{{child}}/{page}"), "Concierge4711"
    rich.called(rich.child_id, 60, agent_id=agent_of(rich))
    rich.house.run_followed()
    assert name in rich.browser("Olga").get(path).get_data(as_text=True)

    shows(rich, prompts="none", configuration="none")

    assert name not in rich.browser("Olga").get(path).get_data(as_text=True)
    assert name in rich.browser("Ana").get(path).get_data(as_text=True)


def test_a_key_of_the_client_hears_of_no_fact_of_a_hidden_area(rich):
    key = rich.house.key(rich.child_id, rich.people["Ana"])
    rich.house.run_followed()
    program = Program(rich.house, key)

    shows(rich, prompts="none", configuration="none", deployment="none", actions="none")
    compared, as_of = program.get("/audit/compare?from=1"), program.get("/audit/as-of?screen=overview")
    shows(rich, dashboard="none")
    without = [program.get(path).status_code for path in ("/audit/compare?from=1", "/audit/as-of")]

    facts = {
        fact["name"]
        for row in compared.get_json()["rows"]
        for field in row["fields"]
        for fact in field["facts"]
    }
    assert compared.status_code == as_of.status_code == 200
    assert facts >= {"Workspace.Opened"}
    assert not {one.partition(".")[0] for one in facts} - {"Workspace"}
    assert without == [404, 404]


def agent_of(rich: Rich) -> UUID:
    with rich.house.database.reading() as db:
        row = db.execute("SELECT agent_id FROM agents WHERE workspace_id = %s", (rich.child_id,)).fetchone()
    assert row is not None
    found: UUID = row["agent_id"]
    return found


def test_what_an_agency_kept_of_a_client_stays_with_it_when_the_workspace_leaves(scene):
    a_customer(scene.house, scene.child_id, scene.people["Ana"])
    cancel(scene, "Ana")
    run_out(scene)
    timeline = scene.path(TIMELINE)
    left = scene.house.agency.workspace(scene.child_id)
    place = facts_of(scene)["Customer.Added"]

    olga = scene.browser("Olga")

    assert left.parent_id is None
    assert "stands alone" in text_of(olga.get(timeline))
    assert "customer" not in text_of(olga.get(timeline)).casefold()
    assert olga.get(f"{timeline}/{place}").status_code == 404
    assert olga.get(scene.path(f"/w/{{child}}/why/{place}")).status_code == 404
    assert scene.browser("Ana").get(scene.path(f"/trees/{{tree}}/timeline/{place}")).status_code == 200


def facts_of(scene: Scene) -> dict[str, int]:
    with scene.house.database.reading() as db:
        rows = db.execute("SELECT position, name FROM timeline WHERE workspace_id = %s", (scene.child_id,))
        return {row["name"]: row["position"] for row in rows}
