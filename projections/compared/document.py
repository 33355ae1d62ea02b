"""A comparison as a program reads it: values as they are stored, and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from domain.fact import Fact
from projections.compared.differences import FieldDiffers, RowDiffers
from projections.compared.fields import SHOWN
from projections.compared.words import About, row_words, value_words

Told = Callable[[Fact], str]
Facts = Callable[[int, FieldDiffers], dict[str, list[dict[str, Any]]]]


def rows_document(rows: Iterable[RowDiffers], about: About, events: Facts) -> list[dict[str, Any]]:
    """`events` are the members of a field that tell of facts."""
    return [
        {
            "screen": SHOWN[row.table].screen.value,
            "table": row.table,
            "key": {name: row.row[name] for name, _ in SHOWN[row.table].known_by},
            "row": row_words(row, about),
            "state": state_of(row),
            "fields": [
                {
                    "name": one.name,
                    "label": SHOWN[row.table].fields[one.name].label,
                    "before": one.before,
                    "after": one.after,
                    "before_words": value_words(row, one.name, one.before, about),
                    "after_words": value_words(row, one.name, one.after, about),
                    **events(number, one),
                }
                for one in row.fields
            ],
        }
        for number, row in enumerate(rows)
    ]


def state_of(row: RowDiffers) -> str:
    if row.before is None:
        return "new"
    return "gone" if row.after is None else "changed"


def facts_document(facts: Sequence[Fact], told: Told) -> list[dict[str, Any]]:
    return [
        {
            "log": fact.log,
            "position": fact.position,
            "stream": str(fact.stream),
            "version": fact.version,
            "name": fact.name,
            "at": fact.event.timestamp.isoformat().replace("+00:00", "Z"),
            "sentence": told(fact),
        }
        for fact in facts
    ]
