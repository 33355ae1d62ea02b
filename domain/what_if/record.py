"""The record: what trees and workspaces were, in what did happen, beside what is only supposed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from domain.fact import Fact
from domain.tree import Tree
from domain.workspace import Workspace


class Record:
    """Folded fact by fact, so that each supposed step can be held against the step that was taken."""

    def __init__(self, before: Iterable[Fact]) -> None:
        self.trees: dict[UUID, Tree] = {}
        self.workspaces: dict[UUID, Workspace] = {}
        self.go_on(before)

    def go_on(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            kept: dict[UUID, Any] | None = None
            if isinstance(fact.event, Tree.Event):
                kept = self.trees
            elif isinstance(fact.event, Workspace.Event):
                kept = self.workspaces
            if kept is not None:
                kept[fact.stream] = fact.event.mutate(kept.get(fact.stream))

    def stands_alike(self, supposed: Workspace) -> bool:
        """Whether a workspace draws on the same pool in both."""
        there = self.workspaces.get(supposed.id)
        return there is not None and (there.tree_id, there.plan, there.deleted) == (
            supposed.tree_id,
            supposed.plan,
            supposed.deleted,
        )

    def is_billed_alike(self, tree_id: UUID, supposed: Tree | None) -> bool:
        """Whether Stripe would have had the same to bill."""
        return _billed(self.trees.get(tree_id)) == _billed(supposed)


def _billed(tree: Tree | None) -> tuple[Any, ...]:
    if tree is None:
        return ()
    return tree.status, tree.plan, tree.ended_at, tree.standing
