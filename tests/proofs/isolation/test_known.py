"""Do the probes know every route there is, and every name that the web reads?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.proofs.isolation.forms import FIELDS, FORMS, WORDS
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.sent import QUERY
from tests.proofs.isolation.table import ARGUMENTS, EXEMPT, GATES
from tests.proofs.isolation.targets import NAMED
from web.api.operations import OPERATIONS
from web.pages.timeline_filter import WITHIN

WEB = Path(__file__).parents[3] / "web"
OF_ADDRESS, OF_FORMS = {"request.args", "request.values"}, {"request.form"}
READS = {"_number", "_parameters"}  # read behind the ? by a name that they are given
FILLED_IN = {"name_of", "email_of", "choice_of", "cents_of"}  # and these read a field of a form


def test_every_route_has_a_gate_and_every_form_can_be_filled_in(ground: Ground) -> None:
    rules = [one for one in ground.house.app.url_map.iter_rules() if not one.endpoint.startswith("api.")]
    there = {rule.endpoint for rule in rules}
    forms = {rule.endpoint for rule in rules if "POST" in (rule.methods or ())}

    assert there - {*GATES, *EXEMPT} == set(), "tell tests/proofs/isolation/table.py in GATES who is let in"
    assert forms - {*FORMS, *EXEMPT} == set(), (
        "tell tests/proofs/isolation/forms.py in FORMS how to fill it in"
    )
    assert {*GATES, *EXEMPT} - there == set(), "tests/proofs/isolation/table.py knows a route that is gone"


def test_every_name_in_an_address_stands_for_something(ground: Ground) -> None:
    names = {name for rule in ground.house.app.url_map.iter_rules() for name in NAMED.findall(rule.rule)}

    assert names - {*ARGUMENTS} == set(), "tell tests/proofs/isolation/table.py in ARGUMENTS what it names"


def test_every_name_that_is_read_behind_the_question_mark_is_sent() -> None:
    read = {
        *WITHIN,
        *(name for path in sorted(WEB.rglob("*.py")) for name in read_in(path, OF_ADDRESS, READS)),
    }

    assert read - {*QUERY} == set(), "tell tests/proofs/isolation/sent.py in QUERY what it names"


def test_every_field_of_a_form_that_is_read_is_filled_in() -> None:
    read = {name for path in sorted(WEB.rglob("*.py")) for name in read_in(path, OF_FORMS, FILLED_IN)}

    assert read - {*FIELDS, *WORDS} == set(), "tell tests/proofs/isolation/forms.py in FIELDS or WORDS"


def test_every_operation_of_the_document_is_a_route_that_is_probed(ground: Ground) -> None:
    document = ground.house.app.test_client().get("/openapi.json").get_json()
    operations = {one["operationId"] for path in document["paths"].values() for one in path.values()}
    told = {
        each["name"]
        for path in document["paths"].values()
        for one in path.values()
        for each in one["parameters"]
        if each["in"] == "query"
    }
    routes = {
        rule.endpoint.removeprefix("api.")
        for rule in ground.house.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
    }

    assert operations == routes == {*OPERATIONS}
    assert told - {*QUERY} == set()


def read_in(path: Path, mappings: set[str], readers: set[str]) -> Iterator[str]:
    """The names that a file reads of these mappings, or hands to these functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) in mappings:
            yield from words_in([node.slice])
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in readers or called.rpartition(".")[0] in mappings:
                yield from words_in(node.args[: None if called == "_parameters" else 1])


def words_in(nodes: list[ast.expr]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
