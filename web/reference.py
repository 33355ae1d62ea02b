"""The reference of the API, for anybody: the document for programs, and the same as a page for people."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from domain.savings import HOURLY_RATE_CENTS
from domain.task_types import BASELINE_SECONDS
from web.api.document import JSON, document_of
from web.api.refusals import RATE
from web.services import services

reference = Blueprint("reference", __name__)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An operation of the document, laid out for reading."""

    method: str
    path: str
    told: dict[str, Any]
    curls: list[tuple[str, str]]  # what it shows, the command
    body: str | None  # the name of its schema
    answers: list[tuple[str, dict[str, Any]]]  # status, when and what
    nos: list[tuple[str, dict[str, Any]]]


@reference.get("/openapi.json")
def openapi() -> Response:
    return Response(_document()[1], mimetype=JSON, headers={"Cache-Control": "max-age=300"})


@reference.get("/docs")
def docs() -> str:
    document, _ = _document()
    return render_template(
        "reference.html",
        document=document,
        asked=list(_asked(document)),
        schemas=document["components"]["schemas"],
        type_of=type_in_words,
        rate=RATE,
        task_types=BASELINE_SECONDS,
        default_cents=HOURLY_RATE_CENTS,
        pretty=lambda value: json.dumps(value, indent=2, ensure_ascii=False),
        url=services().url,
    )


def _document() -> tuple[dict[str, Any], str]:
    """Made once by each process, when it is first asked for."""
    if "openapi" not in current_app.extensions:
        document = document_of(current_app)
        current_app.extensions["openapi"] = document, json.dumps(document)
    made: tuple[dict[str, Any], str] = current_app.extensions["openapi"]
    return made


def _asked(document: dict[str, Any]) -> Iterator[Asked]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {}).get(JSON, {})
            answers = {status: answer for status, answer in told["responses"].items() if "$ref" not in answer}
            yield Asked(
                method=method.upper(),
                path=document["servers"][0]["url"] + path,
                told=told,
                curls=list(_curls(method.upper(), document["servers"][0]["url"] + path, told, content)),
                body=content["schema"]["$ref"].rpartition("/")[2] if content else None,
                answers=list(answers.items()),
                nos=[
                    (status, document["components"]["responses"][status])
                    for status in told["responses"]
                    if status not in answers
                ],
            )


def _curls(
    method: str, path: str, told: dict[str, Any], content: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """A command for each example of a body, the last one with all headers; without a body the key will do."""
    command = f'curl -sS {services().url}{path} -H "Authorization: Bearer $KEY"'
    if not content:
        yield "", command
    headers = {each["name"]: each["example"] for each in told["parameters"] if each["in"] == "header"}
    examples = list(content.get("examples", {}).values())
    for example in examples:
        sent = {"Content-Type": JSON} | (headers if example is examples[-1] else {})
        lines = [command, *(f"  -H '{name}: {value}'" for name, value in sent.items())]
        body = json.dumps(example["value"], indent=2)
        yield example["summary"], " \\\n".join([*lines, f"  -d {shlex.quote(body)}"])


def type_in_words(schema: dict[str, Any]) -> str:
    """As a reader says it: "text, 1 to 200 characters, or null"."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(type_in_words(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list{_bounds(schema, 'Items', '')} of {type_in_words(schema['items'])}"
    words = {"string": schema.get("format", "text"), "object": "object", "null": "null"}
    unit = " characters" if kind == "string" else ""
    return str(words.get(kind, kind)) + _bounds(schema, "Length", unit) + _bounds(schema, "imum", "")


def _bounds(schema: dict[str, Any], what: str, unit: str) -> str:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    if least is None and most is None:
        return ""
    if most is None:
        return f", {least:,} or more{unit}"
    return f", {least:,} to {most:,.0f}{unit}" if least is not None else f", at most {most:,.0f}{unit}"
