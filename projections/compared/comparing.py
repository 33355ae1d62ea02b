"""Comparing: the rows of a tenant at two moments, or of what happened and of what is supposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Protocol

from domain.changes import Change, Rows
from domain.fact import Fact
from domain.moments import Moment
from domain.what_if.deeds import Supposition
from domain.what_if.life import Copy, suppose
from domain.what_if.told import Origin, Step, Supposed
from projections.compared.differences import FieldDiffers, Keys, RowDiffers, differences
from projections.compared.told import Reader, Told

AGENCY, METERING = "agency", "metering"
COPIED_MAX = 100_000  # facts that a supposed history may have

Db = Any


class TooLong(Exception):
    """More facts than a page can suppose something of."""


class Noting(Protocol):
    """Tables of a reading's own, which note what each fact changes in them."""

    def tables(self, tenants: Iterable[Any]) -> AbstractContextManager[Db]: ...
    def facts(self, db: Db, log: str, after: int, upto: int) -> Iterator[Fact]: ...
    def feed(self, db: Db, facts: Iterable[Fact]) -> None: ...
    def feed_noted(self, db: Db, facts: Sequence[Fact]) -> list[Change]: ...
    def aside(self, db: Db) -> AbstractContextManager[None]: ...
    def rows(self, db: Db) -> Rows: ...
    def keys(self, db: Db) -> Keys: ...


@dataclass(frozen=True, kw_only=True)
class Compared:
    """`told` are the facts by which the rows came about, for the names that they gave."""

    rows: list[RowDiffers]
    told: list[Fact]


def compare(noting: Noting, reader: Reader, before: Moment, after: Moment) -> Compared:
    """What differs between two moments, the earlier one first, and the facts that made it so."""
    told = Told(reader=reader)
    with noting.tables(reader.tenants) as db:
        told.take(noting.facts(db, AGENCY, 0, after.position))
        noting.feed(db, _upto(told.facts, before.position))
        noting.feed(db, _usage(noting, db, told, 0, before.counted))
        first = told.known(noting.rows(db))
        later = [
            *(fact for fact in told.facts if fact.position > before.position),
            *_usage(noting, db, told, before.counted, after.counted),
        ]
        changes = noting.feed_noted(db, later)
        last = told.known(noting.rows(db))
        found = differences(first, last, changes, noting.keys(db), inside=not reader.leads)
    return Compared(rows=found, told=told.facts)


@dataclass(frozen=True, kw_only=True)
class WhatIf(Compared):
    """`happened` and `would` tell, for a row and a field, of the facts that were and that would have been."""

    supposed: Supposed
    happened: dict[tuple[int, str], tuple[Fact, ...]]
    would: dict[tuple[int, str], tuple[Step, ...]]


def what_if(
    noting: Noting,
    copy_of: Callable[[list[Fact]], Copy],
    reader: Reader,
    at: Moment,
    until: Moment,
    supposition: Callable[[Copy], Supposition],
) -> WhatIf:
    """What happened until a later moment beside what would have happened by then; nothing is kept of it."""
    told = Told(reader=reader)
    with noting.tables(reader.tenants) as db:
        told.take(noting.facts(db, AGENCY, 0, until.position))
        usage = _usage(noting, db, told, 0, until.counted)
        before, later = divided(told.facts, usage, at)
        copy = copy_of(before)
        supposed = suppose(copy, supposition(copy), before, later, until.at)
        if supposed.refusal is not None or supposed.changed_nothing:
            return WhatIf(rows=[], told=told.facts, supposed=supposed, happened={}, would={})
        noting.feed(db, before)
        with noting.aside(db):
            happened = noting.feed_noted(db, later)
            as_it_was = told.known(noting.rows(db))
        would = noting.feed_noted(db, [step.fact for step in supposed.steps])
        keys = noting.keys(db)
        as_it_would = told.known(noting.rows(db))
        found = differences(as_it_was, as_it_would, would, keys)
        there = differences(as_it_would, as_it_was, happened, keys)
    return _side_by_side(found, there, told.facts, supposed)


def _side_by_side(
    found: list[RowDiffers], there: list[RowDiffers], told: list[Fact], supposed: Supposed
) -> WhatIf:
    """What was done in both is no reason why they differ, unless there is no other."""
    steps = {(step.fact.log, step.fact.position): step for step in supposed.steps}
    happened: dict[tuple[int, str], tuple[Fact, ...]] = {}
    would: dict[tuple[int, str], tuple[Step, ...]] = {}
    for number, (row, was) in enumerate(zip(found, there, strict=True)):
        for one, other in zip(row.fields, was.fields, strict=True):
            here = [steps[fact.log, fact.position] for fact in one.facts]
            both = _done_in_both(here, other)
            own = tuple(step for step in here if _of(step) not in both)
            theirs = tuple(fact for fact in other.facts if (fact.log, fact.position) not in both)
            same = not own and not theirs
            would[number, one.name] = tuple(here) if same else own
            happened[number, one.name] = other.facts if same else theirs
    return WhatIf(rows=found, told=told, supposed=supposed, happened=happened, would=would)


def _done_in_both(steps: Iterable[Step], other: FieldDiffers) -> set[tuple[str, int]]:
    there = {(fact.log, fact.position) for fact in other.facts}
    return {_of(step) for step in steps if step.origin is Origin.RECORD} & there


def _of(step: Step) -> tuple[str, int]:
    """The place in the record of what a step does once more."""
    if step.of is None:
        return "", 0
    return step.of.log, step.of.position


def _upto(facts: Iterable[Fact], position: int) -> Iterator[Fact]:
    return (fact for fact in facts if fact.position <= position)


def _usage(noting: Noting, db: Db, told: Told, after: int, upto: int) -> Iterator[Fact]:
    return (fact for fact in noting.facts(db, METERING, after, upto) if told.counts(fact.event))


def divided(agency: list[Fact], usage: Iterable[Fact], at: Moment) -> tuple[list[Fact], list[Fact]]:
    """The facts of both logs up to a moment and after it, told in one order: that of the clock, but for facts
    of one log, which stay as they are. What was appended together is never divided."""
    facts = [*islice(merge(agency, usage, key=_instant), COPIED_MAX + 1)]
    if len(facts) > COPIED_MAX:
        raise TooLong(f"the history has more than {COPIED_MAX:,} facts")
    place = {AGENCY: at.position, METERING: at.counted}
    before = [fact for fact in facts if fact.append <= place[fact.log]]
    return before, [fact for fact in facts if fact.append > place[fact.log]]


def _instant(fact: Fact) -> datetime:
    found: datetime = fact.event.timestamp
    return found
