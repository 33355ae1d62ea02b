"""Budgets: what the clock does about those that are partly or wholly used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from adapters.each import failures
from domain.agency import Agency
from domain.because import Because
from domain.budget import BudgetSeen


class NotTold(Exception):
    """How some budgets stand could not be noted; of all the others it was."""


class Budgets:
    """`due_of` names the budgets of which a notice is to be given, so many at a time."""

    def __init__(
        self,
        agency: Agency,
        clock: Callable[[], datetime],
        *,
        due_of: Callable[[datetime], Sequence[BudgetSeen]],
    ) -> None:
        self.agency = agency
        self.clock = clock
        self.due_of = due_of

    def note_all(self) -> None:
        """What fails for one budget is no matter of the others."""
        because = Because.of_tick("budget", self.clock())
        failed = failures(
            self.due_of(because.at),
            lambda seen: self.agency.note_budget(seen, because=because),
            lambda seen: f"how the budget of {seen.workspace_id} stands could not be noted",
        )
        if failed:
            raise NotTold(f"how {failed} budgets stand could not be noted")
