"""Agents by keys: made, changed, told what to say, deleted; a client's key as far as the agency lets it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from domain.visibility import Area, Level
from tests.house import House
from tests.web.api.asking import Program, error_of

SCOPES = ("read", "manage")


class Keeper(Program):
    """A program whose key may change things."""

    def made(self, name: str = "Concierge") -> str:
        answer = self.send("POST", "/agents", {"name": name})
        assert answer.status_code == 201, answer.get_json()
        return f"/agents/{answer.get_json()['agent_id']}"

    def wrote(self, path: str, text: str, based_on: int) -> TestResponse:
        return self.send("POST", f"{path}/prompts", {"text": text, "based_on": based_on})


def keeper_of(house: House, owner: UUID, workspace_id: UUID, *scopes: str, mode: str = "live") -> Keeper:
    found = Keeper(house, house.key(workspace_id, owner, scopes=scopes or SCOPES, mode=mode))
    house.run_followed()
    return found


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


@pytest.fixture
def child_id(house: House, tree_id: UUID) -> UUID:
    found: UUID = house.agency.tree(tree_id).children[0]
    return found


@pytest.fixture
def keeper(house: House, ana: UUID, child_id: UUID) -> Keeper:
    """Of a client of Ana's agency."""
    return keeper_of(house, ana, child_id)


def shows(house: House, ana: UUID, tree_id: UUID, child_id: UUID, **levels: str) -> None:
    changes = {Area(area): Level(level) for area, level in levels.items()}
    house.agency.set_visibility(tree_id, ana, [child_id], changes, because=house.because(f"person:{ana}"))


def test_an_agent_is_made_changed_read_and_deleted(keeper: Keeper) -> None:
    path = keeper.made("Concierge")

    changed = keeper.send(
        "PATCH",
        path,
        {
            "name": "Night desk",
            "status": "active",
            "configuration": {"voice": "sage", "greeting": "Good evening!", "timezone": "Europe/Berlin"},
        },
    )
    read = keeper.get(path)
    listed = keeper.get("/agents").get_json()
    deleted = [keeper.send("DELETE", path) for _ in range(2)]

    assert changed.status_code == 200
    assert changed.get_json() == read.get_json()
    told = read.get_json()
    assert (told["name"], told["status"]) == ("Night desk", "active")
    assert told["prompt"] == {"number": 0, "text": ""}
    assert told["configuration"] == {
        **{"number": 1, "language": "en", "voice": "sage", "model": "balanced"},
        **{"temperature_hundredths": 70, "max_call_seconds": 600, "record_calls": False},
        **{"greeting": "Good evening!", "timezone": "Europe/Berlin"},
    }
    assert [one["name"] for one in listed["agents"]] == ["Night desk"]
    assert listed["agents_max"] == 10
    assert [answer.status_code for answer in deleted] == [200, 200]
    assert keeper.get(path).status_code == 404
    assert keeper.get("/agents").get_json()["agents"] == []


def test_the_same_idempotency_key_makes_one_agent_and_another_name_under_it_is_refused(
    keeper: Keeper,
) -> None:
    sent = [
        keeper.send("POST", "/agents", {"name": name}, Idempotency_Key="first")
        for name in ("Concierge", "Concierge", "Night desk")
    ]

    assert [answer.status_code for answer in sent] == [201, 200, 409]
    assert sent[0].get_json() == sent[1].get_json()
    assert error_of(sent[2]) == (409, "idempotency_conflict", "Idempotency-Key")
    assert len(keeper.get("/agents").get_json()["agents"]) == 1


def test_a_prompt_is_written_based_on_the_last_version_and_restored(keeper: Keeper) -> None:
    path = keeper.made()

    answers = [
        keeper.wrote(path, "Be brief.", 0),
        keeper.wrote(path, "Be kind.", 1),
        keeper.wrote(path, "Be rude.", 1),
        keeper.wrote(path, "Be brief.", 0),
        keeper.send("POST", f"{path}/prompts/1/restore"),
        keeper.send("POST", f"{path}/prompts/9/restore"),
    ]
    told = keeper.get(f"{path}/prompts").get_json()

    assert [answer.status_code for answer in answers] == [201, 201, 409, 201, 201, 404]
    assert error_of(answers[2])[1] == "changed_meanwhile"
    assert [answer.get_json()["number"] for answer in answers if answer.status_code == 201] == [1, 2, 1, 3]
    assert [(one["number"], one["text"], one["restored_from"]) for one in told["prompts"]] == [
        (3, "Be brief.", 1),
        (2, "Be kind.", None),
        (1, "Be brief.", None),
    ]
    assert told["next_before"] is None
    assert keeper.get(path).get_json()["prompt"] == {"number": 3, "text": "Be brief."}


def test_versions_come_twenty_at_a_time(keeper: Keeper) -> None:
    path = keeper.made()
    for number in range(21):
        keeper.wrote(path, f"Take {number}", number)

    first = keeper.get(f"{path}/prompts").get_json()
    rest = keeper.get(f"{path}/prompts?before={first['next_before']}").get_json()

    assert [one["number"] for one in first["prompts"]] == list(range(21, 1, -1))
    assert first["next_before"] == 2
    assert [one["number"] for one in rest["prompts"]] == [1]
    assert error_of(keeper.get(f"{path}/prompts?before=x")) == (422, "validation_error", "before")


WRONG: tuple[tuple[str, str, Any, str | None], ...] = (
    ("POST", "/agents", {}, "name"),
    ("POST", "/agents", {"name": ""}, "name"),
    ("POST", "/agents", {"name": " \n"}, "name"),
    ("POST", "/agents", {"name": "x" * 121}, "name"),
    ("POST", "/agents", {"name": "Concierge", "owner": "me"}, "owner"),
    ("POST", "/agents", ["Concierge"], None),
    ("PATCH", "{path}", {"status": "asleep"}, "status"),
    ("PATCH", "{path}", {"name": None}, "name"),
    ("PATCH", "{path}", {"configuration": {"language": "tlh"}}, "configuration.language"),
    ("PATCH", "{path}", {"configuration": {"voice": 7}}, "configuration.voice"),
    ("PATCH", "{path}", {"configuration": {"temperature_hundredths": 201}}, None),
    ("PATCH", "{path}", {"configuration": {"max_call_seconds": 29}}, None),
    ("PATCH", "{path}", {"configuration": {"timezone": "Mars/Olympus"}}, "configuration.timezone"),
    ("PATCH", "{path}", {"configuration": {"greeting": "x" * 1_001}}, "configuration.greeting"),
    ("PATCH", "{path}", {"configuration": {"greeting": "a bell: \a"}}, "configuration.greeting"),
    ("POST", "{path}/prompts", {"text": "Be brief."}, "based_on"),
    ("POST", "{path}/prompts", {"text": " ", "based_on": 0}, "text"),
    ("POST", "{path}/prompts", {"text": "x" * 50_001, "based_on": 0}, "text"),
    ("POST", "{path}/prompts", {"text": "a zero: \0", "based_on": 0}, None),
    ("POST", "{path}/prompts", {"text": "Be brief.", "based_on": -1}, "based_on"),
)


def test_what_is_wrong_is_named_and_changes_nothing(keeper: Keeper) -> None:
    path = keeper.made()
    before = keeper.get(path).get_json()

    answers = [
        (keeper.send(method, where.format(path=path), body), field) for method, where, body, field in WRONG
    ]

    assert [error_of(answer)[:2] for answer, _ in answers] == [(422, "validation_error")] * len(WRONG)
    assert [field for answer, field in answers if field and error_of(answer)[2] != field] == []
    assert keeper.get(path).get_json() == before
    assert len(keeper.get("/agents").get_json()["agents"]) == 1


def test_the_plan_says_how_many(house: House, ana: UUID, workspace: UUID) -> None:
    alone = keeper_of(house, ana, workspace)
    alone.made()

    answer = alone.send("POST", "/agents", {"name": "One more"})

    assert error_of(answer)[:2] == (409, "limit_reached")
    assert alone.get("/agents").get_json()["agents_max"] == 1


def test_a_configuration_based_on_an_older_one_is_refused(keeper: Keeper) -> None:
    path = keeper.made()
    keeper.send("PATCH", path, {"configuration": {"voice": "sage"}})

    stale = {"configuration": {"voice": "ember"}, "configuration_based_on": 0, "name": "Night desk"}
    answer = keeper.send("PATCH", path, stale)

    assert error_of(answer)[:2] == (409, "changed_meanwhile")
    told = keeper.get(path).get_json()
    assert (told["name"], told["configuration"]["voice"]) == ("Concierge", "sage")


def test_a_key_without_the_scope_and_a_test_key_change_nothing(
    house: House, ana: UUID, child_id: UUID
) -> None:
    reader, trial = (
        keeper_of(house, ana, child_id, "read"),
        keeper_of(house, ana, child_id, mode="test"),
    )

    answers = [one.send("POST", "/agents", {"name": "Concierge"}) for one in (reader, trial)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert reader.get("/agents").get_json()["agents"] == []


def test_of_another_workspace_there_is_no_agent(house: House, ana: UUID, tree_id: UUID) -> None:
    one, other = (keeper_of(house, ana, child) for child in house.agency.tree(tree_id).children)
    path = one.made()
    one.wrote(path, "Be brief.", 0)
    never = f"/agents/{uuid4()}"

    def asked(where: str) -> list[Any]:
        answers = [
            other.get(where),
            other.get(f"{where}/prompts"),
            other.send("PATCH", where, {"name": "Mine"}),
            other.send("DELETE", where),
            other.wrote(where, "Mine", 1),
            other.send("POST", f"{where}/prompts/1/restore"),
        ]
        return [(answer.status_code, answer.get_json()) for answer in answers]

    assert asked(path) == asked(never)
    assert {status for status, _ in asked(path)} == {404}
    assert one.get(path).get_json()["name"] == "Concierge"


@pytest.mark.parametrize("prompts", ["none", "view", "edit"])
def test_a_key_of_a_client_reads_and_changes_what_the_agency_lets_it(
    house: House, ana: UUID, tree_id: UUID, child_id: UUID, keeper: Keeper, prompts: str
) -> None:
    path = keeper.made()
    keeper.wrote(path, "Be brief.", 0)

    for configuration in ("none", "view", "edit"):
        shows(house, ana, tree_id, child_id, prompts=prompts, configuration=configuration)
        read, versions = keeper.get(path), keeper.get(f"{path}/prompts")
        wrote = keeper.send("POST", f"{path}/prompts/1/restore")
        changed = keeper.send("PATCH", path, {"configuration": {"voice": "sage"}})

        levels = {"none": 404, "view": 403, "edit": 200}
        assert read.status_code == (404 if prompts == configuration == "none" else 200)
        assert versions.status_code == (404 if prompts == "none" else 200)
        assert wrote.status_code == {**levels, "edit": 201}[prompts]
        assert changed.status_code == levels[configuration]
        if read.status_code == 200:
            told = read.get_json()
            assert (told["prompt"] is None) == (prompts == "none")
            assert (told["configuration"] is None) == (configuration == "none")
            assert (told["status"] is None) == (configuration == "none")


def test_what_is_said_of_an_agent_is_what_the_reference_tells(keeper: Keeper) -> None:
    path = keeper.made()
    keeper.wrote(path, "Be brief.", 0)
    document = keeper.client.get("/openapi.json").get_json()
    schemas = document["components"]["schemas"]

    answers = {
        "AgentAnswer": keeper.get(path),
        "AgentsAnswer": keeper.get("/agents"),
        "PromptsAnswer": keeper.get(f"{path}/prompts"),
        "PromptWrittenAnswer": keeper.wrote(path, "Be kind.", 1),
        "AgentDeletedAnswer": keeper.send("DELETE", path),
    }

    told = {name: set(answer.get_json()) for name, answer in answers.items()}
    assert told == {name: set(schemas[name]["properties"]) for name in answers}


def test_every_example_of_the_reference_is_taken(keeper: Keeper) -> None:
    document = keeper.client.get("/openapi.json").get_json()
    path = keeper.made("First")
    wrong = {}

    for where, methods in document["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {})
            for example in content.get("application/json", {}).get("examples", {}).values():
                if where.startswith("/agents"):
                    to = where.replace("/agents/{agent_id}", path)
                    answer = keeper.send(method.upper(), to, example["value"])
                    wrong[method, where] = answer.status_code

    assert set(wrong.values()) == {200, 201}
    assert len(wrong) == 3
