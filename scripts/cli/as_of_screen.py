"""`heartwood as-of --screen`: which rows did a screen of a tree or a workspace show at a moment?"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from adapters.postgres.logs import AGENCY, METERING, head
from adapters.postgres.naming import Named
from domain.moments import Moment, NoSuchMoment, NotTold
from projections.catalogue import ACCESS
from projections.history.names import KnownNames, Mentions
from projections.screens import Screen, shown
from scripts.cli.desk import Desk, Stop, say
from scripts.cli.plain import plain
from scripts.cli.subjects import Subject


def show_screen(
    desk: Desk, subject: Subject, screen: Screen, at: datetime | None, position: int | None, as_json: bool
) -> None:
    database, past = desk.wiring.database, desk.wiring.past
    with database.reading() as db:
        workspace_id = _workspace(ACCESS.anchor_of(db, subject.id), subject)
        named = Named(tenants={workspace_id, *ACCESS.led_by(db, workspace_id)})
    try:
        with database.reading(named) as db:
            if position is not None:
                moment = past.at_position(db, position)
            elif at is not None:
                moment = past.at_instant(db, at, desk.wiring.clock())
            else:
                moment = past.at_place(db, head(db, AGENCY), head(db, METERING))
        with past.reading(named, moment) as then:
            found = shown(then, screen, workspace_id, moment.at, leads=True)
    except (NoSuchMoment, NotTold) as error:
        raise Stop(str(error)) from error
    if found is None:
        raise Stop(f"workspace {workspace_id} had no screen {screen} at position {moment.position}")
    _say(desk, workspace_id, screen, moment, plain(found), as_json)


def _workspace(anchor_id: UUID | None, subject: Subject) -> UUID:
    """The screens of a tree are its anchor's."""
    return anchor_id if anchor_id is not None and subject.kind == "tree" else subject.id


def _say(
    desk: Desk, workspace_id: UUID, screen: Screen, moment: Moment, parts: dict[str, Any], as_json: bool
) -> None:
    names = _names(desk, parts)
    place = {"position": moment.position, "metering_position": moment.counted, "at": moment.at}
    if as_json:
        say({"workspace_id": workspace_id, "screen": screen, **place, "shown": parts, "names": names})
        return
    click.echo(f"{screen} of {workspace_id}")
    click.echo(f"as of position {moment.position}, {moment.at:%Y-%m-%d %H:%M:%S}Z")
    for part, rows in parts.items():
        click.echo(f"{part}:" if rows not in (None, []) else f"{part}: none")
        for row in rows if isinstance(rows, list) else [rows] if rows is not None else []:
            click.echo(f"  {_readable(row, names)}")


def _names(desk: Desk, parts: dict[str, Any]) -> dict[str, str]:
    """What the ids of people and workspaces stand for; workspaces as they were called then."""
    found, digests = Mentions(), dict[UUID, str]()
    for row in _rows(parts):
        if "person_id" in row:
            found.people.add(UUID(row["person_id"]))
        if "name_digest" in row:
            digests[UUID(row["workspace_id"])] = row["name_digest"]
    for workspace_id in digests:
        found.workspace(workspace_id)
    names: KnownNames = desk.names(found, digests)
    people = {str(one): names.person(one) for one in sorted(found.people)}
    return people | {str(one): names.workspace(one) for one in sorted(digests)}


def _rows(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [row for one in value for row in _rows(one)]
    if isinstance(value, dict):
        return [value, *(row for one in value.values() for row in _rows(one))]
    return []


def _readable(row: Any, names: dict[str, str]) -> str:
    fields = row.items() if isinstance(row, dict) else [("", row)]
    text = ", ".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in fields)
    for known, name in names.items():
        text = text.replace(known, f"{known} ({name})")
    return text
