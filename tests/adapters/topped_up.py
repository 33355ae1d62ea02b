"""An agency with calls, and what one can ask of its credits: what top-ups are tested on."""

from __future__ import annotations

from uuid import UUID, uuid4

from domain.credits.ledger import CreditLedger
from projections.catalogue import CREDITS, INVOICE_HISTORY, TOP_UPS
from projections.top_ups import TopUpRow
from tests.house import House
from web.pages.filters import money_of_micros

EURO = 1_000_000


class Account:
    """An agency with calls, and what one can ask of its credits."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ana = house.person("Ana")
        self.tree_id, self.anchor_id = house.agency_of(self.ana, plan="agency_voice")
        self.customer_id = str(house.agency.tree(self.tree_id).customer_id)

    @property
    def ledger(self) -> CreditLedger:
        return self.house.wiring.metering.ledger(self.tree_id)

    @property
    def balance(self) -> str:
        with self.house.database.reading() as db:
            found = CREDITS.ledger(db, self.tree_id)
        assert found is not None
        return money_of_micros(found.balance_micros)

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

    def spend_down_to(self, euros: int) -> None:
        """What leaves a ledger is the same to it, whatever it was for."""
        with self.house.database.reading() as db:
            found = CREDITS.ledger(db, self.tree_id)
        assert found is not None
        self.house.wiring.metering.correct_credits(
            self.tree_id,
            uuid4(),
            euros * EURO - found.balance_micros,
            "",
            because=self.house.because(f"person:{self.ana}"),
        )

    def card(self, card: str) -> None:
        self.house.stripe.do("set_card", self.customer_id, card=card)

    def beat(self) -> None:
        """What the worker does within seconds."""
        self.house.run_followed()
        self.house.wiring.top_ups.ask_where_low()
        self.house.wiring.deliver_due()
        self.house.run_followed()
