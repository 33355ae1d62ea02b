"""Words of a comparison: what a row is called, how a value reads, and what the facts say that changed it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.changes import Row
from domain.fact import Fact
from domain.workspace import Workspace
from projections.compared.differences import RowDiffers
from projections.compared.fields import SHOWN
from projections.compared.told import ANOTHER
from projections.history import wording
from projections.history.names import LATEST, AsOf, Mentions, Names, NamesGiven
from projections.history.telling import line_of, mentions, sentence

NOTHING = "—"
OWN_AGENCY, OTHER_AGENCY, NO_AGENCY = "this agency", "another agency", "none: it stands alone"

Seen = Callable[[int], Names]  # names as they were at a position of the agency log


@dataclass(frozen=True, kw_only=True)
class About:
    """What values need to be told: names, which trees are the reader's own, and the numbers of invoices."""

    names: Names
    trees: frozenset[str]
    numbers: Mapping[str, str]


def _instant(value: Any, _: About) -> str:
    return wording.instant(datetime.fromisoformat(value))


def _tree(value: Any, about: About) -> str:
    return OWN_AGENCY if value in about.trees else OTHER_AGENCY


def _workspace(value: Any, about: About) -> str:
    return OTHER_AGENCY if value == ANOTHER else about.names.workspace(UUID(value))


READS: dict[str, Callable[[Any, About], str]] = {
    "text": lambda value, _: str(value),
    "instant": _instant,
    "plan": lambda value, _: wording.plan(value),
    "count": lambda value, _: wording.count(value),
    "micros": lambda value, _: wording.micros(value),
    "workspace": _workspace,
    "person": lambda value, about: about.names.person(UUID(value)),
    "actor": lambda value, about: about.names.actor(value),
    "tree": _tree,
    "listed": lambda value, _: ", ".join(value) or "none",
    "yes": lambda value, _: "yes" if value else "no",
    "words": lambda value, _: str(value).replace("_", " "),
    "reason": lambda value, _: wording.reason(value),
    "day": lambda value, _: str(value + 1),
    "percent": lambda value, _: f"{value} %",
    "invoice": lambda value, about: about.numbers.get(value, value),
}


def value_words(row: RowDiffers, name: str, value: Any, about: About) -> str:
    field = SHOWN[row.table].fields[name]
    if field.reads == "tree" and value is None:
        return NO_AGENCY
    if value is None:
        return NOTHING
    if field.reads == "cents":
        return wording.cents(value, row.row.get("currency", "eur"))
    if field.reads == "name":
        return about.names.text(UUID(row.row["workspace_id"]), value)
    return READS[field.reads](value, about)


def row_words(row: RowDiffers, about: About) -> str:
    """`Member Ben, Acme`, `Cycle from 1 March 2026, 09:00 UTC, this agency`."""
    shown = SHOWN[row.table]
    known = (READS[reads](row.row[name], about) for name, reads in shown.known_by)
    return f"{shown.thing} {', '.join(known)}"


# Whom all this names.


def mentioned(rows: Iterable[RowDiffers], facts: Iterable[Fact]) -> Mentions:
    """Everybody whom rows and sentences name; they are looked up all at once."""
    found = mentions(line_of(fact) for fact in facts)
    about = About(names=found, trees=frozenset(), numbers={})
    for row in rows:
        row_words(row, about)
        for one in row.fields:
            value_words(row, one.name, one.before, about)
            value_words(row, one.name, one.after, about)
    return found


def names_in(told: Iterable[Fact]) -> NamesGiven:
    """When each workspace was called how."""
    found: NamesGiven = {}
    for fact in told:
        if isinstance(fact.event, Workspace.Opened | Workspace.Renamed):
            found.setdefault(fact.stream, []).append((fact.position, fact.event.name_digest))
    return found


def insiders_in(told: Iterable[Fact]) -> set[UUID]:
    """Who is or once was a member of one of these workspaces."""
    found: set[UUID] = set()
    for fact in told:
        if isinstance(fact.event, Workspace.Opened):
            found.add(fact.event.owner_id)
        elif isinstance(fact.event, Workspace.MemberJoined):
            found.add(fact.event.person_id)
    return found


def strangers_in(told: Iterable[Fact]) -> set[UUID]:
    """Who was only ever invited, and did nothing there."""
    told = list(told)
    invited = {one.event.person_id for one in told if isinstance(one.event, Workspace.MemberInvited)}
    acted = {fact.event.actor for fact in told if fact.workspace_id is not None}
    return {one for one in invited - insiders_in(told) if f"person:{one}" not in acted}


def numbers_in(rows: Iterable[Row]) -> dict[str, str]:
    return {row["invoice_id"]: row["number"] for row in rows if row.get("number")}


def as_of(names: Names, given: NamesGiven) -> Seen:
    return lambda position: AsOf(names=names, given=given, position=position)


def fact_words(fact: Fact, seen: Seen) -> str:
    """One plain sentence, without the full stop; a fact of the other log in the names of the end."""
    return sentence(line_of(fact), seen(fact.position if fact.log == "agency" else LATEST))
