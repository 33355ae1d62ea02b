"""`heartwood as-of`: what did a tree or a workspace know at a version, at an instant or on a screen?"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from domain.fact import Fact
from domain.recorded import fold
from domain.workspace import Workspace
from projections.history.names import Mentions
from projections.screens import Screen
from scripts.cli.as_of_screen import show_screen
from scripts.cli.desk import Desk, Stop, as_json, say
from scripts.cli.plain import state_of
from scripts.cli.subjects import IdType, InstantType, Subject, subject_of


@click.command(name="as-of")
@click.argument("id", metavar="TREE_OR_WORKSPACE_ID", type=IdType())
@click.option("--version", type=click.IntRange(min=1), help="After this many of its own facts.")
@click.option("--at", type=InstantType(), help="At this instant, or at the beginning of this day (UTC).")
@click.option("--position", type=click.IntRange(min=1), help="After this position of the agency log.")
@click.option(
    "--screen", type=click.Choice([one.value for one in Screen]), help="The rows of a screen, not the state."
)
@as_json
@click.pass_obj
def as_of(
    desk: Desk,
    id: str,
    version: int | None,
    at: datetime | None,
    position: int | None,
    screen: str | None,
    as_json: bool,
) -> None:
    """A tree or a workspace as it was, or a screen of it; without a moment, as it is."""
    _refuse_contradictions(version, at, position, screen)
    subject = subject_of(desk.wiring.database, id)
    if screen is not None:
        show_screen(desk, subject, Screen(screen), at, position, as_json)
        return
    facts = _until(subject, desk.wiring.evidence.of_stream(subject.id), version, at)
    aggregate = fold(None, [fact.event for fact in facts])
    state, last = state_of(aggregate), facts[-1]
    names = _names(desk, aggregate, state)
    if as_json:
        say(
            {
                "kind": subject.kind,
                "id": subject.id,
                "version": last.version,
                "last_fact": {"name": last.name, "position": last.position, "at": last.event.timestamp},
                "state": state,
                "names": names,
            }
        )
        return
    click.echo(f"{subject.kind} {subject.id}")
    click.echo(f"version {last.version}, since {last.event.timestamp:%Y-%m-%d %H:%M:%S}Z: {last.name}")
    for name, value in state.items():
        click.echo(f"  {name}: {_readable(value, names)}")


def _refuse_contradictions(
    version: int | None, at: datetime | None, position: int | None, screen: str | None
) -> None:
    if version is not None and at is not None:
        raise click.UsageError("Give --version or --at, not both.")
    if position is not None and at is not None:
        raise click.UsageError("Give --position or --at, not both.")
    if screen is None and position is not None:
        raise click.UsageError("--position is for a --screen; a tree or a workspace has versions.")
    if screen is not None and version is not None:
        raise click.UsageError("A screen has no version: give --position or --at.")


def _until(subject: Subject, facts: list[Fact], version: int | None, at: datetime | None) -> list[Fact]:
    if version is not None and version > len(facts):
        raise Stop(f"{subject.kind} {subject.id} has {len(facts)} versions, not {version}")
    if version is not None:
        return facts[:version]
    if at is None:
        return facts
    until = [fact for fact in facts if fact.event.timestamp <= at]
    if not until:
        began = f"{facts[0].event.timestamp:%Y-%m-%dT%H:%M:%SZ}"
        raise Stop(f"{subject.kind} {subject.id} was not there yet; it began at {began}")
    return facts[: until[-1].version]


def _names(desk: Desk, aggregate: Any, state: dict[str, Any]) -> dict[str, str]:
    """What the ids in the state stand for."""
    found = Mentions()
    if isinstance(aggregate, Workspace):
        invited = {invitation.person_id for invitation in aggregate.invitations.values()}
        found.people = set(aggregate.members) | invited
        workspaces = {aggregate.id, *([aggregate.parent_id] if aggregate.parent_id else [])}
    else:
        workspaces = {UUID(one) for one in (state["anchor_id"], *state["children"])}
    evidence = desk.wiring.evidence
    for workspace_id in workspaces:
        found.workspace(workspace_id)
    facts = [fact for workspace_id in workspaces for fact in evidence.of_workspace(workspace_id)]
    names = desk.names_in(found, facts)
    people = {str(one): names.person(one) for one in found.people}
    return people | {str(one): names.workspace(one) for one in workspaces}


def _readable(value: Any, names: dict[str, str]) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    for known, name in names.items():
        text = text.replace(known, f"{known} ({name})")
    return text
