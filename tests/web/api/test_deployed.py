"""Programs deploy widgets and set actions up, as far as the agency lets the workspace of their key."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from adapters.vault import ERASED
from domain.headers import sealed
from domain.plans import PLANS
from domain.visibility import Area, Level
from tests.deployed import a_widget, an_action
from tests.held import an_agent
from tests.house import House
from tests.web.api.asking import Program

ORIGINS = ["https://www.example.com"]
ACTION = {
    **{"name": "Look up the caller", "phase": "pre_fetch", "method": "GET", "timeout_seconds": 7},
    **{"url": "https://api.example.com/callers?key=s3cr3t", "headers": {"Authorization": "Bearer s3cr3t"}},
}


class Managing(Program):
    """With a key of a workspace, which reads and manages what the screens know already."""

    def __init__(self, house: House, workspace_id: UUID, by: UUID, scopes: tuple[str, ...]) -> None:
        super().__init__(house, house.key(workspace_id, by, scopes=scopes))
        self.house = house

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        self.house.run_followed()
        return self.send(method, path, body, **headers)


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


@pytest.fixture
def child_id(house: House, tree_id: UUID) -> UUID:
    found: UUID = house.agency.tree(tree_id).children[0]
    return found


@pytest.fixture
def ask(house: House, child_id: UUID, ana: UUID) -> Managing:
    return Managing(house, child_id, ana, ("read", "manage"))


@pytest.fixture
def agent_id(house: House, child_id: UUID, ana: UUID) -> UUID:
    return an_agent(house, child_id, ana)


def widget(agent_id: UUID, **other: Any) -> dict[str, Any]:
    return {"agent_id": str(agent_id), "name": "Front page", "allowed_origins": ORIGINS} | other


def test_a_widget_is_deployed_changed_and_removed(ask: Managing, agent_id: UUID) -> None:
    made = ask("POST", "/widgets", widget(agent_id, allowed_origins=["https://WWW.example.com/"]))
    path = f"/widgets/{made.get_json()['deployment_id']}"

    changed = ask("PATCH", path, {"enabled": False, "name": "Shop"})
    listed = ask("GET", "/widgets").get_json()
    gone = [ask("DELETE", path).status_code for _ in range(2)]

    assert made.status_code == 201
    assert made.get_json()["allowed_origins"] == ORIGINS
    assert made.get_json()["state"] == "enabled"
    assert (changed.get_json()["state"], changed.get_json()["name"]) == ("disabled", "Shop")
    assert listed == {"widgets": [changed.get_json()], "widgets_max": 5}
    assert gone == [200, 200]
    assert ask("GET", path).status_code == 404


def test_an_action_is_added_changed_and_deleted_and_what_it_sends_is_never_told(ask: Managing) -> None:
    made = ask("POST", "/actions", ACTION)
    path = f"/actions/{made.get_json()['action_id']}"

    changed = ask("PATCH", path, {"headers": {"Authorization": None, "X-Tenant": "7"}, "phase": "live"})
    told = [made, changed, ask("GET", path), ask("GET", "/actions")]
    gone = [ask("DELETE", path).status_code for _ in range(2)]

    assert made.status_code == 201
    assert made.get_json()["server"] == "https://api.example.com"
    assert made.get_json()["header_names"] == ["Authorization"]
    assert changed.get_json()["header_names"] == ["Authorization", "X-Tenant"]
    assert changed.get_json()["timeout_seconds"] == 7
    assert not [answer for answer in told if "s3cr3t" in answer.get_data(as_text=True)]
    assert gone == [200, 200]


@pytest.mark.parametrize("what", ["widgets", "actions"])
def test_an_idempotency_key_makes_one_and_another_body_under_it_is_refused(ask, agent_id, what):
    body, key = {"widgets": widget(agent_id), "actions": ACTION}[what], str(uuid4())

    answers = [ask("POST", f"/{what}", body, Idempotency_Key=key) for _ in range(2)]
    other = ask("POST", f"/{what}", body | {"name": "Another"}, Idempotency_Key=key)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert other.status_code == 409
    assert other.get_json()["error"]["code"] == "idempotency_conflict"
    assert len(ask("GET", f"/{what}").get_json()[what]) == 1


def test_headers_of_an_action_that_was_another_one_are_not_kept(house, ask, child_id):
    key, vault = str(uuid4()), house.wiring.vault
    ask("POST", "/actions", ACTION, Idempotency_Key=key)

    ask("POST", "/actions", ACTION | {"headers": {"X-New": "1"}}, Idempotency_Key=key)

    texts = [sealed([one]) for one in (("Authorization", "Bearer s3cr3t"), ("X-New", "1"))]
    found = [vault.text(child_id, digest) for digest in vault.digests_of(child_id, texts)]
    assert found == [texts[0], ERASED]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        *(("/widgets", {"allowed_origins": ["http://example.com"]}), ("/widgets", {"allowed_origins": []})),
        *(("/widgets", {"name": " "}), ("/widgets", {"agent_id": str(uuid4())}), ("/widgets", {"more": 1})),
        *(("/actions", {"url": "https://10.0.0.1/"}), ("/actions", {"url": "http://api.example.com"})),
        *(
            ("/actions", {"timeout_seconds": 31}),
            ("/actions", {"method": "TRACE"}),
            ("/actions", {"phase": ""}),
        ),
        *(("/actions", {"headers": {"Host": "x"}}), ("/actions", {"headers": {"X": None}})),
        *(("/actions", {"headers": {"X Y": "1"}}), ("/actions", {"name": "a\nb"})),
    ],
)
def test_bad_input_names_the_field_and_changes_nothing(ask, agent_id, path, change):
    body = {"/widgets": widget(agent_id), "/actions": ACTION}[path] | change

    answer = ask("POST", path, body)

    assert answer.status_code == 422
    assert answer.get_json()["error"]["message"]
    assert ask("GET", path).get_json()[path.strip("/")] == []


def test_the_plan_says_how_many_there_are_at_most(house, ask, child_id, ana, agent_id):
    limits = PLANS["agency"].limits
    for _ in range(limits.deployments_max):
        a_widget(house, child_id, ana, agent_id)
    for _ in range(limits.actions_max):
        an_action(house, child_id, ana)

    answers = [ask("POST", "/widgets", widget(agent_id)), ask("POST", "/actions", ACTION)]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert {answer.get_json()["error"]["code"] for answer in answers} == {"limit_reached"}


@pytest.mark.parametrize(("area", "path"), [(Area.DEPLOYMENT, "/widgets"), (Area.ACTIONS, "/actions")])
def test_a_key_of_a_child_reads_and_changes_what_its_agency_lets_it(
    house, ana, tree_id, child_id, ask, agent_id, area, path
):
    body = {"/widgets": widget(agent_id), "/actions": ACTION}[path]
    seen = {}

    for level in Level:
        because = house.because(f"person:{ana}")
        house.agency.set_visibility(tree_id, ana, [child_id], {area: level}, because=because)
        seen[level] = (ask("GET", path).status_code, ask("POST", path, body).status_code)

    assert seen == {Level.NONE: (404, 404), Level.VIEW: (200, 403), Level.EDIT: (200, 201)}


def test_a_key_that_only_reads_changes_nothing(house, child_id, ana, agent_id):
    reads = Managing(house, child_id, ana, ("read",))

    assert reads("POST", "/widgets", widget(agent_id)).status_code == 403
    assert reads("POST", "/actions", ACTION).status_code == 403


def test_what_is_in_another_workspace_is_not_there(house, ana, tree_id, child_id, ask, agent_id):
    sibling = house.agency.tree(tree_id).children[1]
    foreign_agent = an_agent(house, sibling, ana)
    paths = [
        f"/widgets/{a_widget(house, sibling, ana, foreign_agent)}",
        f"/actions/{an_action(house, sibling, ana)}",
    ]

    answers = [ask(method, path, body) for path in paths for method, body in WAYS]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert ask("POST", "/widgets", widget(foreign_agent)).status_code == 422


WAYS = (("GET", None), ("PATCH", {"enabled": False}), ("DELETE", None))
