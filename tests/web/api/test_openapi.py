"""The document of the API is valid, complete, made of what the code checks, and true of what it answers."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from domain.task_types import BASELINE_SECONDS
from domain.tracking import BATCH_MAX
from tests.house import House
from tests.web.api.asking import EVENT, Program
from web import api as room_of_the_api
from web.api.answers import (
    AsOfAnswer,
    BatchAnswer,
    TrackAnswer,
    TreeAnswer,
    TreeUsageAnswer,
    UsageAnswer,
    WorkspaceAnswer,
)
from web.api.body import BatchItem, TrackBody, event_of
from web.api.compared import CompareAnswer
from web.api.document import path_of, routes_of
from web.api.knowledge_told import (
    DocumentAnswer,
    DocumentsAnswer,
    DoneAnswer,
    KnowledgeBaseAnswer,
    KnowledgeBasesAnswer,
    NumberAnswer,
    NumbersAnswer,
    OffersAnswer,
)
from web.api.operations import OPERATIONS
from web.app import BODY_MAX

OPENED = re.compile(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//")


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


@pytest.fixture
def anybody(house: House) -> FlaskClient:
    """Who is not signed in and has no key."""
    return house.app.test_client()


@pytest.fixture
def document(anybody: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = anybody.get("/openapi.json").get_json()
    return found


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {told["operationId"]: told for methods in document["paths"].values() for told in methods.values()}


def test_anybody_may_read_it_and_it_is_valid_openapi(anybody, document):
    answer = anybody.get("/openapi.json")

    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_of_the_api_is_in_it_and_nothing_else(house, document):
    told = {
        (document["servers"][0]["url"] + path, method)
        for path, methods in document["paths"].items()
        for method in methods
    }

    routes = {(path_of(rule.rule), method) for rule, method in routes_of(house.app)}

    assert told == routes
    assert set(operations(document)) == set(OPERATIONS)
    rules = [rule.rule for rule in house.app.url_map.iter_rules()]
    everything = {path_of(rule) for rule in rules if rule.startswith("/api/")}
    assert everything == {path for path, _ in told}


def test_every_code_that_the_api_raises_is_told_with_its_status(document):
    told = {
        (int(status), code)
        for status, no in document["components"]["responses"].items()
        for code in no["content"]["application/json"]["examples"]
    }

    raised = {
        (node.args[0].value, node.args[1].value)
        for path in Path(room_of_the_api.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ApiError"
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[1], ast.Constant)
    }

    assert raised
    assert raised <= told


def test_every_operation_tells_whatever_can_go_wrong_with_it(document):
    always = {"401", "403", "404", "405", "429", "500", "503"}
    with_body = {"400", "413", "415", "422"}

    missing = {
        name: (always | (with_body if "requestBody" in told else set())) - set(told["responses"])
        for name, told in operations(document).items()
    }

    assert set().union(*missing.values()) == set()
    assert {"200", "201", "409"} <= set(operations(document)["track"]["responses"])


def test_the_headers_of_refusals_are_told(document):
    headers = {status: set(no["headers"]) for status, no in document["components"]["responses"].items()}

    assert headers["401"] == {"WWW-Authenticate"}
    assert {"Retry-After", "X-Quota-Resets-At", "RateLimit-Remaining"} <= headers["429"]


def test_a_program_proves_itself_with_a_bearer_token_everywhere(document):
    (name,) = document["security"][0]

    scheme = document["components"]["securitySchemes"][name]

    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert not [told for told in operations(document).values() if "security" in told]


@pytest.mark.parametrize("kind", [TrackBody, BatchItem])
def test_what_may_be_sent_is_told_from_the_type_that_is_checked(document, kind):
    schema = document["components"]["schemas"][kind.__name__]

    fields = msgspec.structs.fields(kind)

    assert list(schema["properties"]) == [field.encode_name for field in fields]
    assert schema["required"] == [field.encode_name for field in fields if field.required]
    assert schema["additionalProperties"] is False


def test_limits_are_told(document):
    schemas = document["components"]["schemas"]

    key = operations(document)["track"]["parameters"][0]

    assert (key["name"], key["schema"]["maxLength"]) == ("Idempotency-Key", 255)
    assert schemas["BatchBody"]["properties"]["events"]["maxItems"] == BATCH_MAX == 1_000
    assert schemas["TrackBody"]["properties"]["agent_id"]["maxLength"] == 200
    assert f"{BODY_MAX // 1024**2} MiB" in document["info"]["description"]


def test_the_patterns_are_those_of_json_schema_and_not_pythons(anybody):
    assert r"\\Z" not in anybody.get("/openapi.json").get_data(as_text=True)


def test_every_example_of_a_body_is_taken(house, program, document):
    track, batch = (operations(document)[name]["requestBody"]["content"] for name in ("track", "track_batch"))
    bodies = [example["value"] for example in track["application/json"]["examples"].values()]
    batches = [example["value"] for example in batch["application/json"]["examples"].values()]

    answers = [program.post("/track", body) for body in bodies]
    results = [program.post("/track/batch", body).get_json() for body in batches]

    assert [answer.status_code for answer in answers] == [201] * len(bodies)
    assert [result["recorded"] for result in results] == [len(body["events"]) for body in batches]
    assert [event_of(body, TrackBody) for body in bodies]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("track", TrackAnswer),
        ("track_batch", BatchAnswer),
        ("workspace", WorkspaceAnswer),
        ("tree", TreeAnswer),
        ("usage", UsageAnswer),
        ("tree_usage", TreeUsageAnswer),
        ("as_of", AsOfAnswer),
        ("compare_moments", CompareAnswer),
        ("knowledge_bases", KnowledgeBasesAnswer),
        ("knowledge_base", KnowledgeBaseAnswer),
        ("documents", DocumentsAnswer),
        ("document", DocumentAnswer),
        ("phone_numbers", NumbersAnswer),
        ("available_phone_numbers", OffersAnswer),
        ("buy_phone_number", NumberAnswer),
        ("assign_phone_number", NumberAnswer),
        ("release_phone_number", DoneAnswer),
    ],
)
def test_every_example_of_an_answer_is_one(document, name, kind):
    examples = [
        answer["content"]["application/json"]["example"]
        for answer in operations(document)[name]["responses"].values()
        if "content" in answer
    ]

    read = [msgspec.convert(example, kind) for example in examples]

    assert read


def test_what_is_answered_is_what_is_told(house: House, ana: UUID) -> None:
    _, anchor_id = house.agency_of(ana, children=2)
    program = Program(house, house.key(anchor_id, ana))
    batch = program.batch([EVENT | {"idempotency_key": "k"}, EVENT | {"idempotency_key": "k"}, {}])
    replayed, conflicting = program.track(key="k"), program.track(key="k", outcome="failure")
    house.run_followed()
    workspace, tree = program.get("/workspace"), program.get("/tree")
    usage, pool = program.get("/usage?group_by=outcome"), program.get("/tree/usage")

    told = msgspec.json.decode(batch.data, type=BatchAnswer)

    assert [type(result).__name__ for result in told.results] == ["Recorded", "Replayed", "Invalid"]
    assert msgspec.json.decode(replayed.data, type=TrackAnswer).event_id == told.results[0].event_id
    assert conflicting.status_code == 409
    assert msgspec.json.decode(workspace.data, type=WorkspaceAnswer).events == 1
    assert len(msgspec.json.decode(tree.data, type=TreeAnswer).workspaces) == 3
    assert msgspec.json.decode(usage.data, type=UsageAnswer).total.events == 1
    assert msgspec.json.decode(pool.data, type=TreeUsageAnswer).used == 1


def test_it_is_made_once(house, anybody):
    first = anybody.get("/openapi.json").data
    made = house.app.extensions["openapi"]

    again = anybody.get("/openapi.json").data

    assert again == first
    assert house.app.extensions["openapi"] is made


def test_the_page_tells_every_operation_code_and_member_and_opens_nothing_of_others(anybody, document):
    page = anybody.get("/docs")

    text = page.get_data(as_text=True)
    codes = [
        code
        for no in document["components"]["responses"].values()
        for code in no["content"]["application/json"]["examples"]
    ]
    members = [
        member
        for schema in document["components"]["schemas"].values()
        for member in schema.get("properties", ())
    ]
    assert page.status_code == 200
    for name in (*operations(document), *codes, *members):
        assert name in text
    assert not OPENED.search(text)
    assert "<script" not in text


def test_the_page_tells_how_long_a_person_takes_for_each_task_type(anybody):
    page = anybody.get("/docs").get_data(as_text=True)

    rows = re.findall(r"<code>(\w+)</code></th><td class=\"num\">(\d+)</td>", page)
    assert {name: int(minutes) * 60 for name, minutes in rows} == BASELINE_SECONDS
    assert "€ 40.00 unless it set its own" in page


def test_a_command_of_the_page_is_one_that_works(house, program, anybody):
    text = anybody.get("/docs").get_data(as_text=True)
    sent = re.search(r"/track -H .*?-d &#39;(\{.*?\})&#39;", text, re.DOTALL)
    assert sent is not None

    answer = program.post("/track", json.loads(sent[1].replace("&#34;", '"')))

    assert answer.status_code == 201
