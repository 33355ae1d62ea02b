"""What one can ask of an agency's credits: what top-ups are tested on."""

from __future__ import annotations

from uuid import UUID, uuid4

from projections.catalogue import INVOICE_HISTORY, TOP_UPS
from projections.top_ups import TopUpRow
from tests.voice import VoiceAgency
from web.pages.filters import money_of_micros

EURO = 1_000_000


class Account(VoiceAgency):
    @property
    def balance(self) -> str:
        return money_of_micros(self.ledger().balance_micros)

    @property
    def top_ups(self) -> list[TopUpRow]:
        self.house.run_followed()
        with self.house.database.reading() as db:
            return TOP_UPS.newest_of_tree(db, self.tree_id, 100)

    @property
    def told(self) -> list[tuple[str, str | None]]:
        return [(one.state, one.code) for one in self.top_ups]

    def invoices(self) -> list[tuple[str, int, bool]]:
        self.house.run_followed()
        with self.house.database.reading() as db:
            found = INVOICE_HISTORY.of_tree(db, self.tree_id)
        return [(one.status, one.total_cents, one.is_for_credits) for one in found if one.is_for_credits]

    def ask(self, euros: int = 50, top_up_id: UUID | None = None) -> UUID:
        top_up_id = top_up_id or uuid4()
        self.house.wiring.metering.ask_top_up(
            self.tree_id, top_up_id, euros * EURO, because=self.house.because(f"person:{self.ana}")
        )
        return top_up_id

    def set_automatic(self, *, threshold: int = 100, amount: int = 50, cap: int = 120) -> None:
        self.house.wiring.metering.set_automatic_top_up(
            self.tree_id,
            threshold_micros=threshold * EURO,
            amount_micros=amount * EURO,
            monthly_cap_micros=cap * EURO,
            because=self.house.because(f"person:{self.ana}"),
        )
        self.house.run_followed()

    def beat(self) -> None:
        """What the worker does within seconds."""
        self.house.run_followed()
        self.house.wiring.top_ups.ask_where_low()
        self.errands()
