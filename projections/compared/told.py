"""Whose facts a comparison is made of: what a reader may know, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.changes import Row, Rows
from domain.fact import Fact
from domain.tree import Tree
from projections.hidden import NOTHING, Hidden

ANOTHER = "another"  # in place of an id that is none of the reader's


@dataclass(frozen=True, kw_only=True)
class Reader:
    """`tenants` are those whose facts are asked for; `leads` is whoever may see the whole tree.

    What befell a workspace after it had left is its own: for those who lead the tree it ends there. What
    befell one before it was brought in is told with it, since it came with its name, members and keys.
    """

    workspace_id: UUID
    tenants: tuple[UUID, ...]
    leads: bool
    hidden: Hidden = NOTHING


@dataclass
class Told:
    """The facts of the agency log as the reader knows them, and which usage goes with them."""

    reader: Reader
    facts: list[Fact] = field(default_factory=list)
    trees: set[UUID] = field(default_factory=set)

    def take(self, facts: Iterable[Fact]) -> None:
        found = list(facts)
        here = self.reader.workspace_id
        self.trees = {
            fact.stream
            for fact in found
            if isinstance(fact.event, Tree.Founded) and fact.event.anchor_id == here
        }
        last = self._last_of_each(found)
        self.facts = [fact for fact in found if self._is_told(fact, last)]

    def counts(self, event: Any) -> bool:
        """Of usage, what was drawn from a pool of theirs or by the workspace itself."""
        if self.reader.hidden.hides(type(event).__qualname__, event.tree_id):
            return False
        return event.workspace_id == self.reader.workspace_id or event.tree_id in self.trees

    def known(self, rows: Rows) -> dict[str, list[Row]]:
        """Without the ids of another agency, that a workspace was once part of: its people never led it."""
        own = {None, *map(str, self.trees)}
        anchors = {None, str(self.reader.workspace_id)}
        return {
            table: [_masked(_masked(row, "tree_id", own), "parent_id", anchors) for row in of_table]
            for table, of_table in rows.items()
        }

    def _last_of_each(self, facts: Sequence[Fact]) -> dict[UUID, int]:
        """Until when each workspace was part of one of the trees."""
        return {
            fact.stream: fact.position
            for fact in facts
            if fact.topic.startswith("Workspace.") and fact.tree_id in self.trees
        }

    def _is_told(self, fact: Fact, last: dict[UUID, int]) -> bool:
        if self.reader.hidden.hides(fact.topic, fact.tree_id):
            return False
        if not self.reader.leads:
            return fact.workspace_id == self.reader.workspace_id
        if fact.workspace_id in (None, self.reader.workspace_id) or fact.tree_id in self.trees:
            return True
        return fact.topic.startswith("Workspace.") and fact.position <= last.get(fact.stream, 0)


def _masked(row: Row, column: str, known: set[str | None]) -> Row:
    return row if row.get(column) in known else {**row, column: ANOTHER}
