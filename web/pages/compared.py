"""Differences as one reader may know them: in words, with links to the events that made them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import url_for

from domain.fact import Fact
from domain.tree import Tree
from domain.what_if.told import BEYOND
from projections.compared.comparing import Compared
from projections.compared.differences import FieldDiffers, RowDiffers
from projections.compared.fields import HEADINGS, SHOWN
from projections.compared.told import Reader
from projections.compared.words import (
    About,
    as_of,
    fact_words,
    insiders_in,
    mentioned,
    names_in,
    numbers_in,
    row_words,
    strangers_in,
    value_words,
)
from projections.history.names import LATEST, KnownNames, digests_of
from projections.screens import Screen
from web.pages.here import Here, leads_tree
from web.pages.timeline_lines import SeenFromInside, people_known_here
from web.services import services

Told = tuple[str, Fact, Fact]  # its kind, the fact, and the one by which it is found in a timeline
Events = Callable[[int, FieldDiffers], Sequence[Told]]

EVENTS_MAX = 8  # of one field that are told: the newest; of the others the number


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact, in a sentence without its full stop; `url` is its place in a timeline, if it has one."""

    told: str
    at: datetime
    log: str
    position: int
    url: str | None
    kind: str = ""  # of a comparison with what is supposed: whether it happened, or would have


@dataclass(frozen=True, kw_only=True)
class FieldTold:
    label: str
    before: str
    after: str
    events: list[Event]
    more: int  # events that are not listed


@dataclass(frozen=True, kw_only=True)
class RowTold:
    words: str
    state: str  # new, gone or changed
    fields: list[FieldTold]


@dataclass(frozen=True, kw_only=True)
class ScreenTold:
    title: str
    rows: list[RowTold]


class Telling:
    """The names of a comparison, looked up once."""

    def __init__(self, here: Here, reader: Reader, found: Compared, more: Iterable[Fact] = ()) -> None:
        self.here = here
        self.reader = reader
        self.trees = {
            fact.stream
            for fact in found.told
            if isinstance(fact.event, Tree.Founded) and fact.event.anchor_id == here.workspace_id
        }
        self.given = names_in(found.told)
        self.insiders = insiders_in(found.told)
        whole = here.leads and all(self._knows(one.tree_id) for one in found.told if one.tree_id is not None)
        facts = [fact for row in found.rows for fact in row.facts] + list(more)
        asked = mentioned(found.rows, facts)
        given = as_of(asked, self.given)
        for fact in facts:
            fact_words(fact, given)
        self.names: KnownNames = asked.looked_up(
            people=people_known_here(strangers_in(found.told)),
            texts=services().vault.texts,
            digests=digests_of(found.told),
        )
        self.about = About(
            names=self._seen(LATEST, open_=whole),
            trees=frozenset(map(str, self.trees)),
            numbers=numbers_in(row.row for row in found.rows),
        )

    def screens(self, rows: Sequence[RowDiffers], events: Events | None = None) -> list[ScreenTold]:
        """`events` says which facts are told of a field, where it is not simply those that changed it."""
        told = [(SHOWN[row.table].screen, self._row(row, number, events)) for number, row in enumerate(rows)]
        return [
            ScreenTold(title=HEADINGS[screen], rows=[row for _, row in of_screen])
            for screen, of_screen in groupby(sorted(told, key=lambda one: _order(one[0])), lambda one: one[0])
        ]

    def event(self, fact: Fact, found_at: Fact | None = None, kind: str = "") -> Event:
        """`found_at` is the fact of the record that it repeats."""
        open_ = self.here.leads and (fact.tree_id is None or self._knows(fact.tree_id))
        return Event(
            told=fact_words(fact, lambda position: self._seen(position, open_=open_)),
            at=fact.event.timestamp,
            log=fact.log,
            position=fact.position,
            url=self._url(found_at or fact),
            kind=kind,
        )

    def _row(self, row: RowDiffers, number: int, events: Events | None) -> RowTold:
        state = "new" if row.before is None else "gone" if row.after is None else "changed"
        fields = []
        for one in row.fields:
            facts = [("", fact, fact) for fact in one.facts] if events is None else events(number, one)
            fields.append(self._field(row, one, facts))
        return RowTold(words=row_words(row, self.about), state=state, fields=fields)

    def _field(self, row: RowDiffers, one: FieldDiffers, facts: Sequence[Told]) -> FieldTold:
        return FieldTold(
            label=SHOWN[row.table].fields[one.name].label,
            before=value_words(row, one.name, one.before, self.about),
            after=value_words(row, one.name, one.after, self.about),
            events=[self.event(fact, place, kind) for kind, fact, place in facts[-EVENTS_MAX:]],
            more=max(len(facts) - EVENTS_MAX, 0),
        )

    def _seen(self, position: int, *, open_: bool) -> Any:
        at = as_of(self.names, self.given)(position)
        if open_:
            return at
        given = {"names": self.names, "given": self.given, "position": position}
        return SeenFromInside(**given, insiders=self.insiders)  # type: ignore[arg-type]

    def _knows(self, tree_id: UUID) -> bool:
        return tree_id in self.trees or leads_tree(tree_id)

    def _url(self, fact: Fact) -> str | None:
        """Its page, if it stands in a timeline."""
        if fact.log != "agency" or fact.position >= BEYOND:
            return None
        place = str(fact.position)
        if self.reader.leads and fact.tree_id in self.trees:
            return url_for("pages.fact_of_tree", tree_id=fact.tree_id, place=place)
        if fact.workspace_id == self.here.workspace_id:
            return url_for("pages.fact_of_workspace", workspace_id=fact.workspace_id, place=place)
        return None


def _order(screen: Screen) -> int:
    return list(HEADINGS).index(screen)
