"""Credits: what was invoiced and voided since becomes a request for a credit note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from adapters.each import failures
from adapters.postgres.outbox import Entry
from domain.agency import Agency
from domain.because import Because
from domain.metering import Metering
from domain.overage import CreditDue


class CreditDueOf(Protocol):
    """Cycles of which more was claimed than they still hold: of one tree or of all, so many at a time."""

    def __call__(self, tree_id: UUID | None = None) -> Sequence[CreditDue]: ...


class NotRequested(Exception):
    """The credit of some cycles could not be requested; that of all the others was."""


class Credits:
    def __init__(
        self, agency: Agency, metering: Metering, clock: Callable[[], datetime], *, due_of: CreditDueOf
    ) -> None:
        self.agency = agency
        self.metering = metering
        self.clock = clock
        self.due_of = due_of

    def request_all(self) -> None:
        """On the clock, for cycles that were running when an event was voided and whose invoice is closed."""
        because = Because.of_tick("credit", self.clock())
        failed = failures(
            self.due_of(),
            lambda due: self.agency.request_credit(due, because=because),
            lambda due: f"the credit of tree {due.tree_id} could not be requested",
        )
        if failed:
            raise NotRequested(f"the credit of {failed} cycles could not be requested")

    def request_of_voided(self, entry: Entry) -> None:
        """Errand of an event that was voided; of one that drew on no tree nothing was ever invoiced."""
        voided = self.metering.fact(entry.stream, entry.version)
        if voided.tree_id is None:
            return
        because = entry.because(self.clock())
        for due in self.due_of(voided.tree_id):
            self.agency.request_credit(due, because=because)
