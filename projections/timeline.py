"""Timeline: what happened in an agency or a workspace, in order, and because of whom?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from domain.correction import Correction
from domain.fact import Fact
from projections.projection import Db, Projection

PAGE_MAX = 200

HEIR = "fields->>'successor_id'"
NAMED = "coalesce(fields->>'person_id', fields->>'owner_id')"  # whom a fact is about, if it is a person

Place = tuple[int, int]  # position and `behind` of a row: facts of both logs in one order


@dataclass(frozen=True, kw_only=True)
class TimelineRow:
    position: int  # in the log of agencies, or the last one there by then
    behind: int  # of a fact of the other log: its position there; 0 for all others
    stream: UUID
    version: int
    name: str  # as in Tree.ChildAdded
    tree_id: UUID | None
    workspace_id: UUID | None
    actor: str
    cause: str
    story: str
    at: datetime
    fields: dict[str, Any]  # of the fact, as stored

    @property
    def place(self) -> Place:
        return self.position, self.behind


@dataclass(frozen=True, kw_only=True)
class TimelineFilter:
    """What to show; an empty field does not narrow."""

    name: str | None = None
    actor: str | None = None
    workspace_id: UUID | None = None
    story: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Timeline(Projection):
    name = "timeline"
    logs = ("agency", "metering")
    tables = {
        "timeline": """
            position     bigint NOT NULL,
            behind       bigint NOT NULL,
            stream       uuid NOT NULL,
            version      bigint NOT NULL,
            name         text NOT NULL,
            tree_id      uuid,
            workspace_id uuid,
            actor        text NOT NULL,
            cause        text NOT NULL,
            story        text NOT NULL,
            at           timestamptz NOT NULL,
            fields       jsonb NOT NULL,
            PRIMARY KEY (position, behind)
        """,
    }
    indexes = {
        "timeline_tree": "timeline (tree_id, position, behind)",
        "timeline_workspace": "timeline (workspace_id, position, behind)",
        "timeline_story": "timeline (story, position, behind)",
        "timeline_actor": "timeline (actor, position, behind)",
        "timeline_named": f"timeline ({NAMED}, position, behind)",
        "timeline_heir": f"timeline (({HEIR}), position, behind)",
    }

    # Questions.

    def of_tree(
        self, db: Db, tree_id: UUID, which: TimelineFilter, *, before: Place | None = None, limit: int = 50
    ) -> list[TimelineRow]:
        """The newest first, below the place `before`; one page."""
        return self._page(db, "tree_id = %(subject)s", tree_id, which, before, limit)

    def in_workspace(
        self,
        db: Db,
        workspace_id: UUID,
        which: TimelineFilter,
        *,
        before: Place | None = None,
        limit: int = 50,
    ) -> list[TimelineRow]:
        return self._page(db, "workspace_id = %(subject)s", workspace_id, which, before, limit)

    def at(self, db: Db, place: Place) -> TimelineRow | None:
        """The fact at one place, if the snapshot shows it."""
        found = db.cursor(row_factory=class_row(TimelineRow)).execute(
            "SELECT * FROM timeline WHERE position = %s AND behind = %s", place
        )
        return found.fetchone()

    def about_person(self, db: Db, person_id: UUID, limit: int) -> list[TimelineRow]:
        """What a person did, and what names them; of more than `limit` the newest, in order."""
        found = db.cursor(row_factory=class_row(TimelineRow)).execute(
            f"SELECT * FROM (SELECT * FROM timeline WHERE actor = %(actor)s OR {NAMED} = %(named)s"
            f" OR {HEIR} = %(named)s"
            " ORDER BY position DESC, behind DESC LIMIT %(limit)s) newest ORDER BY position, behind",
            {"actor": f"person:{person_id}", "named": str(person_id), "limit": limit},
        )
        return found.fetchall()

    def trees_paid_by(self, db: Db, person_id: UUID) -> list[UUID]:
        """The trees for which a person opened a checkout, which tells Stripe their address."""
        rows = db.execute(
            "SELECT DISTINCT tree_id FROM timeline WHERE actor = %s AND name = 'Tree.CheckoutOpened'"
            " ORDER BY tree_id",
            (f"person:{person_id}",),
        )
        return [row["tree_id"] for row in rows]

    def names_of_tree(self, db: Db, tree_id: UUID) -> list[str]:
        """Which kinds of facts a tree has, for the filter."""
        rows = db.execute("SELECT DISTINCT name FROM timeline WHERE tree_id = %s ORDER BY name", (tree_id,))
        return [row["name"] for row in rows]

    def _page(
        self,
        db: Db,
        subject: str,
        subject_id: UUID,
        which: TimelineFilter,
        before: Place | None,
        limit: int,
    ) -> list[TimelineRow]:
        conditions = [subject]
        if before is not None:
            conditions.append("(position, behind) < (%(before)s, %(behind)s)")
        for column in ("name", "actor", "workspace_id", "story"):
            if getattr(which, column) is not None:
                conditions.append(f"{column} = %({column})s")
        if which.since is not None:
            conditions.append("at >= %(since)s")
        if which.until is not None:
            conditions.append("at < %(until)s")
        given = {name: getattr(which, name) for name in TimelineFilter.__dataclass_fields__}
        position, behind = before or (None, None)
        given |= {"subject": subject_id, "before": position, "behind": behind, "limit": min(limit, PAGE_MAX)}
        found = db.cursor(row_factory=class_row(TimelineRow)).execute(
            f"SELECT * FROM timeline WHERE {' AND '.join(conditions)}"
            " ORDER BY position DESC, behind DESC LIMIT %(limit)s",
            given,
        )
        return found.fetchall()

    # Every fact of the agency log is a line, and of the other one what somebody did.

    def apply(self, db: Db, facts: Sequence[Fact]) -> None:
        for fact in facts:
            event = fact.event
            if fact.log == "agency":
                place = fact.position, 0
            elif isinstance(event, Correction.Voided):
                place = event.agency_position, fact.position
            else:
                continue
            db.execute(
                "INSERT INTO timeline VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    *place,
                    fact.stream,
                    fact.version,
                    fact.name,
                    fact.tree_id,
                    fact.workspace_id,
                    event.actor,
                    event.cause,
                    event.story,
                    event.timestamp,
                    fact.state.decode(),
                ),
            )
