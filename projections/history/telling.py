"""Telling: a fact in words, and whom these words name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any
from uuid import UUID

from domain.fact import Fact
from projections.history import wording
from projections.history.either import Either, Fields
from projections.history.names import Mentions, Names
from projections.history.sentences import REQUESTS, SENTENCES
from projections.timeline import TimelineRow


@dataclass(frozen=True, kw_only=True)
class Line:
    """A fact as it is told: its name, whose stream it is in, and its fields as stored."""

    name: str
    stream: UUID
    fields: Fields


BY_NAME = {event_class.__qualname__: told for event_class, told in SENTENCES.items()}


def line_of(fact: Fact) -> Line:
    return Line(name=fact.name, stream=fact.stream, fields=json.loads(fact.state))


def line_of_row(row: TimelineRow) -> Line:
    return Line(name=row.name, stream=row.stream, fields=row.fields)


def sentence(line: Line, names: Names) -> str:
    """One plain sentence, without the full stop."""
    template = BY_NAME[line.name]
    if isinstance(template, Either):
        template = template.so if template.asked(line.fields) else template.otherwise
    told = "".join(_words(line, names, *piece) for piece in Formatter().parse(template))
    return told[:1].upper() + told[1:]


def mentions(lines: Iterable[Line]) -> Mentions:
    """Who and what the sentences of these facts name, their actors included."""
    found = Mentions()
    for line in lines:
        sentence(line, found)
        found.actor(line.fields["actor"])
    return found


def _words(line: Line, names: Names, text: str, name: str | None, spec: str | None, _: str | None) -> str:
    if name is None:
        return text
    if spec in OF_LINE:
        return text + OF_LINE[spec](line, names)
    value = line.fields[name]
    return text + (OF_FIELD[spec](value, names) if spec else str(value))


def _cause(cause: str, _: Names) -> str:
    kind, _colon, which = cause.partition(":")
    return f"notice {which}" if kind == "notice" else "notice"


def _called(field: str) -> Callable[[Line, Names], str]:
    """The name of what lives in a workspace, as a field of the fact holds its digest."""
    return lambda line, names: names.text(UUID(line.fields["workspace_id"]), line.fields[field])


def _disputed(line: Line, _: Names) -> str:
    return wording.cents(line.fields["amount_cents"], line.fields["currency"])


def _total(line: Line, _: Names) -> str:
    return wording.cents(line.fields["total_cents"], line.fields["currency"])


# How a field reads, by what stands behind its colon in a template.
OF_FIELD: dict[str, Callable[[Any, Names], str]] = {
    "actor": lambda value, names: names.actor(value),
    "person": lambda value, names: names.person(UUID(value)),
    "workspace": lambda value, names: names.workspace(UUID(value)),
    "plan": lambda value, _: wording.plan(value),
    "instant": lambda value, _: wording.instant(datetime.fromisoformat(value)),
    "count": lambda value, _: wording.count(value),
    "cents": lambda value, _: wording.cents(value),
    "micros": lambda value, _: wording.micros(value),
    "stops": lambda value, _: "calls stop there" if value else "it is only told there",
    "number": lambda value, _: wording.count(len(value)),
    "workspaces": lambda value, _: wording.counted(len(value), "workspace"),
    "members": lambda value, _: wording.counted(value, "member"),
    "reason": lambda value, _: wording.reason(value),
    "outcome": lambda value, _: wording.outcome(value),
    "request": lambda value, _: REQUESTS[value],
    "standing": lambda value, _: wording.standing(value),
    "dispute": lambda value, _: value.replace("_", " "),
    "listed": lambda value, _: ", ".join(value),
    "cause": _cause,
    "suspended": lambda value, _: ", because the customer is suspended" if value else "",
    "resumed": lambda value, _: ", because the customer is suspended no more" if value else "",
}
OF_LINE: dict[str | None, Callable[[Line, Names], str]] = {
    "here": lambda line, names: names.workspace(line.stream),
    "text": lambda line, names: names.text(line.stream, line.fields["name_digest"]),
    "why": lambda line, names: names.text(line.stream, line.fields["reason_digest"]),
    "called": _called("name_digest"),
    "called_before": _called("name_digest_from"),
    "total": _total,
    "disputed": _disputed,
}
