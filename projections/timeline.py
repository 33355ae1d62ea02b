"""Timeline: what happened in an agency or a workspace, in order, and because of whom?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack
from uuid import UUID

from psycopg.rows import class_row

from domain.correction import Correction
from domain.credits.ledger import CreditLedger
from domain.fact import Fact
from domain.facts import FACTS, METERED, facts_of
from projections.projection import Db, Projection, Writes, fill
from projections.timeline_page import (
    COLUMNS,
    EVERYTHING,
    PAGE_MAX,
    Part,
    Place,
    Subject,
    TimelineFilter,
    TimelinePage,
    TimelineRow,
    Word,
    page,
    values_of_tree,
)

__all__ = [  # whoever asks for a timeline asks for these, too
    "EVERYTHING",
    "LISTED",
    "PAGE_MAX",
    "Place",
    "Timeline",
    "TimelineFilter",
    "TimelinePage",
    "TimelineRow",
    "Word",
]


OF_USAGE = {one.__name__ for one in METERED}
# Of the log of usage; each names the place in the other log that it comes after.
PLACED = frozenset({Correction.Voided.__qualname__, *(one.__qualname__ for one in facts_of(CreditLedger))})
# Which facts a timeline may hold.
LISTED = PLACED | (FACTS.keys() - {name for name in FACTS if name.partition(".")[0] in OF_USAGE})


class Timeline(Projection):
    name = "timeline"
    logs = ("agency", "metering")
    side_by_side = True
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
            person_id    uuid GENERATED ALWAYS AS
                (coalesce(fields->>'person_id', fields->>'owner_id')::uuid) STORED,
            heir_id      uuid GENERATED ALWAYS AS
                (CASE name WHEN 'Workspace.OwnershipTransferred'
                           THEN (fields->>'successor_id')::uuid END) STORED,
            PRIMARY KEY (behind, position)
        """,
    }
    # Each filter has the index that finds its rows in order, so that a page costs the same in a long
    # history. The rows a web process may see are found by plain columns: nothing else is asked early. The
    # key is no such order: to go through all rows by it looks cheap to who believes that each tenant's lie
    # everywhere among them.
    indexes = {
        "timeline_tree": "timeline (tree_id, position, behind)",
        "timeline_tree_name": "timeline (tree_id, name, position, behind)",
        "timeline_tree_actor": "timeline (tree_id, actor, position, behind)",
        "timeline_workspace": "timeline (workspace_id, position, behind)",
        "timeline_workspace_name": "timeline (workspace_id, name, position, behind)",
        "timeline_workspace_tree": "timeline (workspace_id, tree_id, position, behind)",
        "timeline_story": "timeline (story, tree_id, position, behind)",
        "timeline_actor": "timeline (actor, position, behind)",
        # What Stripe has told of an invoice, whoever asks as of a moment.
        "timeline_object": "timeline ((fields->>'object_id')) WHERE name = 'StripeNotice.Received'",
        "timeline_person": "timeline (person_id, position, behind) WHERE person_id IS NOT NULL",
        "timeline_came": (  # whom a workspace invited, and who came
            "timeline (person_id, name, workspace_id) WHERE person_id IS NOT NULL"
            " AND name IN ('Workspace.Opened', 'Workspace.MemberInvited', 'Workspace.MemberJoined')"
        ),
        "timeline_heir": "timeline (heir_id, position, behind) WHERE heir_id IS NOT NULL",
    }

    # Questions.

    def of_tree(
        self, db: Db, tree_id: UUID, which: TimelineFilter = EVERYTHING, **part: Unpack[Part]
    ) -> TimelinePage:
        """The newest first; one page."""
        return page(db, Subject(column="tree_id", id=tree_id), which, **part)

    def in_workspace(
        self, db: Db, workspace_id: UUID, which: TimelineFilter = EVERYTHING, **part: Unpack[Part]
    ) -> TimelinePage:
        return page(db, Subject(column="workspace_id", id=workspace_id), which, **part)

    def at(self, db: Db, place: Place) -> TimelineRow | None:
        """The fact at one place, if the snapshot shows it."""
        found = db.cursor(row_factory=class_row(TimelineRow)).execute(
            f"SELECT {COLUMNS} FROM timeline WHERE position = %s AND behind = %s", place
        )
        return found.fetchone()

    def about_person(self, db: Db, person_id: UUID, limit: int) -> list[TimelineRow]:
        """What a person did, and what names them; of more than `limit` the newest, in order."""
        found = db.cursor(row_factory=class_row(TimelineRow)).execute(
            f"SELECT * FROM (SELECT {COLUMNS} FROM timeline WHERE actor = %(actor)s"
            " OR person_id = %(person_id)s OR heir_id = %(person_id)s"
            " ORDER BY position DESC, behind DESC LIMIT %(limit)s) newest ORDER BY position, behind",
            {"actor": f"person:{person_id}", "person_id": person_id, "limit": limit},
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

    def invitations_by(self, db: Db, person_id: UUID) -> list[UUID]:
        """Those that a person sent, also once more; the mail of each tells the invited who invites them."""
        rows = db.execute(
            "SELECT DISTINCT (fields->>'invitation_id')::uuid AS invitation_id FROM timeline"
            " WHERE actor = %s AND name IN ('Workspace.MemberInvited', 'Workspace.InvitationResent')",
            (f"person:{person_id}",),
        )
        return [row["invitation_id"] for row in rows]

    def names_of_tree(self, db: Db, tree_id: UUID) -> list[str]:
        """Which kinds of facts a tree has, for the filter."""
        return values_of_tree(db, "name", tree_id)

    # Every fact of the agency log is a line, and of the other one what somebody did.

    def topics(self, log: str) -> frozenset[str]:
        return frozenset(FACTS) if log == "agency" else PLACED

    def apply(self, db: Writes, facts: Sequence[Fact]) -> None:
        rows = (_row(fact) for fact in facts if fact.log == "agency" or fact.topic in PLACED)
        fill(db, WRITE, rows)


WRITE = f"""
    INSERT INTO timeline ({COLUMNS})
    SELECT unnest(%b::bigint[]), unnest(%b::bigint[]), unnest(%b::uuid[]), unnest(%b::bigint[]),
           unnest(%b::text[]), unnest(%b::uuid[]), unnest(%b::uuid[]), unnest(%b::text[]),
           unnest(%b::text[]), unnest(%b::text[]), unnest(%b::timestamptz[]), unnest(%b::text[])::jsonb
"""


def _row(fact: Fact) -> tuple[object, ...]:
    event = fact.event
    agency = fact.log == "agency"
    return (
        fact.position if agency else event.agency_position,
        0 if agency else fact.position,
        fact.stream,
        fact.version,
        fact.topic,
        fact.tree_id,
        fact.workspace_id,
        event.actor,
        event.cause,
        event.story,
        event.timestamp,
        fact.state.decode(),
    )
