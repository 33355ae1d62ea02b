"""Programs make, fill and empty knowledge bases with keys of the workspace, as far as the agency allows."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from domain.visibility import Area, Level
from tests.held import an_agent
from tests.house import House
from tests.web.api.asking import Program, error_of

HOURS = {"title": "Hours", "text": "Monday\r\nto Friday"}


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


@pytest.fixture
def manager(house: House, ana: UUID, workspace: UUID) -> Program:
    """Of a Free workspace, which has room for one knowledge base."""
    found = Program(house, house.key(workspace, ana, scopes=("read", "manage")))
    house.run_followed()
    return found


def made(manager: Program, name: str = "Prices", **headers: str) -> str:
    answer = manager.post("/knowledge-bases", {"name": name}, **headers)
    assert answer.status_code == 201, answer.get_json()
    return str(answer.get_json()["knowledge_base_id"])


def test_a_knowledge_base_is_made_filled_read_renamed_and_deleted(manager: Program) -> None:
    base = made(manager)
    added = manager.post(f"/knowledge-bases/{base}/documents", HOURS)
    document = added.get_json()["document_id"]

    told = manager.get(f"/knowledge-bases/{base}/documents/{document}").get_json()
    listed = manager.get(f"/knowledge-bases/{base}/documents").get_json()["documents"]
    renamed = manager.send("PATCH", f"/knowledge-bases/{base}", {"name": "Opening hours"}).get_json()
    removed = manager.send("DELETE", f"/knowledge-bases/{base}/documents/{document}")
    deleted = manager.send("DELETE", f"/knowledge-bases/{base}")

    assert added.status_code == 201
    assert (told["title"], told["text"], told["bytes"]) == ("Hours", "Monday\nto Friday", 16)
    assert [one["document_id"] for one in listed] == [document]
    assert (renamed["name"], renamed["documents"], renamed["bytes"]) == ("Opening hours", 1, 16)
    assert (removed.get_json(), deleted.get_json()) == ({"done": True}, {"done": True})
    assert manager.get("/knowledge-bases").get_json() == {
        "knowledge_bases": [],
        "knowledge_bases_max": 1,
        "documents_bytes_max": 1_000_000,
    }
    assert error_of(manager.get(f"/knowledge-bases/{base}")) == (404, "not_found", None)


def test_what_is_sent_again_with_its_key_is_made_once(manager: Program) -> None:
    base = made(manager, Idempotency_Key="one")
    again = made(manager, Idempotency_Key="one")
    first = manager.post(f"/knowledge-bases/{base}/documents", HOURS, Idempotency_Key="two")
    second = manager.post(f"/knowledge-bases/{base}/documents", HOURS, Idempotency_Key="two")

    other = manager.post("/knowledge-bases", {"name": "Other"}, Idempotency_Key="one")
    longer = manager.post(
        f"/knowledge-bases/{base}/documents", HOURS | {"text": "Sunday"}, Idempotency_Key="two"
    )

    assert again == base
    assert second.get_json() == first.get_json()
    assert error_of(other) == (409, "idempotency_conflict", "Idempotency-Key")
    assert error_of(longer) == (409, "idempotency_conflict", "Idempotency-Key")
    assert manager.get(f"/knowledge-bases/{base}").get_json()["documents"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": "Hours"}, "text"),
        (HOURS | {"text": " \n"}, "text"),
        (HOURS | {"text": "a\x00b"}, None),
        (HOURS | {"text": "a\x07b"}, "text"),
        (HOURS | {"title": "two\nlines"}, "title"),
        (HOURS | {"title": "x" * 121}, "title"),
        (HOURS | {"text": "x" * 1_000_001}, "text"),
        (HOURS | {"more": 1}, "more"),
    ],
)
def test_a_document_that_is_none_is_refused_with_its_field(
    manager: Program, body: object, field: str | None
) -> None:
    base = made(manager)

    answer = manager.post(f"/knowledge-bases/{base}/documents", body)

    assert error_of(answer) == (422, "validation_error", field)
    assert manager.get(f"/knowledge-bases/{base}").get_json()["documents"] == 0


def test_bytes_are_counted_and_not_characters(manager: Program) -> None:
    base = made(manager)
    raw = f'{{"title": "Long", "text": "{"ä" * 500_001}"}}'.encode()

    answer = manager.post(f"/knowledge-bases/{base}/documents", raw=raw)

    assert error_of(answer) == (422, "validation_error", "text")
    assert "this one has 1,000,002" in answer.get_json()["error"]["message"]


def test_limits_of_the_plan_are_told_as_such(manager: Program) -> None:
    base = made(manager)
    manager.post(f"/knowledge-bases/{base}/documents", HOURS | {"text": "x" * 999_999})

    second = manager.post("/knowledge-bases", {"name": "Second"})
    over = manager.post(f"/knowledge-bases/{base}/documents", HOURS | {"text": "xx"})

    assert error_of(second) == (409, "limit_reached", None)
    assert error_of(over) == (409, "limit_reached", None)


def test_a_key_without_the_scope_or_that_only_tests_changes_nothing(
    house: House, ana: UUID, workspace: UUID, manager: Program
) -> None:
    made(manager)
    reads = Program(house, house.key(workspace, ana, scopes=("read",)))
    manages = Program(house, house.key(workspace, ana, scopes=("manage",)))
    tests = Program(house, house.key(workspace, ana, mode="test", scopes=("read", "manage")))

    assert error_of(reads.post("/knowledge-bases", {"name": "x"})) == (403, "scope_missing", None)
    assert error_of(manages.get("/knowledge-bases")) == (403, "scope_missing", None)
    assert error_of(tests.post("/knowledge-bases", {"name": "x"})) == (403, "live_key_needed", None)
    assert tests.get("/knowledge-bases").status_code == 200


@pytest.mark.parametrize(
    ("level", "reads", "changes"), [("none", 404, 404), ("view", 200, 403), ("edit", 200, 201)]
)
def test_a_client_s_key_is_bound_by_what_the_agency_shows(
    house: House, ana: UUID, tree_id: UUID, level: str, reads: int, changes: int
) -> None:
    child = house.agency.tree(tree_id).children[0]
    client = Program(house, house.key(child, ana, scopes=("read", "manage")))
    wanted = {Area.CONFIGURATION: Level(level)}
    house.agency.set_visibility(tree_id, ana, [child], wanted, because=house.because())
    house.run_followed()

    read, changed = client.get("/knowledge-bases"), client.post("/knowledge-bases", {"name": "Prices"})

    assert (read.status_code, changed.status_code) == (reads, changes)


def test_one_that_an_agent_answers_from_is_not_deleted(
    house: House, ana: UUID, workspace: UUID, manager: Program
) -> None:
    base = made(manager)
    an_agent(house, workspace, ana, "Concierge", knows=(UUID(base),))
    house.run_followed()

    answer = manager.send("DELETE", f"/knowledge-bases/{base}")

    assert error_of(answer) == (409, "knowledge_in_use", None)
    assert "Concierge" in answer.get_json()["error"]["message"]


def test_a_knowledge_base_of_another_workspace_is_not_there(
    house: House, ana: UUID, manager: Program
) -> None:
    base = made(manager)
    other = house.workspace(ana, "Another")
    stranger = Program(house, house.key(other, ana, scopes=("read", "manage")))
    house.run_followed()
    path = f"/knowledge-bases/{base}"

    answers = [
        stranger.get(path),
        stranger.get(f"{path}/documents"),
        stranger.post(f"{path}/documents", HOURS),
        stranger.send("PATCH", path, {"name": "Mine"}),
        stranger.send("DELETE", path),
        stranger.get(f"/knowledge-bases/{uuid4()}"),
    ]

    assert {answer.get_data() for answer in answers} == {answers[-1].get_data()}
    assert {answer.status_code for answer in answers} == {404}
