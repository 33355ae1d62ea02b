"""Which facts are there, with which fields, and what does the code say about each?"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass

import domain
from domain.recorded import Recorded

PLACE = ("originator_id", "originator_version")  # columns beside the stored form
COMMON = ("timestamp", "actor", "cause", "story")  # what every fact carries
BASES = ("Event", "Created")
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


def aggregates() -> list[type[Recorded]]:
    """Every aggregate of the domain, wherever it is."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)
    return sorted(_below(Recorded), key=lambda one: one.__name__)


def fact_kinds(aggregate: type[Recorded]) -> list[FactKind]:
    """In the order in which the code lists them."""
    return [
        FactKind(event_class=member, says=_docstring(member), fields=tuple(_fields(member)))
        for name, member in vars(aggregate).items()
        if isinstance(member, type)
        and issubclass(member, Recorded.Event)
        and name not in ("Event", "Created")
    ]


def all_fact_kinds() -> list[FactKind]:
    return [kind for aggregate in aggregates() for kind in fact_kinds(aggregate)]


def _below(kind: type[Recorded]) -> Iterator[type[Recorded]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


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
