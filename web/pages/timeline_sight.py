"""Sight: whose timeline is it, what of it may the one who asks see, and by which names?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from uuid import UUID

from flask import abort, url_for

from domain.facts_shown import NEEDED
from domain.permissions import Permission
from projections.catalogue import TIMELINE
from projections.hidden import NOTHING, Hidden
from projections.history.names import (
    AsOf,
    KnownNames,
    NamesGiven,
    actors_in,
    digests_in_tree,
    members_ever_in,
    names_within,
    people_in,
    strangers_to,
    trees_ever_of,
)
from projections.timeline import LISTED, TimelineFilter, TimelinePage, TimelineRow
from web.access import anchor_or_404, db, place_or_404
from web.pages.here import here_or_404, leads_tree
from web.pages.hidden_facts import hidden_from
from web.pages.timeline_filter import Asked, asked
from web.pages.timeline_lines import Line, SeenFromInside, closed_line, names_of, open_line, people_known_here
from web.pages.timeline_search import words_of
from web.services import services

OF_WORKSPACES = sorted(NEEDED.keys() & LISTED)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """whole: whether every line may be seen as it is stored. insiders: who is or was of the workspace, and
    so is known by name to its own people."""

    subject_id: UUID
    workspace_id: UUID  # the workspace itself; of a tree the anchor
    tree_id: UUID | None  # if it is a tree's
    above_id: UUID | None = None  # the tree that a workspace is part of, for who may see all of that
    whole: bool
    knows: Callable[[UUID | None], bool]
    name: str = ""
    hidden: Hidden = NOTHING
    insiders: set[UUID] = field(default_factory=set)
    digests: dict[UUID, str] = field(default_factory=dict)  # how the workspaces of a tree are called

    @property
    def without(self) -> frozenset[str]:
        """What this reader cannot filter by."""
        if self.tree_id is not None:
            return frozenset()
        return frozenset({"workspace"} if self.whole else {"workspace", "story"})

    @property
    def actors(self) -> list[str]:
        if self.tree_id is not None:
            return actors_in(db(), self.tree_id)
        return [f"person:{person_id}" for person_id in self.insiders]

    @property
    def kinds(self) -> list[str]:
        if self.tree_id is not None:
            return TIMELINE.names_of_tree(db(), self.tree_id)
        return [name for name in OF_WORKSPACES if not self.hidden.hides_all(name)]

    def url(self, **given: Any) -> str:
        if self.tree_id is not None:
            return url_for("pages.timeline_of_tree", tree_id=self.tree_id, **given)
        return url_for("pages.timeline_of_workspace", workspace_id=self.workspace_id, **given)

    def url_above(self, **given: Any) -> str:
        """The timeline of all that a workspace is part of."""
        return url_for("pages.timeline_of_tree", tree_id=self.above_id, **given)

    def url_of(self, place: str, **given: Any) -> str:
        """The page of one fact."""
        if self.tree_id is not None:
            return url_for("pages.fact_of_tree", tree_id=self.tree_id, place=place, **given)
        return url_for("pages.fact_of_workspace", workspace_id=self.workspace_id, place=place, **given)

    def asked(self) -> Asked:
        """What the address asks for, with its words in it; a client asks about the workspace's own people."""
        request_for = asked(without=self.without)
        which = request_for.which
        if not self.whole:
            if which.actor not in (None, *self.actors):
                abort(400, "This timeline can be filtered by its own members only.")
            if which.person_id is not None and which.person_id not in self.insiders:
                abort(400, "This timeline can be filtered by its own members only.")
        if not request_for.text:
            return request_for
        return replace(request_for, which=self.with_words(which, request_for.text))

    def with_words(self, which: TimelineFilter, text: str) -> TimelineFilter:
        if self.tree_id is None:
            places, wanted = [self.workspace_id], []
        else:
            places = list(self.digests)
            wanted = [*self.digests.items(), *names_within(db(), self.tree_id, places)]
        people = {*self.insiders, *people_in(db(), places)}
        strangers = strangers_to(db(), places, people)
        named = people_known_here(strangers)(sorted(people))
        called: dict[UUID, str] = {}
        for (workspace_id, _), name in services().vault.texts(wanted).items():
            called[workspace_id] = f"{called.get(workspace_id, '')} {name}"
        words = words_of(
            text,
            people={one: person.name for one, person in named.items()},
            workspaces=called,
            stored=self.whole,
        )
        return replace(which, words=words)

    def page(self, which: TimelineFilter, **part: Any) -> TimelinePage:
        if self.tree_id is not None:
            return TIMELINE.of_tree(db(), self.tree_id, which, **part)
        return TIMELINE.in_workspace(db(), self.workspace_id, which, hidden=self.hidden, **part)

    def lines(self, rows: Sequence[TimelineRow], names: KnownNames, given: NamesGiven) -> list[Line]:
        return [
            open_line(row, AsOf(names=names, given=given, position=row.position))
            if self.knows(row.tree_id)
            else closed_line(
                row,
                SeenFromInside(names=names, given=given, position=row.position, insiders=self.insiders),
            )
            for row in rows
        ]

    def line(self, row: TimelineRow) -> Line:
        return self.lines([row], *names_of([row]))[0]


def sight_of_tree(tree_id: UUID) -> Sight:
    anchor_id = anchor_or_404(tree_id, Permission.SEE_TREE).workspace_id
    return Sight(
        subject_id=tree_id,
        workspace_id=anchor_id,
        tree_id=tree_id,
        whole=True,
        knows=lambda _: True,
        digests=digests_in_tree(db(), tree_id),
    )


def sight_of_workspace(workspace_id: UUID) -> Sight:
    here = here_or_404(workspace_id, Permission.SEE_TIMELINE)
    knows = _knows(here.leads)
    return Sight(
        subject_id=workspace_id,
        workspace_id=workspace_id,
        tree_id=None,
        above_id=here.row.tree_id if here.leads else None,
        whole=here.leads and all(knows(tree_id) for tree_id in trees_ever_of(db(), workspace_id)),
        knows=knows,
        name=here.name,
        hidden=hidden_from(place_or_404(workspace_id, Permission.SEE_TIMELINE), db()),
        insiders=members_ever_in(db(), workspace_id),
    )


def _knows(leads: bool) -> Callable[[UUID | None], bool]:
    """Whether the reader leads the tree that a fact belongs to.

    A former child keeps its history, but its people never led the agency that it came from.
    """

    @cache
    def knows(tree_id: UUID | None) -> bool:
        return leads if tree_id is None else leads_tree(tree_id)

    return knows
