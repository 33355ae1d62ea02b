"""docs/facts.md: every fact that may stand in a log, and what its fields mean."""

from __future__ import annotations

import inspect
import re

from domain.action import Phase
from domain.billing import InvoiceLine, NoticeOutcome, PaymentStanding
from domain.calls.call import Direction, Ending, Kind
from domain.credits.category import Category
from domain.facts import AGGREGATES, METERED
from domain.holdings import Held
from domain.reconciliation import Drift, DriftKind
from domain.recorded import Recorded
from domain.request import Request
from domain.visibility import Level
from projections.history.sentences import SENTENCES, Either
from scripts.docs.catalogue import FactKind, Field, fact_kinds

PIECE = re.compile(r"{(\w*)(?::(\w+))?}")
OF_LINE = {
    "here": "workspace",
    "total": "total",
    "disputed": "amount",
    "why": "reason",
    "called": "name",
    "called_before": "former name",
}
TYPES = {
    "UUID": "id",
    "datetime": "instant",
    "str": "text",
    "int": "integer",
    "bool": "true or false",
    "Role": "role",
    "KeyMode": "`live` or `test`",
    "Request": "one of " + ", ".join(f"`{request.value}`" for request in Request),
    "PaymentStanding": "one of " + ", ".join(f"`{standing.value}`" for standing in PaymentStanding),
    "NoticeOutcome": "one of " + ", ".join(f"`{outcome.value}`" for outcome in NoticeOutcome),
    "Phase": "one of " + ", ".join(f"`{phase.value}`" for phase in Phase),
    "Level": "one of " + ", ".join(f"`{level.value}`" for level in Level),
    "Category": "one of " + ", ".join(f"`{one.value}`" for one in Category),
    "Kind": "one of " + ", ".join(f"`{one.value}`" for one in Kind),
    "Direction": "one of " + ", ".join(f"`{one.value}`" for one in Direction),
    "Ending": "one of " + ", ".join(f"`{one.value}`" for one in Ending),
    "Held": "one of " + ", ".join(f"`{one.value}`" for one in Held),
    "tuple[UUID, ...]": "list of ids",
    "tuple[str, ...]": "list of texts",
    "tuple[InvoiceLine, ...]": "list of lines: " + ", ".join(InvoiceLine.__dataclass_fields__),
    "tuple[Drift, ...]": "list of drifts: "
    + ", ".join(Drift.__dataclass_fields__)
    + "; a kind is one of "
    + ", ".join(f"`{kind.value}`" for kind in DriftKind),
}

INTRODUCTION = """\
# Facts

Made from the classes in `domain/` by `python -m scripts.docs`; a test fails when it is stale.

A fact is something that happened. It is written once, never changed, and kept for ever; so are its name
and its fields. It is stored as plain JSON with sorted keys: ids and instants as text (instants in UTC),
money as integers with the unit in the field's name, nothing wrapped. It holds no personal data: people
are ids, what people wrote is a digest, and both are looked up in the vault.

Beside the JSON stand the stream (`originator_id`: the tree, workspace, invoice, overage of a cycle, notice
or batch), the version within it, and the topic: its name as below. Every fact carries:

| field | | |
|---|---|---|
| `timestamp` | instant | when it happened, from the injected clock |
| `actor` | text | who: `person:ID`, `key:ID`, `stripe`, `clock`, `staff:ID` or `operator` |
| `cause` | text | `request:ID`, `notice:EVT`, `fact:STREAM/VERSION`, `tick:JOB@INSTANT` or `command:ID` |
| `story` | text | what began it all, in the same form; shared by everything that followed |
"""


def facts_page() -> str:
    lines = [INTRODUCTION]
    for aggregate in AGGREGATES:
        lines += _aggregate(aggregate)
    return "\n".join(lines)


def _aggregate(aggregate: type[Recorded]) -> list[str]:
    module = inspect.getmodule(aggregate)
    says = inspect.cleandoc((module.__doc__ if module else "") or "").partition("\n")[0]
    log = "metering" if aggregate in METERED else "agency"
    lines = [f"## {aggregate.__name__}", "", f"{says} Log: `{log}`.", ""]
    for kind in fact_kinds(aggregate):
        lines += _kind(kind)
    return lines


def _kind(kind: FactKind) -> list[str]:
    lines = [f"### {kind.name}", ""]
    if kind.says:
        lines += [kind.says, ""]
    lines += [f"> {told}".rstrip() for told in _told(SENTENCES[kind.event_class])] + [""]
    if kind.fields:
        lines += ["| field | | |", "|---|---|---|", *map(_field, kind.fields), ""]
    return lines


def _told(template: str | Either) -> list[str]:
    if isinstance(template, Either):
        return [_readable(template.so), "", _readable(template.otherwise)]
    return [_readable(template)]


def _readable(template: str) -> str:
    told = PIECE.sub(lambda piece: f"‹{piece[1] or OF_LINE[piece[2]]}›", template)
    return told[:1].upper() + told[1:]


def _field(field: Field) -> str:
    kind, _, nothing = field.type.partition(" | ")
    words = TYPES[kind] + (", or nothing" if nothing == "None" else "")
    return f"| `{field.name}` | {words} | {field.comment} |"
