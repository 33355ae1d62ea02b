"""Which facts are a workspace's own, so that whoever leads it may take them out?

Its own facts while it stood alone or led, all of the trees that it led, and the notices from Stripe behind
them. What befell it in the tree of another, and a child once it has left, is in the export of somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY
from adapters.postgres.naming import Named, name

PAGE = 1_000  # facts that are in memory at once

TREES = "SELECT tree_id FROM access_trees WHERE anchor_id = %s ORDER BY tree_id"
NOTICES = """
    SELECT DISTINCT stream FROM event_index
     WHERE log = 'agency' AND topic LIKE 'StripeNotice.%%' AND story IN
           (SELECT story FROM event_index WHERE log = 'agency' AND tree_id = %(tree_id)s AND leaf < %(size)s)
"""
# From each of the few beginnings as many as a page holds, so that a page costs the same wherever it is. What
# is of the workspace and not its own is passed over here and left out below.
PASSED = """
    SELECT position FROM (
        SELECT of_tree.position FROM unnest(%(trees)s::uuid[]) AS tree (id) CROSS JOIN LATERAL
               (SELECT position FROM event_index WHERE tree_id = tree.id AND log = %(log)s
                   AND position > %(after)s ORDER BY position LIMIT %(limit)s) of_tree
        UNION
        (SELECT position FROM event_index WHERE workspace_id = %(workspace_id)s AND log = %(log)s
            AND position > %(after)s ORDER BY position LIMIT %(limit)s)
        UNION
        (SELECT position FROM event_index WHERE stream = ANY (%(notices)s) AND log = %(log)s
            AND position > %(after)s ORDER BY position LIMIT %(limit)s)) passed
     ORDER BY position LIMIT %(limit)s
"""
OWN = """
    SELECT {columns}, (i.leaf < %(size)s AND (i.tree_id = ANY (%(trees)s) OR i.stream = ANY (%(notices)s)
           OR (i.tree_id IS NULL AND i.workspace_id = %(workspace_id)s))) IS TRUE AS own
      FROM event_index i {events}
     WHERE i.log = %(log)s AND i.position IN ({passed}) ORDER BY i.position
"""
LISTED = SQL("i.position, i.leaf, i.leaf_hash")
STORED = SQL("i.position, i.leaf, e.append, e.originator_id, e.originator_version, e.topic, e.state")


class Belonging:
    """What belongs to one workspace in logs of these sizes, which stays the same for ever."""

    def __init__(self, database: Database, workspace_id: UUID, sizes: dict[str, int]) -> None:
        self.database = database
        self.workspace_id = workspace_id
        self.sizes = {log: size for log, size in sizes.items() if size}
        with database.reading(Named(tenants=[workspace_id])) as db:
            self.trees = [row["tree_id"] for row in db.execute(TREES, (workspace_id,))]
            self.notices = self._notices(db)

    def listed(self) -> Iterator[tuple[str, list[DictRow]]]:
        """The log, and some leaves of it: in the order of the logs, and in each in order."""
        for log in self.sizes:
            for page in self._pages(log, LISTED, SQL("")):
                yield log, page

    def stored(self) -> Iterator[tuple[str, list[DictRow]]]:
        """The same with what is stored; of a fact that was removed since, nothing."""
        for log in self.sizes:
            events = SQL("LEFT JOIN {} e ON e.notification_id = i.position").format(
                Identifier("public", f"{log}_events")
            )
            for page in self._pages(log, STORED, events):
                yield log, page

    def _notices(self, db: Connection[Any]) -> list[UUID]:
        found: set[UUID] = set()
        for tree_id in self.trees:
            behind = db.execute("SELECT heartwood_behind(%s) AS ids", (tree_id,)).fetchone()
            name(db, Named(tenants=(behind or {}).get("ids") or [self.workspace_id]))
            given = {"tree_id": tree_id, "size": self.sizes.get(AGENCY, 0)}
            found |= {row["stream"] for row in db.execute(NOTICES, given)}
        return sorted(found)

    def _pages(self, log: str, columns: SQL, events: Any) -> Iterator[list[DictRow]]:
        """Each in a snapshot of its own, so that nothing waits for who fetches them slowly: what is asked
        for cannot change, since a log is only added to."""
        query = SQL(OWN).format(columns=columns, events=events, passed=SQL(PASSED))
        given = {
            "log": log,
            "size": self.sizes[log],
            "trees": self.trees,
            "workspace_id": self.workspace_id,
            "notices": self.notices if log == AGENCY else [],
            "limit": PAGE,
            "after": 0,
        }
        named = Named(tenants=[self.workspace_id, *self.trees, *self.notices])
        while True:
            with self.database.reading(named) as db:
                rows = db.execute(query, given).fetchall()
            if page := [row for row in rows if row["own"]]:
                yield page
            if len(rows) < PAGE or rows[-1]["leaf"] >= self.sizes[log]:
                return
            given["after"] = rows[-1]["position"]
