"""Why a call is refused that could be paid for: its agent, its budget, and a customer that is suspended."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.held import an_agent
from tests.house import House
from tests.web.api.asking import error_of, recorded
from tests.web.api.voiced import CALL, PHONE, SAID, Voiced


@pytest.fixture
def voiced(shared_house: House) -> Voiced:
    return Voiced(shared_house)


def test_an_agent_is_one_of_the_workspace(voiced):
    agent_id = str(an_agent(voiced.house, voiced.child_id, voiced.ana))
    foreign = str(an_agent(voiced.house, voiced.anchor_id, voiced.ana))
    voiced.house.run_followed()
    own = voiced.tell(agent_id=agent_id)
    before = recorded(voiced.house)

    refused = [voiced.tell(agent_id=one) for one in (foreign, str(uuid4()))]
    messages = voiced.program.post("/messages", {"count": 1, "agent_id": foreign})
    many = voiced.batch({"seconds": 1, "agent_id": foreign, **SAID}).get_json()["results"]

    assert (own.status_code, own.get_json()["agent_id"]) == (201, agent_id)
    assert {error_of(one) for one in (*refused, messages)} == {(422, "unknown_agent", "agent_id")}
    assert [one["error"]["code"] for one in many] == ["unknown_agent"]
    assert recorded(voiced.house) == before
    voiced.house.run_followed()
    listed = voiced.program.get(f"/calls?agent_id={agent_id}").get_json()["calls"]
    assert [one["call_id"] for one in listed] == [own.get_json()["call_id"]]


def test_what_was_told_of_an_agent_is_told_again_when_that_is_deleted(voiced):
    agent_id = an_agent(voiced.house, voiced.child_id, voiced.ana)
    voiced.house.run_followed()
    call = {"agent_id": str(agent_id), "seconds": 5}
    first = voiced.tell("call-1", **call)
    because = voiced.house.because(f"person:{voiced.ana}")
    voiced.house.agency.delete_agent(agent_id, voiced.child_id, voiced.ana, because=because)
    voiced.house.run_followed()

    again = voiced.tell("call-1", **call)
    many = voiced.batch({**call, "idempotency_key": "call-1"}, call).get_json()["results"]

    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert [one["status"] for one in many] == [200, 422]


def test_above_its_budget_a_workspace_is_told_when_it_begins_anew(voiced):
    because = voiced.house.because(f"person:{voiced.ana}")
    voiced.house.agency.set_budget(voiced.child_id, voiced.ana, 100 * PHONE, True, because=because)
    voiced.tell(seconds=90)
    before = recorded(voiced.house)

    refused = [voiced.tell(seconds=11, **SAID), voiced.begin(hold_seconds=11)]
    many = voiced.batch({"seconds": 11}).get_json()["results"]

    assert {error_of(one)[:2] for one in refused} == {(429, "budget_exceeded")}
    assert {one.headers["Retry-After"] for one in refused} == {str(31 * 86_400)}
    assert [(one["status"], one["error"]["code"]) for one in many] == [(429, "budget_exceeded")]
    assert recorded(voiced.house) == before
    assert voiced.tell(seconds=10).status_code == 201


def test_of_a_customer_that_is_suspended_no_call_begins_and_one_that_runs_is_charged(voiced):
    call_id = voiced.begin().get_json()["call_id"]
    voiced.suspend()
    before = recorded(voiced.house)

    refused = [voiced.tell(**SAID), voiced.begin(), voiced.program.post("/messages", {"count": 1})]
    many = voiced.program.post("/calls/batch", {"calls": [CALL | {"seconds": 1}]}).get_json()["results"]

    assert {error_of(one)[:2] for one in refused} == {(403, "customer_suspended")}
    assert [(one["status"], one["error"]["code"]) for one in many] == [(403, "customer_suspended")]
    assert recorded(voiced.house) == before
    assert voiced.end(call_id, seconds=5).status_code == 200
    assert voiced.spent() == 5 * PHONE
