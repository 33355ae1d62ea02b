"""`heartwood why`: what led to this fact, from the first cause of its story on?"""

from __future__ import annotations

import re
from typing import Any

import click

from projections.history.names import AsOf, Names, names_given
from projections.history.stories import Kind, Step, Story, in_order, told
from projections.history.stories.words import (
    heading,
    mentions_of,
    position_of,
    sentence_of,
    title,
    took,
    who,
    workspaces_in,
)
from scripts.cli.desk import Desk, Stop, as_json, say

POSITION = re.compile(r"[1-9][0-9]{0,17}")
FACTS_MAX = 2_000
INDENT = "  "


@click.command()
@click.argument("of", metavar="POSITION_OR_STORY")
@as_json
@click.pass_obj
def why(desk: Desk, of: str, as_json: bool) -> None:
    """What led to what: the story of the fact at a position, or the story of this name."""
    name = _story_at(desk, int(of)) if POSITION.fullmatch(of) else of
    with desk.wiring.database.reading() as db:
        facts = in_order(desk.wiring.evidence.of_story(db, name, limit=FACTS_MAX + 1))
        if not facts:
            raise Stop(f"there is no story {name!r}; give the position of a fact, as in heartwood history")
        asked = desk.wiring.outbox.asked_by(db, [(fact.stream, fact.version) for fact in facts])
        story = told(facts[:FACTS_MAX], asked, name=name)
        found = mentions_of(story.steps)
        given = names_given(db, workspaces_in(story.steps))
    for step in story.steps:
        sentence_of(step, AsOf(names=found, given=given, position=position_of(step)))
    names = desk.names(found, {})
    lines = [(step, AsOf(names=names, given=given, position=position_of(step))) for step in story.steps]
    more = len(facts) > FACTS_MAX
    if as_json:
        say({"story": name, "more": more, "steps": [_document(*line) for line in lines]})
        return
    click.secho(f"{heading(story)}.", bold=True)
    for step, known in lines:
        click.echo(_line(step, known, story))
    if more:
        click.echo(f"Only its first {FACTS_MAX:,} facts are told.", err=True)


def _story_at(desk: Desk, position: int) -> str:
    """In the log of agencies."""
    with desk.wiring.database.connection() as db:
        row = db.execute(
            "SELECT story FROM event_index WHERE log = 'agency' AND position = %s", (position,)
        ).fetchone()
    if row is None:
        raise Stop(f"there is no fact at position {position} of the log of agencies")
    return str(row["story"])


def _line(step: Step, names: Names, story: Story) -> str:
    at = f"{step.at:%Y-%m-%d %H:%M:%S}Z" if step.at else " " * 20
    later = took(step, story)
    behind = f" ({later})" if later else f" (because of {step.cause})" if step.cause else ""
    return f"{step.number:>4}  {at}  {INDENT * step.depth}{sentence_of(step, names)}{behind}"


def _document(step: Step, names: Names) -> dict[str, Any]:
    fact = step.fact if step.kind is Kind.FACT else None
    return {
        "number": step.number,
        "kind": step.kind,
        "title": title(step),
        "sentence": sentence_of(step, names),
        "because_of": step.cause,
        "at": step.at,
        "after": step.after,
        "known_as": step.known_as,
        "actor": step.actor,
        "actor_name": who(step, names) or None,
        "log": fact.log if fact else None,
        "position": fact.position if fact else None,
        "stream": fact.stream if fact else None,
        "version": fact.version if fact else None,
    }
