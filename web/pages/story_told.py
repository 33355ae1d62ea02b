"""A story as far as one reader may know it: what they lead, or what is of their own workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from domain.fact import Fact
from domain.ids import stream_of_notice
from domain.permissions import Permission, may
from projections.hidden import NOTHING, Hidden
from projections.history.names import AsOf, Names, members_ever_in, names_given, person_in, strangers_to
from projections.history.stories import Kind, Step, Story, in_order, told
from projections.history.stories.words import (
    heading,
    mentions_of,
    position_of,
    sentence_of,
    took,
    who,
    workspaces_in,
)
from projections.timeline import TimelineRow
from web.access import db, place_of, places_of, read_of, read_place
from web.pages.here import leads_tree
from web.pages.story_drawn import Drawn, drawn
from web.pages.timeline_lines import SeenFromInside, people_known_here
from web.services import services

FACTS_MAX = 400  # of a story, that a page tells
NOTICE = "notice:"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A step as one reader may see it."""

    step: Step
    sentence: str
    who: str
    took: str | None
    asked_about: bool  # whether this is the fact whose story it is


@dataclass(frozen=True, kw_only=True)
class StoryTold:
    """A story as one reader may see it, as a list and as a picture."""

    story: Story
    heading: str
    lines: Sequence[Told]
    drawn: Drawn
    more_than: int | None  # facts that are shown, where there are more


def story_told(
    name: str,
    *,
    about: TimelineRow | None = None,
    inside: UUID | None = None,
    hidden: Hidden = NOTHING,
) -> StoryTold:
    """All that the reader leads; with `inside`, for the people of that workspace, what is their own and
    not `hidden` from them."""
    found = [fact for fact in _facts_of(name, inside) if not hidden.hides(fact.topic, fact.tree_id)]
    facts = found[:FACTS_MAX]
    read_of(*{fact.stream for fact in facts})
    insiders = members_ever_in(db(), inside) if inside is not None else set()
    story = told(
        facts,
        services().asked_by(db(), [(fact.stream, fact.version) for fact in facts]),
        name=name if inside is None else None,
        closed=lambda fact: inside is not None and person_in(fact.event.actor) not in insiders,
    )
    names_of = _names_of(story, inside, insiders)
    return StoryTold(
        story=story,
        heading=heading(story),
        lines=[_line(step, story, names_of(step), about) for step in story.steps],
        drawn=drawn(story, lambda one: _place(one, names_of(one)), lambda one: _small(one, names_of(one))),
        more_than=len(facts) if len(found) > len(facts) else None,
    )


def _facts_of(name: str, inside: UUID | None) -> list[Fact]:
    """One more than a page tells, where there are more."""
    if inside is None:
        _read_all_led()
        if name.startswith(NOTICE):
            read_of(stream_of_notice(name.removeprefix(NOTICE)))
    knows = _knows() if inside is None else lambda fact: fact.workspace_id == inside
    found = services().evidence.of_story(db(), name, limit=FACTS_MAX + 1)
    return in_order(fact for fact in found if knows(fact))[: FACTS_MAX + 1]


def _read_all_led() -> None:
    """A story may be about more than one place; whoever leads each of them reads it whole."""
    for place in places_of():
        if may(place.standings, Permission.SEE_TREE):
            read_place(place)


def _knows() -> Callable[[Fact], bool]:
    """Whether the reader leads what a fact is about; the notice behind it is told to whoever leads that."""
    leads = cache(leads_tree)

    @cache
    def leads_place(workspace_id: UUID) -> bool:
        place = place_of(workspace_id)
        return place is not None and may(place.standings, Permission.SEE_TREE)

    def knows(fact: Fact) -> bool:
        if fact.tree_id is not None:
            return leads(fact.tree_id)
        if fact.workspace_id is not None:
            return leads_place(fact.workspace_id)
        return fact.name.startswith("StripeNotice.")

    return knows


def _names_of(story: Story, inside: UUID | None, insiders: set[UUID]) -> Callable[[Step], Names]:
    """The names for each step, as they were at its fact."""
    found = mentions_of(story.steps)
    given = names_given(db(), workspaces_in(story.steps))
    for step in story.steps:
        sentence_of(step, AsOf(names=found, given=given, position=position_of(step)))
    strangers = strangers_to(db(), found.workspaces, found.people)
    texts = services().vault.texts
    names = found.looked_up(people=people_known_here(strangers), texts=texts, digests={})

    def names_of(step: Step) -> Names:
        if inside is None:
            return AsOf(names=names, given=given, position=position_of(step))
        return SeenFromInside(names=names, given=given, position=position_of(step), insiders=insiders)

    return names_of


def _line(step: Step, story: Story, names: Names, about: TimelineRow | None) -> Told:
    fact = step.fact if step.kind is Kind.FACT else None
    return Told(
        step=step,
        sentence=sentence_of(step, names),
        who=who(step, names),
        took=took(step, story),
        asked_about=_is_the_same(fact, about),
    )


def _is_the_same(fact: Fact | None, row: TimelineRow | None) -> bool:
    if fact is None or row is None:
        return False
    return (fact.stream, fact.version) == (row.stream, row.version)


def _place(step: Step, names: Names) -> str:
    """The workspace that a fact happened in."""
    is_fact = step.kind is Kind.FACT and step.fact is not None and step.fact.name.startswith("Workspace.")
    return names.workspace(step.fact.stream) if is_fact and step.fact else ""


def _small(step: Step, names: Names) -> str:
    at = f"{step.at:%H:%M:%S}" if step.at else ""
    return " · ".join(part for part in (who(step, names), at) if part)
