"""Which facts are there, with which fields, and what does the code say about each?"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.facts import AGGREGATES, facts_of
from domain.recorded import Recorded

PLACE = ("originator_id", "originator_version")  # columns beside the stored form
COMMON = ("timestamp", "actor", "cause", "story")  # what every fact carries
COMMENTED = re.compile(r"^ +(\w+): [^#=\n]+  # (.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Field:
    name: str
    type: str  # as annotated
    comment: str


@dataclass(frozen=True, kw_only=True)
class FactKind:
    event_class: type
    says: str  # its docstring
    fields: tuple[Field, ...]  # its own, without what every fact carries

    @property
    def name(self) -> str:
        return self.event_class.__qualname__


def fact_kinds(aggregate: type[Recorded]) -> list[FactKind]:
    """In the order in which the code lists them."""
    return [
        FactKind(event_class=fact, says=_docstring(fact), fields=tuple(_fields(fact)))
        for fact in facts_of(aggregate)
    ]


def all_fact_kinds() -> list[FactKind]:
    return [kind for aggregate in AGGREGATES for kind in fact_kinds(aggregate)]


def _fields(event_class: type) -> Iterator[Field]:
    comments: dict[str, str] = {}
    annotations: dict[str, str] = {}
    for base in reversed(event_class.__mro__):
        annotations |= {name: str(given) for name, given in vars(base).get("__annotations__", {}).items()}
        if base.__module__.startswith("domain."):
            comments |= dict(COMMENTED.findall(_source(base)))
    for name in event_class.__dataclass_fields__:  # type: ignore[attr-defined]
        if name not in (*PLACE, *COMMON, "originator_topic"):
            yield Field(name=name, type=annotations[name], comment=comments.get(name, ""))


def _source(event_class: type) -> str:
    try:
        return inspect.getsource(event_class)
    except (OSError, TypeError):  # one that the library made has no source
        return ""


def _docstring(event_class: type) -> str:
    """What was written, not the signature that a dataclass writes itself."""
    text = inspect.cleandoc(event_class.__doc__ or "")
    return "" if text.startswith(f"{event_class.__name__}(") else text
