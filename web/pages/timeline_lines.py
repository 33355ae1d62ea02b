"""Lines of a timeline: facts in words, as one reader may see them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import url_for

from projections.history.kinds import kind
from projections.history.names import (
    AsOf,
    KnownNames,
    Names,
    NamesGiven,
    People,
    names_given,
    person_in,
    strangers_to,
)
from projections.history.telling import line_of_row, mentions, sentence
from projections.timeline import TimelineRow
from web.access import db
from web.pages.timeline_filter import address_of, mark_of
from web.services import services

THE_AGENCY = "the agency"
ENDS = ("Tree.SubscriptionEnded", "Workspace.Downgraded")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A fact as one reader may see it; `open` if they may see it as it is stored, and the story it is of."""

    row: TimelineRow
    told: str
    kind: str
    actor: str
    open: bool
    downgrade_url: str | None

    @property
    def place(self) -> str:
        return address_of(self.row.place)

    @property
    def mark(self) -> str:
        return mark_of(self.row.place)

    @property
    def raw(self) -> str:
        row = self.row
        place = {"fact": row.name, "position": row.behind or row.position}
        stream = {"stream": str(row.stream), "version": row.version}
        fields = dict(sorted(row.fields.items()))
        return json.dumps(place | stream | fields, indent=2, ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class SeenFromInside(AsOf):
    """Names for the people of a child: whoever acts there without being of them is the agency."""

    insiders: set[UUID]

    def actor(self, actor: str) -> str:
        return super().actor(actor) if person_in(actor) in self.insiders else THE_AGENCY


def names_of(
    rows: Sequence[TimelineRow],
    *,
    digests: Mapping[UUID, str] | None = None,
    actors: Iterable[str] = (),
    people: Iterable[UUID] = (),
    there: Any = None,
) -> tuple[KnownNames, NamesGiven]:
    """What a page names, and when each workspace of its lines was called how; asked of what this request
    reads, unless `there` is something else."""
    there, digests = there or db(), digests or {}
    lines = [(row.position, line_of_row(row)) for row in rows]
    found = mentions(line for _, line in lines)
    given = names_given(
        there, ((one, position) for position, line in lines for one in mentions([line]).workspaces)
    )
    for position, line in lines:
        sentence(line, AsOf(names=found, given=given, position=position))
    found.workspaces |= set(digests)
    found.people |= {*people, *(person_id for actor in actors if (person_id := person_in(actor)))}
    strangers = strangers_to(there, found.workspaces, found.people)
    return found.looked_up(
        people=people_known_here(strangers), texts=services().vault.texts, digests=digests
    ), given


def people_known_here(strangers: set[UUID]) -> People:
    """Whoever was only invited is known by the address that was typed: to read what they are called
    elsewhere would tell that they are somewhere else."""

    def people(person_ids: list[UUID]) -> dict[UUID, Any]:
        found = services().vault.people(person_ids)
        return {
            one: replace(person, name=person.email) if one in strangers else person
            for one, person in found.items()
        }

    return people


def open_line(row: TimelineRow, names: Names) -> Line:
    return Line(
        row=row,
        told=sentence(line_of_row(row), names),
        kind=kind(row.name),
        actor=names.actor(row.actor),
        open=True,
        downgrade_url=url_for("pages.downgrade", tree_id=row.tree_id) if row.name in ENDS else None,
    )


def closed_line(row: TimelineRow, inside: SeenFromInside) -> Line:
    told, actor = sentence(line_of_row(row), inside), inside.actor(row.actor)
    if row.name.startswith("SupportLook."):  # who looked is not of the agency either, and does so by name
        actor = inside.names.actor(row.actor)
    return Line(row=row, told=told, kind=kind(row.name), actor=actor, open=False, downgrade_url=None)
