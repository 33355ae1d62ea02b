"""What an operator names on the command line: a tree or a workspace, and instants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from adapters.postgres.database import Database
from domain.instants import instant_in
from scripts.cli.desk import Stop

KINDS = {"Tree.Founded": "tree", "Workspace.Opened": "workspace"}
AN_ID = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}")


@dataclass(frozen=True, kw_only=True)
class Subject:
    kind: str  # tree or workspace
    id: UUID


class IdType(click.ParamType[Any]):
    """An id, or the beginning of one: at least its first eight characters."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip().lower()
        if not AN_ID.fullmatch(text):
            self.fail(f"{value!r} is no id, nor its first eight characters.", param, ctx)
        return text


class InstantType(click.ParamType[Any]):
    """An instant in ISO 8601; without an offset it is UTC. A day is its beginning, or with `ends` its end."""

    name = "instant"

    def __init__(self, *, ends: bool = False) -> None:
        self.ends = ends

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return instant_in(str(value), day_after=self.ends)
        except ValueError:
            self.fail(f"{value!r} is no instant such as 2026-11-21T14:05Z, and no day.", param, ctx)


def subject_of(database: Database, text: str) -> Subject:
    """The one tree or workspace whose id begins like this, a deleted one included."""
    with database.connection() as db:
        rows = db.execute(
            "SELECT stream, topic FROM event_index WHERE log = 'agency' AND version = 1"
            " AND topic = ANY(%s) AND stream::text LIKE %s ORDER BY stream LIMIT 6",
            (list(KINDS), f"{text}%"),
        ).fetchall()
    if not rows:
        raise Stop(
            f"no tree and no workspace has an id that begins with {text}; a workspace's id is in its address"
        )
    if len(rows) > 1:
        listed = ", ".join(str(row["stream"]) for row in rows)
        raise Stop(f"more than one id begins with {text}: {listed}; give more of it")
    return Subject(kind=KINDS[rows[0]["topic"]], id=rows[0]["stream"])
