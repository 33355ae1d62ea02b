"""Commands on what comparing with Stripe found."""

from __future__ import annotations

from domain.because import Because
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.ids import stream_of_reconciliation
from domain.reconciliation import Drift, Reconciliation
from domain.refusals import Unknown


class Reconciling(Loading):
    @decided_again
    def note_reconciliation(
        self, job: str, *, checked: int, repaired: int, drifts: set[Drift], because: Because
    ) -> None:
        """Note what a run found, if anything came of it."""
        try:
            reconciliation = self.reconciliation(job)
        except Unknown:
            if not repaired and not drifts:
                return
            reconciliation = Reconciliation.begin(job, because=because)
        reconciliation.note_run(checked, repaired, drifts, because=because)
        self.save(reconciliation)

    def reconciliation(self, job: str) -> Reconciliation:
        return self._load(Reconciliation, stream_of_reconciliation(job))
