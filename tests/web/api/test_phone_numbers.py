"""Programs buy, read and release phone numbers with keys of the workspace."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.held import an_agent
from tests.house import House
from tests.web.api.asking import Program, error_of


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


@pytest.fixture
def anchor(house: House, ana: UUID) -> UUID:
    """Of an agency with calls."""
    return house.agency_of(ana, plan="agency_voice")[1]


@pytest.fixture
def manager(house: House, ana: UUID, anchor: UUID) -> Program:
    return Program(house, house.key(anchor, ana, scopes=("read", "manage")))


def free(program: Program, country: str = "DE") -> str:
    return str(
        program.get(f"/phone-numbers/available?country={country}").get_json()["available"][0]["number"]
    )


def test_a_number_is_bought_once_listed_and_released(manager: Program) -> None:
    number = free(manager)

    bought = [manager.post("/phone-numbers", {"number": number}) for _ in range(2)]
    told = manager.get("/phone-numbers").get_json()
    path = f"/phone-numbers/{bought[0].get_json()['phone_number_id']}"
    released = manager.post(f"{path}/release", {})

    assert [answer.status_code for answer in bought] == [201, 201]
    assert [one["number"] for one in told["phone_numbers"]] == [number]
    assert (told["phone_numbers_max"], told["rate_micros"]) == (25, 3_000_000)
    assert released.get_json() == {"done": True}
    assert manager.get("/phone-numbers").get_json()["phone_numbers"] == []
    assert error_of(manager.post(f"{path}/release", {})) == (404, "not_found", None)


def test_what_cannot_be_bought_is_refused_with_the_reason(house: House, ana: UUID, manager: Program) -> None:
    _, other = house.agency_of(ana, plan="agency_voice")
    rival = Program(house, house.key(other, ana, scopes=("read", "manage")))
    number = free(rival, "GB")
    rival.post("/phone-numbers", {"number": number})

    taken = manager.post("/phone-numbers", {"number": number})
    unknown = manager.post("/phone-numbers", {"number": "+4915112345678"})
    wrong = manager.post("/phone-numbers", {"number": "030 123"})

    assert error_of(taken) == (409, "number_taken", None)
    assert error_of(unknown) == (422, "validation_error", "number")
    assert error_of(wrong) == (422, "validation_error", "number")


def test_without_credits_or_calls_in_the_plan_none_is_bought(
    house: House, ana: UUID, anchor: UUID, manager: Program, workspace: UUID
) -> None:
    tree_id = house.agency.workspace(anchor).tree_id
    assert tree_id is not None
    house.wiring.metering.correct_credits(tree_id, uuid4(), -800_000_000, "digest", because=house.because())
    free_plan = Program(house, house.key(workspace, ana, scopes=("read", "manage")))
    house.run_followed()

    broke = manager.post("/phone-numbers", {"number": free(manager)})
    no_calls = free_plan.post("/phone-numbers", {"number": free(free_plan)})

    assert error_of(broke) == (402, "insufficient_credits", None)
    assert error_of(no_calls) == (403, "calls_not_in_plan", None)


def test_a_country_without_numbers_is_told_as_such(manager: Program) -> None:
    answers = [
        manager.get(f"/phone-numbers/available{query}") for query in ("", "?country=XX", "?country=de")
    ]

    assert [error_of(answer) for answer in answers] == [(422, "validation_error", "country")] * 3


def test_an_agent_of_the_workspace_answers_a_number(
    house: House, ana: UUID, anchor: UUID, manager: Program
) -> None:
    number = manager.post("/phone-numbers", {"number": free(manager)}).get_json()["phone_number_id"]
    agent_id = str(an_agent(house, anchor, ana))

    answer = manager.post(f"/phone-numbers/{number}/assign", {"agent_id": agent_id})

    assert answer.get_json()["agent_id"] == agent_id
    assert manager.post(f"/phone-numbers/{number}/unassign", {}).get_json()["agent_id"] is None


def test_an_agent_that_is_not_there_answers_no_number(manager: Program) -> None:
    number = manager.post("/phone-numbers", {"number": free(manager)}).get_json()["phone_number_id"]

    answer = manager.post(f"/phone-numbers/{number}/assign", {"agent_id": str(uuid4())})

    assert error_of(answer) == (422, "unknown_agent", "agent_id")
    assert manager.post(f"/phone-numbers/{number}/unassign", {}).get_json()["agent_id"] is None


def test_an_agent_that_is_deleted_answers_its_number_no_more(manager: Program) -> None:
    agent_id = manager.post("/agents", {"name": "Front desk"}).get_json()["agent_id"]
    number = manager.get("/phone-numbers/available?country=DE").get_json()["available"][0]["number"]
    number_id = manager.post("/phone-numbers", {"number": number}).get_json()["phone_number_id"]
    assigned = manager.post(f"/phone-numbers/{number_id}/assign", {"agent_id": agent_id}).get_json()

    manager.client.delete(f"/api/v1/agents/{agent_id}", headers=manager.headers)

    (kept,) = manager.get("/phone-numbers").get_json()["phone_numbers"]
    assert assigned["agent_id"] == agent_id
    assert (kept["phone_number_id"], kept["agent_id"]) == (number_id, None)
