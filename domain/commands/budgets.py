"""Commands on the budgets that an agency gives its clients."""

from __future__ import annotations

from uuid import UUID

from domain import budget
from domain.because import Because
from domain.budget import PERCENTS, BudgetNotice, BudgetSeen
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.cycles import Cycle, cycle_at
from domain.ids import stream_of_budget_notice
from domain.permissions import Permission, may
from domain.refusals import Refusal, Refused, Unknown
from domain.tree import Tree
from domain.visibility import why_not_set_defaults
from domain.workspace import Workspace


class Budgets(Loading):
    @decided_again
    def set_budget(
        self, workspace_id: UUID, person_id: UUID, limit_micros: int, stops: bool, *, because: Because
    ) -> None:
        _, child = self._child_with_budget(workspace_id, person_id)
        budget.set_budget(child, limit_micros, stops, because=because)
        self.save(child)

    @decided_again
    def raise_budget(
        self, workspace_id: UUID, person_id: UUID, limit_micros: int, reason_digest: str, *, because: Because
    ) -> None:
        """For the cycle of this very instant only."""
        tree, child = self._child_with_budget(workspace_id, person_id)
        assert tree.cycle_started_at is not None, "it is paid for"
        assert tree.cycle_ends_at is not None
        known = Cycle(started_at=tree.cycle_started_at, ends_at=tree.cycle_ends_at)
        cycle = cycle_at(known, because.at)
        budget.raise_budget(child, limit_micros, reason_digest, cycle.started_at, because=because)
        self.save(child)

    @decided_again
    def remove_budget(self, workspace_id: UUID, person_id: UUID, *, because: Because) -> None:
        _, child = self._child_with_budget(workspace_id, person_id)
        budget.remove_budget(child, because=because)
        self.save(child)

    def _child_with_budget(self, workspace_id: UUID, person_id: UUID) -> tuple[Tree, Workspace]:
        """A workspace that an agency has for a client, and whoever decides for the agency."""
        child = self.workspace(workspace_id)
        if child.parent_id is None or child.tree_id is None:
            raise Unknown("a workspace that is nobody's child")
        if not may(self.standings_in(child, person_id), Permission.SET_BUDGETS):
            raise Refused(Refusal.ROLE_TOO_LOW)
        tree = self.tree(child.tree_id)
        if refusal := why_not_set_defaults(tree):
            raise Refused(refusal)
        return tree, child

    # What the clock sees.

    @decided_again
    def note_budget(self, seen: BudgetSeen, *, because: Because) -> None:
        """Give the notices that a budget has come to and that were not given in this cycle."""
        notices = []
        for percent in PERCENTS:
            stream = stream_of_budget_notice(seen.workspace_id, seen.cycle_started_at, percent)
            if seen.reaches(percent) and stream not in self.repository:
                notices.append(BudgetNotice.give(seen, percent, because=because))
        self.save(*notices)
