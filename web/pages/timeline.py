"""Timeline: what happened in an agency or in one workspace, for whoever may know it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for

from domain.permissions import Permission
from projections.catalogue import SUBSCRIPTIONS, TIMELINE
from projections.history.kinds import kind
from projections.history.names import (
    AsOf,
    KnownNames,
    Names,
    NamesGiven,
    People,
    actors_in,
    digests_in_tree,
    members_ever_in,
    names_given,
    person_in,
    strangers_to,
    trees_ever_of,
)
from projections.history.telling import BY_NAME, line_of_row, mentions, sentence
from projections.timeline import TimelineRow
from web.access import anchor_or_404, db
from web.pages.blueprint import pages
from web.pages.here import here_or_404, leads_tree
from web.pages.timeline_filter import Asked, address_of, asked
from web.services import services

PAGE_LINES = 50
THE_AGENCY = "the agency"
ENDS = ("Tree.SubscriptionEnded", "Workspace.Downgraded")
OF_WORKSPACES = [
    name
    for name in BY_NAME
    if name.startswith(("Workspace.", "QuotaNotice.", "Correction.", "SupportLook.", "Export."))
]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A fact as one reader may see it; `raw` and `story` are not for everybody."""

    row: TimelineRow
    told: str
    actor: str
    story: str | None
    raw: str | None
    downgrade_url: str | None


@dataclass(frozen=True, kw_only=True)
class SeenFromInside(AsOf):
    """Names for the people of a child: whoever acts there without being of them is the agency."""

    insiders: set[UUID]

    def actor(self, actor: str) -> str:
        return super().actor(actor) if person_in(actor) in self.insiders else THE_AGENCY


@pages.get("/trees/<uuid:tree_id>/timeline")
def timeline_of_tree(tree_id: UUID) -> str:
    anchor_id = anchor_or_404(tree_id, Permission.SEE_TREE).workspace_id
    request_for = asked()
    rows = TIMELINE.of_tree(
        db(), tree_id, request_for.which, before=request_for.before, limit=PAGE_LINES + 1
    ).rows
    actors, digests = actors_in(db(), tree_id), digests_in_tree(db(), tree_id)
    names, given = _names(rows, digests=digests, actors=actors)
    return _page(
        request_for,
        rows,
        lines=[
            _open_line(row, AsOf(names=names, given=given, position=row.position))
            for row in rows[:PAGE_LINES]
        ],
        title=f"Timeline of the agency of {names.workspace(anchor_id)}",
        kinds=TIMELINE.names_of_tree(db(), tree_id),
        actors=[(actor, names.actor(actor)) for actor in actors],
        workspaces=[(one, names.workspace(one)) for one in digests],
        whole=True,
        downgrade_url=url_for("pages.downgrade", tree_id=tree_id),
        ended=_has_ended(tree_id),
    )


@pages.get("/w/<uuid:workspace_id>/timeline")
def timeline_of_workspace(workspace_id: UUID) -> str:
    here = here_or_404(workspace_id, Permission.SEE_TIMELINE)
    knows = _knows(here.leads)
    whole = here.leads and all(knows(tree_id) for tree_id in trees_ever_of(db(), workspace_id))
    request_for = asked(without=frozenset({"workspace"} if whole else {"workspace", "story"}))
    insiders = members_ever_in(db(), workspace_id)
    actors = [f"person:{person_id}" for person_id in insiders]
    if not whole and request_for.which.actor not in (None, *actors):
        abort(400, "This timeline can be filtered by its own members only.")
    rows = TIMELINE.in_workspace(
        db(), workspace_id, request_for.which, before=request_for.before, limit=PAGE_LINES + 1
    ).rows
    names, given = _names(rows, digests={}, actors=actors)
    return _page(
        request_for,
        rows,
        lines=[
            _open_line(row, AsOf(names=names, given=given, position=row.position))
            if knows(row.tree_id)
            else _closed_line(
                row, SeenFromInside(names=names, given=given, position=row.position, insiders=insiders)
            )
            for row in rows[:PAGE_LINES]
        ],
        title=f"Timeline of {here.name}",
        kinds=OF_WORKSPACES,
        actors=[(actor, names.actor(actor)) for actor in actors],
        workspaces=[],
        whole=whole,
        downgrade_url=None,
    )


def _has_ended(tree_id: UUID) -> bool:
    subscription = SUBSCRIPTIONS.of_tree(db(), tree_id)
    return subscription is not None and subscription.ended_at is not None


def _knows(leads: bool) -> Callable[[UUID | None], bool]:
    """Whether the reader leads the tree that a fact belongs to.

    A former child keeps its history, but its people never led the agency that it came from.
    """

    @cache
    def knows(tree_id: UUID | None) -> bool:
        return leads if tree_id is None else leads_tree(tree_id)

    return knows


def _names(
    rows: Sequence[TimelineRow], *, digests: Mapping[UUID, str], actors: Sequence[str]
) -> tuple[KnownNames, NamesGiven]:
    """What the page names, and when each workspace of its lines was called how."""
    lines = [(row.position, line_of_row(row)) for row in rows[:PAGE_LINES]]
    found = mentions(line for _, line in lines)
    given = names_given(
        db(), ((one, position) for position, line in lines for one in mentions([line]).workspaces)
    )
    for position, line in lines:
        sentence(line, AsOf(names=found, given=given, position=position))
    found.workspaces |= set(digests)
    found.people |= {person_id for actor in actors if (person_id := person_in(actor))}
    people = people_known_here(strangers_to(db(), found.workspaces, found.people))
    return found.looked_up(people=people, texts=services().vault.texts, digests=digests), given


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


def _open_line(row: TimelineRow, names: Names) -> Line:
    position = row.behind or row.position
    place = {"fact": row.name, "position": position, "stream": str(row.stream), "version": row.version}
    fields = dict(sorted(row.fields.items()))
    return Line(
        row=row,
        told=sentence(line_of_row(row), names),
        actor=names.actor(row.actor),
        story=row.story,
        raw=json.dumps(place | fields, indent=2, ensure_ascii=False),
        downgrade_url=url_for("pages.downgrade", tree_id=row.tree_id) if row.name in ENDS else None,
    )


def _closed_line(row: TimelineRow, inside: SeenFromInside) -> Line:
    told, actor = sentence(line_of_row(row), inside), inside.actor(row.actor)
    if row.name.startswith("SupportLook."):  # who looked is not of the agency either, and does so by name
        actor = inside.names.actor(row.actor)
    return Line(row=row, told=told, actor=actor, story=None, raw=None, downgrade_url=None)


def _page(
    request_for: Asked,
    rows: Sequence[TimelineRow],
    *,
    lines: list[Line],
    title: str,
    kinds: Sequence[str],
    actors: list[tuple[str, str]],
    workspaces: list[tuple[UUID, str]],
    whole: bool,
    downgrade_url: str | None,
    ended: bool = False,
) -> str:
    older = _address(request_for, before=address_of(lines[-1].row.place)) if len(rows) > PAGE_LINES else None
    return render_template(
        "timeline.html",
        title=title,
        lines=lines,
        given=request_for.given,
        kinds=sorted(((one, kind(one)) for one in kinds), key=lambda one: one[1].casefold()),
        actors=sorted(actors, key=lambda one: one[1].casefold()),
        workspaces=sorted(workspaces, key=lambda one: one[1].casefold()),
        whole=whole,
        downgrade_url=downgrade_url,
        ended=ended,
        older_url=older,
        newest_url=_address(request_for) if request_for.before else None,
    )


def _address(request_for: Asked, **more: Any) -> str:
    given: dict[str, Any] = {**(request.view_args or {}), **request_for.given, **more}
    return url_for(request.endpoint or "", **given)
