"""What does the API look like to a program? An OpenAPI 3.1 document, from the routes and the types."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from flask import Flask
from werkzeug.routing import Rule

from domain.task_types import BASELINE_SECONDS
from web.api.answers import ErrorAnswer
from web.api.body import Key
from web.api.operation import ALWAYS, Operation
from web.api.operations import OPERATIONS
from web.api.refusals import HEADERS, NOS, RATE, No
from web.api.words import IDS, SENT, meaning_of

PREFIX = "/api/v1"
IN_PATH = re.compile(r"<(?:\w+:)?(\w+)>")
KINDS_IN_PATH = {"number": {"type": "integer", "minimum": 1}}  # all others are ids
REF = "#/components/schemas/{name}"
JSON = "application/json"
# What the code checks beyond the types of the fields, as far as a schema can say it of a text.
STRICTER: dict[str, dict[str, Any]] = {
    "occurred_at": {"format": "date-time"},
    "task_type": {"enum": [*BASELINE_SECONDS]},
}
ABOUT = """\
Programs track events with an API key of a workspace, and read what became of them.

Every body is JSON in UTF-8, at most 2 MiB, also when it comes packed with gzip. A request whose answer was
lost is sent again with the same idempotency key, and counts once. Every error has a code for programs, a
message and a hint for people, and the field that it is about; whatever has an error was not recorded.
"""


def document_of(app: Flask) -> dict[str, Any]:
    """From the routes that the application really has."""
    types = [each for operation in OPERATIONS.values() for each in _types_of(operation)]
    _, schemas = msgspec.json.schema_components([*types, ErrorAnswer], ref_template=REF)
    paths: dict[str, Any] = {}
    for rule, method in routes_of(app):
        name = rule.endpoint.removeprefix("api.")
        view = inspect.getdoc(app.view_functions[rule.endpoint]) or ""
        path = path_of(rule.rule).removeprefix(PREFIX)
        paths.setdefault(path, {})[method] = _operation(name, view, OPERATIONS[name], rule)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Heartwood", "version": "1", "description": ABOUT},
        "servers": [{"url": PREFIX}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "hh_live_… counts; hh_test_… checks everything and counts nothing.",
                }
            },
            "headers": HEADERS,
            "responses": {str(status): _refused(no) for status, no in NOS.items()},
            "schemas": {name: _told(name, schema) for name, schema in schemas.items()},
        },
    }


def routes_of(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Each route of the API with its method."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method.lower()


def path_of(rule: str) -> str:
    """As it is written in a document: with the names of its ids in braces."""
    return IN_PATH.sub(r"{\1}", rule)


def _types_of(operation: Operation) -> list[type]:
    asked = [operation.body] if operation.body else []
    return asked + [answer for _, answer in operation.answers.values()]


def _operation(name: str, view: str, operation: Operation, rule: Rule) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": name,
        "summary": operation.summary,
        "description": f"{view}\n\nThe key needs the scope `{operation.scope}`.",
        "parameters": [*_in_path(rule), *_parameters(operation)],
        "responses": {
            **{
                str(status): _answered(name, when, answer, operation)
                for status, (when, answer) in operation.answers.items()
            },
            **{
                str(status): {"$ref": f"#/components/responses/{status}"}
                for status in sorted({*ALWAYS, *operation.nos})
            },
        },
    }
    if operation.body:
        told["requestBody"] = {
            "required": True,
            "content": {
                JSON: {
                    "schema": {"$ref": REF.format(name=operation.body.__name__)},
                    "examples": {
                        f"example_{number}": {"summary": summary, "value": value}
                        for number, (summary, value) in enumerate((operation.bodies or {}).items(), 1)
                    },
                }
            },
        }
    return told


def _in_path(rule: Rule) -> Iterator[dict[str, Any]]:
    for name in IN_PATH.findall(rule.rule):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": IDS[name],
            "schema": KINDS_IN_PATH.get(name, {"type": "string", "format": "uuid"}),
        }


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.idempotent_by_header:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": SENT["idempotency_key"],
            "schema": _for_everybody(msgspec.json.schema(Key)),
            "example": "order-4711",
        }
    if operation.query:
        _, found = msgspec.json.schema_components([operation.query], ref_template=REF)
        schema = found[operation.query.__name__]
        for name, told in schema["properties"].items():
            yield {
                "name": name,
                "in": "query",
                "required": name in schema["required"],
                "description": meaning_of(operation.query.__name__, name),
                "schema": _for_everybody(told),
            }


def _answered(name: str, when: str, answer: type, operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": when,
        "headers": {header: {"$ref": f"#/components/headers/{header}"} for header in RATE},
        "content": {
            JSON: {"schema": {"$ref": REF.format(name=answer.__name__)}, "example": operation.example}
        },
    }
    if operation.idempotent_by_header:
        told["links"] = {
            "sent_again": {
                "operationId": name,
                "parameters": {"header.Idempotency-Key": "$request.header.Idempotency-Key"},
                "requestBody": "$request.body",
                "description": "The same event under the same key counts once, and is answered as before.",
            }
        }
    return told


def _refused(no: No) -> dict[str, Any]:
    return {
        "description": no.why,
        "headers": {header: {"$ref": f"#/components/headers/{header}"} for header in no.headers},
        "content": {
            JSON: {
                "schema": {"$ref": REF.format(name=ErrorAnswer.__name__)},
                "examples": {
                    code: {"value": {"error": {"code": code, **vars(told)}}}
                    for code, told in no.codes.items()
                },
            }
        },
    }


def _told(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """With a sentence to each member."""
    for member, told in schema.get("properties", {}).items():
        exact = _for_everybody(told, STRICTER.get(member, {}))
        schema["properties"][member] = exact | {"description": meaning_of(name, member)}
    return schema


def _for_everybody(schema: dict[str, Any], of_text: dict[str, Any] | None = None) -> dict[str, Any]:
    """The end of a text is `\\Z` in Python's patterns and `$` in those of JSON Schema."""
    if "anyOf" in schema:
        return schema | {"anyOf": [_for_everybody(one, of_text) for one in schema["anyOf"]]}
    if "pattern" in schema:
        schema = schema | {"pattern": schema["pattern"].replace(r"\Z", "$")}
    return schema | (of_text or {}) if schema.get("type") == "string" else schema
