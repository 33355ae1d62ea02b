"""Commands on what an agency shows its clients."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from domain import visibility
from domain.because import Because
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.permissions import Permission, may
from domain.refusals import Refusal, Refused, Unknown
from domain.tree import Tree
from domain.visibility import Area, Level, Visibility


class Showing(Loading):
    @decided_again
    def set_visibility(
        self,
        tree_id: UUID,
        person_id: UUID,
        child_ids: Collection[UUID],
        changes: Mapping[Area, Level],
        *,
        because: Because,
    ) -> None:
        """Change these areas in all of these children, or in none; other areas stay as they are."""
        tree = self._tree_to_show(tree_id, person_id)
        if not set(child_ids) <= set(tree.children):
            raise Unknown("a workspace that is no child of this tree")
        children = [self.workspace(child_id) for child_id in child_ids]
        visibility.change(children, changes, because=because)
        self.save(*children)

    @decided_again
    def set_visibility_defaults(
        self, tree_id: UUID, person_id: UUID, wanted: Visibility, *, because: Because
    ) -> None:
        tree = self._tree_to_show(tree_id, person_id)
        visibility.set_defaults(tree, wanted, because=because)
        self.save(tree)

    def _tree_to_show(self, tree_id: UUID, person_id: UUID) -> Tree:
        tree = self.tree(tree_id)
        anchor = self.workspace(tree.anchor_id)
        if not may(self.standings_in(anchor, person_id), Permission.SET_VISIBILITY):
            raise Refused(Refusal.ROLE_TOO_LOW)
        return tree
