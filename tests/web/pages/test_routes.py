"""Every route names its permission, and the gate asks for it: for everybody, wherever they stand."""

from __future__ import annotations

from itertools import product
from uuid import UUID, uuid4

import pytest
from werkzeug.routing import Rule

from domain.permissions import TABLE, Permission, Role, Standing
from scripts.docs.permissions import url_map
from tests.called import a_call
from tests.deployed import a_template
from tests.held import a_base, a_document
from tests.house import House
from tests.house_customers import a_customer
from tests.web.pages.looking import looks
from tests.web.pages.reading import a_rich_agency, join
from tests.web.pages.scene import Browser, Scene
from tests.web.pages.voiced import an_agent
from web.access.routes import ROUTES, Asks, Door, Where
from web.api.operations import OPERATIONS
from web.app import create_app

A = Standing
# Who stands where: in the anchor, and in the child; written out by hand.
CAST: dict[str, tuple[set[Standing], set[Standing]]] = {
    "Ana": ({A.ANCHOR_OWNER}, {A.ANCHOR_OWNER, A.CHILD_OWNER}),  # whoever opens a child owns it
    "Adam": ({A.ANCHOR_ADMIN}, {A.ANCHOR_ADMIN}),
    "Ada": ({A.AUDITOR}, {A.AUDITOR}),
    "Mia": ({A.MEMBER}, set()),
    "Vito": ({A.VIEWER}, set()),
    "Olga": (set(), {A.CHILD_OWNER}),
    "Carl": (set(), {A.CHILD_ADMIN}),
    "Ben": (set(), {A.MEMBER}),
    "Vera": (set(), {A.VIEWER}),
    "Arno": (set(), {A.CHILD_AUDITOR}),
    "Sam": ({A.SUPPORT}, {A.SUPPORT}),
    "Eve": (set(), set()),
}
# By what role in the child itself, for what is asked of that.
OWN = {
    "Ana": A.CHILD_OWNER,
    "Olga": A.CHILD_OWNER,
    "Carl": A.CHILD_ADMIN,
    "Ben": A.MEMBER,
    "Vera": A.VIEWER,
    "Arno": A.CHILD_AUDITOR,
}
# Pages of what has to be there besides: a child that never paid has no invoice, the event is the child's, and
# an export is there for who asked for it: tests/web/pages/test_exports.py.
NOT_THERE = {
    "child": {name for name in ROUTES if name.startswith("pages.invoice")},
    "anchor": {"pages.tracked_event", "pages.fetch_export", "pages.credit_line", "pages.call"},
}


def rules() -> list[Rule]:
    return list(url_map().iter_rules())


def asking() -> list[tuple[Rule, Asks]]:
    return [(rule, asked) for rule in rules() if isinstance(asked := ROUTES[rule.endpoint], Asks)]


class Town:
    """The scene with everybody in it, an invoice, a key and a tracked event."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rich = a_rich_agency(scene)
        for name, role in (("Ada", Role.AUDITOR), ("Mia", Role.MEMBER), ("Vito", Role.VIEWER)):
            join(scene, name, scene.anchor_id, role)
        for name, role in (("Carl", Role.ADMIN), ("Arno", Role.AUDITOR)):
            join(scene, name, scene.child_id, role)
        self.customer_id = a_customer(scene.house, scene.child_id, scene.people["Ana"])
        self.call_id = a_call(scene.house, scene.child_id)
        looks(scene)
        self.browsers = {name: scene.browser(name) for name in CAST}
        self.missing = self.browsers["Eve"].get("/nothing").data
        ana = scene.people["Ana"]
        self.knowledge: dict[str, dict[str, object]] = {}
        for place in NOT_THERE:
            workspace_id = getattr(scene, f"{place}_id")
            base_id = a_base(scene.house, workspace_id, ana)
            document_id = a_document(scene.house, workspace_id, ana, base_id)
            self.knowledge[place] = {"base_id": base_id, "document_id": document_id}
        scene.house.run_followed()
        self.agents = {place: an_agent(scene, place) for place in NOT_THERE}
        self.template_id = a_template(scene.house, scene.tree_id, scene.anchor_id, ana)
        scene.house.run_followed()
        self.positions = {place: scene.position_of(getattr(scene, f"{place}_id")) for place in NOT_THERE}

    def path(self, rule: Rule, place: str) -> str:
        ids: dict[str, object] = {
            "workspace_id": getattr(self.scene, f"{place}_id"),
            "tree_id": self.scene.tree_id,
            "invoice_id": self.rich["invoice"].rpartition("/")[2],
            "event_id": UUID(self.rich["event"].rpartition("/")[2]),
            "key_id": self.rich["key"],
            "person_id": self.scene.people["Ben" if place == "child" else "Mia"],
            "invitation_id": uuid4(),
            "adopted_id": self.scene.eves_id,
            "child_id": self.scene.child_id,
            "place": self.positions[place],
            "line": 1,
            "export_id": uuid4(),
            "customer_id": self.customer_id,
            "number_id": uuid4(),
            **self.knowledge[place],
            "agent_id": self.agents[place],
            "number": 1,
            "template_id": self.template_id,
            "deployment_id": uuid4(),
            "action_id": uuid4(),
            "call_id": self.call_id,
        }
        given = {name: ids[name] for name in rule.arguments}
        built = url_map().bind("localhost").build(rule.endpoint, given)
        return built + "?to=pro" if rule.endpoint == "pages.confirm_plan" else built


@pytest.fixture
def town(house: House) -> Town:
    return Town(Scene(house))


def may_ask(name: str, asked: Asks, place: str, endpoint: str) -> bool:
    standing = set(CAST[name][place == "child"])
    if endpoint in NOT_THERE[place] or (place == "child" and asked.where is Where.LEAD):
        return False
    if place == "child" and asked.where is Where.OWN:
        standing = {OWN[name]} if name in OWN else set()
    return bool(standing & TABLE[asked.permission])


def test_every_route_names_its_permission_and_no_other_does() -> None:
    assert {rule.endpoint for rule in rules()} == set(ROUTES)


def test_whatever_names_a_workspace_or_a_tree_asks_for_a_permission_there() -> None:
    wrong = [
        rule.rule
        for rule in rules()
        if ({"workspace_id", "tree_id"} & rule.arguments)
        != (
            set()
            if ROUTES[rule.endpoint] in set(Door)
            else {"tree_id" if ROUTES[rule.endpoint].where is Where.TREE else "workspace_id"}  # type: ignore[union-attr]
        )
        and ROUTES[rule.endpoint] is not Door.LINK
    ]

    assert wrong == []


def test_a_key_s_scope_is_the_one_that_the_reference_tells() -> None:
    scopes = {f"api.{name}": one.scope for name, one in OPERATIONS.items()}

    told = {name: Door(f"an API key with the scope `{scope}`") for name, scope in scopes.items()}

    assert told == {name: door for name, door in ROUTES.items() if name.startswith("api.")}


def test_every_permission_is_asked_for_by_a_route_or_by_a_command() -> None:
    of_commands = {Permission.INVITE_ADMIN, Permission.GIVE_OWNERSHIP}

    asked = {one.permission for one in ROUTES.values() if isinstance(one, Asks)}

    of_parts_of_a_page = {Permission.SEE_TRANSCRIPTS, Permission.SEE_RECORDINGS}
    assert set(Permission) - asked <= of_commands | of_parts_of_a_page | {Permission.SET_VISIBILITY}


@pytest.mark.timeout(400)  # every page by everybody
@pytest.mark.parametrize("place", ["anchor", "child"])
def test_a_page_is_there_for_exactly_those_whom_the_table_names(town: Town, place: str) -> None:
    wrong = []
    for rule, asked in asking():
        if "GET" not in (rule.methods or ()) or (asked.where is Where.TREE and place == "child"):
            continue
        for name, browser in town.browsers.items():
            answer = browser.get(town.path(rule, place))
            there = answer.status_code != 404
            told_apart = not there and answer.data != town.missing and name != "Sam"  # who has a banner
            if told_apart or there != may_ask(name, asked, place, rule.endpoint):
                wrong.append((rule.endpoint, name, answer.status_code))

    assert wrong == []


@pytest.mark.timeout(400)  # every form by everybody
def test_a_form_is_a_miss_for_all_others_and_records_nothing(town: Town) -> None:
    before = town.scene.facts()

    wrong = [
        (rule.endpoint, place, name, answer.status_code)
        for (rule, asked), place in product(asking(), ("anchor", "child"))
        if "POST" in (rule.methods or ())
        for name, browser in town.browsers.items()
        if not may_ask(name, asked, place, rule.endpoint)
        and (answer := browser.post(town.path(rule, place))).status_code != 404
    ]

    assert wrong == []
    assert town.scene.facts() == before


def test_signed_out_every_address_of_a_workspace_leads_to_the_sign_in(scene: Scene) -> None:
    browser = scene.browser(None)
    bare = [rule for rule, _ in asking() if rule.arguments <= {"workspace_id", "tree_id"}]
    address = url_map().bind("localhost").build

    answers = [
        send(browser, rule)(address(rule.endpoint, dict.fromkeys(rule.arguments, one)))
        for rule in bare
        for one in (scene.anchor_id, scene.tree_id, uuid4())
    ]

    assert len(answers) > 60
    assert {answer.status_code for answer in answers} == {302}
    assert {answer.headers["Location"].partition("?")[0] for answer in answers} == {"/sign-in"}


def send(browser: Browser, rule: Rule):  # type: ignore[no-untyped-def]
    return browser.get if "GET" in (rule.methods or ()) else browser.post


def test_a_route_without_a_row_is_nobody_s(scene: Scene) -> None:
    app = create_app(scene.house.services)
    app.add_url_rule("/forgotten", "pages.forgotten", lambda: "open to the world")
    anybody = app.test_client()

    answer = anybody.get("/forgotten")

    assert answer.status_code == 404
    assert answer.data == anybody.get("/nothing").data


@pytest.mark.parametrize("path", ["/account", "/"])
def test_what_is_one_s_own_asks_for_nothing_but_to_be_signed_in(scene: Scene, path: str) -> None:
    assert scene.browser(None).get(path).headers["Location"].startswith("/sign-in")
    assert scene.browser("Eve").get(path).status_code in (200, 302)
