"""Commands on top-ups: asked for by people or by the clock, and what Stripe made of them."""

from __future__ import annotations

from uuid import UUID

from domain.because import Because
from domain.commands.crediting import Crediting
from domain.conflicts import decided_again
from domain.credits import topping_up
from domain.credits.ledger import CreditLedger
from domain.refusals import Refusal, Refused


class ToppingUp(Crediting):
    @decided_again
    def ask_top_up(self, tree_id: UUID, top_up_id: UUID, amount_micros: int, *, because: Because) -> None:
        ledger = self._ledger_to_handle(tree_id)
        topping_up.ask(ledger, top_up_id, amount_micros, because=because)
        self.save(ledger)

    @decided_again
    def ask_top_up_if_low(self, tree_id: UUID, available_micros: int, *, because: Because) -> None:
        ledger = self.ledger(tree_id)
        topping_up.ask_if_low(ledger, available_micros, because=because)
        self.save(ledger)

    @decided_again
    def note_topped_up(self, tree_id: UUID, top_up_id: UUID, invoice_id: str, *, because: Because) -> None:
        """Once, however often Stripe says so."""
        ledger = self.ledger(tree_id)
        topping_up.succeed(ledger, top_up_id, invoice_id, because=because)
        self.save(ledger)

    @decided_again
    def note_top_up_failed(self, tree_id: UUID, top_up_id: UUID, code: str, *, because: Because) -> None:
        ledger = self.ledger(tree_id)
        topping_up.fail(ledger, top_up_id, code, because=because)
        self.save(ledger)

    @decided_again
    def set_automatic_top_up(
        self,
        tree_id: UUID,
        *,
        threshold_micros: int,
        amount_micros: int,
        monthly_cap_micros: int,
        because: Because,
    ) -> None:
        ledger = self._ledger_to_handle(tree_id)
        topping_up.set_automatic(
            ledger,
            threshold_micros=threshold_micros,
            amount_micros=amount_micros,
            monthly_cap_micros=monthly_cap_micros,
            because=because,
        )
        self.save(ledger)

    @decided_again
    def end_automatic_top_up(self, tree_id: UUID, *, because: Because) -> None:
        ledger = self._ledger_to_handle(tree_id)
        topping_up.end_automatic(ledger, because=because)
        self.save(ledger)

    def _ledger_to_handle(self, tree_id: UUID) -> CreditLedger:
        """Where there is none, no plan with calls was ever paid for."""
        ledger = self.ledger_or_none(tree_id)
        if ledger is None:
            raise Refused(Refusal.CREDITS_FROZEN)
        return ledger
