"""Actions: what is asked of a client's own servers around a call, and in which order?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.action import Action, Phase
from domain.fact import Fact
from domain.workspace import Workspace
from projections.projection import Db, Projection, Writes, on

PHASES = ", ".join(f"'{phase}'" for phase in Phase)


@dataclass(frozen=True, kw_only=True)
class ActionRow:
    action_id: UUID
    workspace_id: UUID
    name_digest: str
    phase: str
    method: str
    url_digest: str
    headers_digest: str | None
    timeout_seconds: int
    position: int
    enabled: bool
    created_at: datetime


class Actions(Projection):
    name = "actions"
    logs = ("agency",)
    tables = {
        "actions": """
            action_id       uuid PRIMARY KEY,
            workspace_id    uuid NOT NULL,
            name_digest     text NOT NULL,
            phase           text NOT NULL,
            method          text NOT NULL,
            url_digest      text NOT NULL,
            headers_digest  text,
            timeout_seconds integer NOT NULL,
            position        integer NOT NULL,
            enabled         boolean NOT NULL,
            created_at      timestamptz NOT NULL
        """,
    }
    indexes = {"actions_workspace": "actions (workspace_id)"}
    needed = frozenset({"actions_workspace"})

    # Questions.

    def in_workspace(self, db: Db, workspace_id: UUID) -> list[ActionRow]:
        """By phase, and in each in the order in which they are carried out; the plan bounds them."""
        found = db.cursor(row_factory=class_row(ActionRow)).execute(
            "SELECT * FROM actions WHERE workspace_id = %s"
            f" ORDER BY array_position(ARRAY[{PHASES}], phase), position, created_at, action_id",
            (workspace_id,),
        )
        return found.fetchall()

    # What each fact changes.

    @on(Action.Created)
    def created(self, db: Writes, fact: Fact, event: Action.Created) -> None:
        db.execute(
            "INSERT INTO actions VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, true, %s)",
            (event.action_id, event.workspace_id, *_said(event), event.timestamp),
        )

    @on(Action.Changed)
    def changed(self, db: Writes, fact: Fact, event: Action.Changed) -> None:
        db.execute(
            "UPDATE actions SET name_digest = %s, phase = %s, method = %s, url_digest = %s,"
            " headers_digest = %s, timeout_seconds = %s, position = %s WHERE action_id = %s",
            (*_said(event), event.action_id),
        )

    @on(Action.Ordered)
    def ordered(self, db: Writes, fact: Fact, event: Action.Ordered) -> None:
        db.execute(
            "UPDATE actions SET position = place.number::integer"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS place (id, number) WHERE action_id = place.id",
            (list(event.action_ids),),
        )

    @on(Action.Enabled)
    def enabled(self, db: Writes, fact: Fact, event: Action.Enabled) -> None:
        db.execute("UPDATE actions SET enabled = true WHERE action_id = %s", (event.action_id,))

    @on(Action.Disabled)
    def disabled(self, db: Writes, fact: Fact, event: Action.Disabled) -> None:
        db.execute("UPDATE actions SET enabled = false WHERE action_id = %s", (event.action_id,))

    @on(Action.Deleted)
    def removed(self, db: Writes, fact: Fact, event: Action.Deleted) -> None:
        db.execute("DELETE FROM actions WHERE action_id = %s", (event.action_id,))

    @on(Workspace.Deleted, Workspace.Closed)
    def deleted(self, db: Writes, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        db.execute("DELETE FROM actions WHERE workspace_id = %s", (fact.stream,))


def _said(event: Action.Created | Action.Changed) -> tuple[object, ...]:
    return (
        event.name_digest,
        event.phase.value,
        event.method,
        event.url_digest,
        event.headers_digest,
        event.timeout_seconds,
        event.position,
    )
