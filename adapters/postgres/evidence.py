"""Evidence: the facts themselves, of a tree, a workspace, a stream or a story."""

from __future__ import annotations

from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY, facts_where
from domain.fact import Fact

OF_TREE = """
    i.tree_id = %(tree_id)s
    OR i.workspace_id = (SELECT anchor_id FROM access_trees WHERE tree_id = %(tree_id)s)
    OR (i.topic LIKE 'StripeNotice.%%' AND i.story IN
        (SELECT story FROM event_index WHERE log = 'agency' AND tree_id = %(tree_id)s))
"""


class Evidence:
    """Read from the log through `event_index`; screens read projections, evidence is folded from facts."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def of_tree(self, tree_id: UUID) -> list[Fact]:
        """What happened to a tree, its anchor and its children while they were its own, and the
        notices from Stripe behind it; in log order."""
        with self.database.reading() as db:
            return list(facts_where(db, AGENCY, OF_TREE, tree_id=tree_id))

    def of_workspace(self, workspace_id: UUID) -> list[Fact]:
        with self.database.reading() as db:
            return list(facts_where(db, AGENCY, "i.workspace_id = %(id)s", id=workspace_id))

    def of_stream(self, stream: UUID) -> list[Fact]:
        with self.database.reading() as db:
            return list(facts_where(db, AGENCY, "i.stream = %(stream)s", stream=stream))
