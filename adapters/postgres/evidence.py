"""Evidence: the facts themselves, of a tree, a workspace, a stream or a cycle of overage."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY, LOGS, METERING, fact_of, facts_where
from adapters.postgres.naming import Named
from domain.fact import Fact
from domain.ids import stream_of_overage

OF_TREE = """
    i.tree_id = %(tree_id)s
    OR i.workspace_id = (SELECT anchor_id FROM access_trees WHERE tree_id = %(tree_id)s)
    OR (i.topic LIKE 'StripeNotice.%%' AND i.story IN
        (SELECT story FROM event_index WHERE log = 'agency' AND tree_id = %(tree_id)s))
    OR i.position IN (SELECT theirs.position FROM event_index theirs
        JOIN (SELECT workspace_id, max(position) AS last FROM event_index
               WHERE log = 'agency' AND tree_id = %(tree_id)s GROUP BY workspace_id) mine USING (workspace_id)
        WHERE theirs.log = 'agency' AND theirs.position <= mine.last)
"""
BEHIND = "SELECT set_config('heartwood.tenants', heartwood_behind(%s)::text, true)"
FOLLOWED = "i.stream = %(stream)s AND i.position <= (SELECT position FROM bookmarks WHERE log = 'agency')"

OF_STORY = """
    i.position IN (SELECT position FROM event_index WHERE log = %(log)s AND story = %(story)s
                      AND position <= (SELECT position FROM bookmarks WHERE log = %(log)s)
                    ORDER BY position LIMIT %(limit)s)
"""

LINE = "i.position = %(position)s AND i.tree_id = %(tree_id)s"

# The cycle is named in the fact only; the positions keep the search within the cycle's part of the log.
# What was voided counts against it.
TOPICS = ["Usage.Counted", "Correction.Voided"]
COUNTED = """
    FROM event_index i JOIN metering_events e ON e.notification_id = i.position
   WHERE i.log = 'metering' AND i.tree_id = %(tree_id)s AND i.topic = ANY(%(topics)s)
     AND i.position BETWEEN %(first)s AND %(last)s
     AND (convert_from(e.state, 'UTF8')::jsonb->>'cycle_started_at')::timestamptz = %(cycle_started_at)s
"""


class Evidence:
    """Read from the log through `event_index`; screens read projections, evidence is folded from facts."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def of_tree(self, tree_id: UUID) -> list[Fact]:
        """What happened to a tree and its anchor, to its children until they left it, and the notices
        from Stripe behind it; in log order. What befell an adopted workspace before is there to know its
        name, members and keys; its facts name another tree, or none, and are no part of this one's story."""
        with self.database.reading() as db:
            db.execute(BEHIND, (tree_id,))
            return list(facts_where(db, AGENCY, OF_TREE, tree_id=tree_id))

    def of_workspace(self, workspace_id: UUID) -> list[Fact]:
        with self.database.reading(Named(tenants=[workspace_id])) as db:
            return list(facts_where(db, AGENCY, "i.workspace_id = %(id)s", id=workspace_id))

    def of_stream(self, stream: UUID) -> list[Fact]:
        with self.database.reading(Named(tenants=[stream])) as db:
            return list(facts_where(db, AGENCY, "i.stream = %(stream)s", stream=stream))

    # Behind a screen: in the snapshot of the page that asks, and no newer than what it shows.

    def overage_of_cycle(self, db: Connection[Any], tree_id: UUID, cycle_started_at: datetime) -> list[Fact]:
        """What was claimed of a cycle's overage and what Stripe made of it, in order."""
        return list(facts_where(db, AGENCY, FOLLOWED, stream=stream_of_overage(tree_id, cycle_started_at)))

    def of_story(self, db: Connection[Any], story: str, *, limit: int) -> list[Fact]:
        """What a story holds of those whom the snapshot names, of each log at most so many facts."""
        return [fact for log in LOGS for fact in facts_where(db, log, OF_STORY, story=story, limit=limit)]

    def of_ledger_line(self, db: Connection[Any], tree_id: UUID, position: int) -> Fact | None:
        """The fact behind a line of a tree's credits."""
        found = facts_where(db, METERING, LINE, tree_id=tree_id, position=position)
        return next(iter(found), None)

    def counted_in_cycle(
        self,
        db: Connection[Any],
        tree_id: UUID,
        cycle_started_at: datetime,
        *,
        first: int,
        last: int,
        limit: int,
    ) -> list[Fact]:
        """The usage facts of a cycle between two positions of the log, in order; one page."""
        given = _given(tree_id, cycle_started_at, first, last)
        rows = db.execute(
            f"SELECT e.* {COUNTED} ORDER BY i.position LIMIT %(limit)s", {**given, "limit": limit}
        )
        return [fact_of(METERING, row) for row in rows]

    def sum_in_cycle(
        self, db: Connection[Any], tree_id: UUID, cycle_started_at: datetime, *, first: int, last: int
    ) -> int:
        """How much the usage facts of a cycle hold between two positions of the log."""
        row = db.execute(
            "SELECT coalesce(sum((convert_from(e.state, 'UTF8')::jsonb->>'quantity')::bigint"
            " * CASE i.topic WHEN 'Correction.Voided' THEN -1 ELSE 1 END), 0)::bigint"
            f" AS events {COUNTED}",
            _given(tree_id, cycle_started_at, first, last),
        ).fetchone()
        return int(row["events"]) if row else 0


def _given(tree_id: UUID, cycle_started_at: datetime, first: int, last: int) -> dict[str, Any]:
    return {
        "tree_id": tree_id,
        "cycle_started_at": cycle_started_at,
        "first": first,
        "last": last,
        "topics": TOPICS,
    }
