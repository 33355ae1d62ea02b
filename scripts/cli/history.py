"""`heartwood history`: what happened in a tree or a workspace, in order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import click

from domain.fact import Fact
from domain.tree import Tree
from projections.history.names import KnownNames
from projections.history.telling import line_of, mentions, sentence
from scripts.cli.desk import Desk, as_json, say
from scripts.cli.subjects import IdType, InstantType, Subject, subject_of

LIMIT_DEFAULT = 100
LIMIT_MAX = 100_000
EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


@click.command()
@click.argument("id", metavar="TREE_OR_WORKSPACE_ID", type=IdType())
@click.option(
    "--limit",
    type=click.IntRange(1, LIMIT_MAX),
    default=LIMIT_DEFAULT,
    show_default=True,
    help="At most so many facts, the last ones.",
)
@click.option("--since", type=InstantType(), help="From this instant or day on.")
@click.option("--until", type=InstantType(ends=True), help="Before this instant, or to the end of this day.")
@as_json
@click.pass_obj
def history(
    desk: Desk, id: str, limit: int, since: datetime | None, until: datetime | None, as_json: bool
) -> None:
    """What happened in a tree or a workspace, the oldest first."""
    since, until = since or EARLIEST, until or LATEST
    if until <= since:
        raise click.UsageError("The period ends before it begins: --until must be later than --since.")
    subject = subject_of(desk.wiring.database, id)
    facts = facts_of(desk, subject)
    told = facts if subject.kind == "workspace" else _of_the_tree(facts, subject.id)
    fitting = [fact for fact in told if since <= fact.event.timestamp < until]
    shown = fitting[-limit:]
    found = mentions(line_of(fact) for fact in shown)
    if subject.kind == "workspace":
        found.workspace(subject.id)
    names = desk.names_in(found, facts)
    if as_json:
        name = names.workspace(subject.id) if subject.kind == "workspace" else None
        about = {"kind": subject.kind, "id": subject.id, "name": name}
        say({"subject": about, "total": len(fitting), "facts": [_told(fact, names) for fact in shown]})
        return
    for fact in shown:
        at = f"{fact.event.timestamp:%Y-%m-%d %H:%M:%S}Z"
        click.echo(f"{at}  {fact.position:>6}  {sentence(line_of(fact), names)}.")
    if not fitting:
        click.echo("Nothing happened in that period.", err=True)
    if len(shown) < len(fitting):
        click.echo(f"{len(fitting) - len(shown)} older ones are not shown; see --limit.", err=True)


def facts_of(desk: Desk, subject: Subject) -> list[Fact]:
    evidence = desk.wiring.evidence
    return evidence.of_tree(subject.id) if subject.kind == "tree" else evidence.of_workspace(subject.id)


def _of_the_tree(facts: list[Fact], tree_id: UUID) -> list[Fact]:
    """Without what befell a workspace before it was brought in: that is there for the names it gave."""
    anchors = {fact.event.anchor_id for fact in facts if isinstance(fact.event, Tree.Founded)}
    return [
        fact
        for fact in facts
        if fact.tree_id == tree_id or fact.workspace_id is None or fact.workspace_id in anchors
    ]


def _told(fact: Fact, names: KnownNames) -> dict[str, Any]:
    line, event = line_of(fact), fact.event
    return {
        "position": fact.position,
        "stream": fact.stream,
        "version": fact.version,
        "name": fact.name,
        "at": event.timestamp,
        "actor": event.actor,
        "actor_name": names.actor(event.actor),
        "cause": event.cause,
        "story": event.story,
        "sentence": sentence(line, names),
        "fields": line.fields,
    }
