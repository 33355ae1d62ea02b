"""An agency with credits, and calls that were paid with them: what the pages of credits are tested on."""

from __future__ import annotations

from uuid import UUID, uuid4

from domain.calls.call import Kind
from domain.credits.ledger import CreditLedger
from domain.ids import stream_of_call
from domain.permissions import Role
from projections.catalogue import CREDITS
from tests.called import tell
from tests.house import House
from tests.web.pages.scene import Browser

EURO = 1_000_000
PHONE_SECOND = 2_000


class Credited:
    """Ana owns the agency and Adam is its admin; Acme and Birch are its clients, and Ben is of Acme."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.people = {name: house.person(name) for name in ("Ana", "Adam", "Ada", "Ben", "Eve")}
        ana = self.people["Ana"]
        self.tree_id, self.anchor_id = house.agency_of(ana, plan="agency_voice")
        self.acme_id = house.child(self.tree_id, ana, "Acme — Front desk")
        self.birch_id = house.child(self.tree_id, ana, "Birch — Hotline")
        house.member(self.anchor_id, ana, self.people["Adam"], Role.ADMIN)
        house.member(self.anchor_id, ana, self.people["Ada"], Role.AUDITOR)
        house.member(self.acme_id, ana, self.people["Ben"], Role.MEMBER)
        self.customer_id = str(house.agency.tree(self.tree_id).customer_id)
        house.wiring.deliver_due()
        house.run_followed()

    def browser(self, name: str) -> Browser:
        return Browser(self.house, self.people[name])

    @property
    def page(self) -> str:
        return f"/w/{self.anchor_id}/credits"

    @property
    def ledger(self) -> CreditLedger:
        return self.house.wiring.metering.ledger(self.tree_id)

    @property
    def balance(self) -> int:
        """In cents."""
        with self.house.database.reading() as db:
            found = CREDITS.ledger(db, self.tree_id)
        assert found is not None
        return found.balance_micros // 10_000

    def call(self, workspace_id: UUID, seconds: int, kind: Kind = Kind.PHONE) -> UUID:
        """One that is over."""
        stream, because = stream_of_call(workspace_id, str(uuid4())), self.house.because()
        tell(self.house.wiring.recording, workspace_id, stream, seconds, kind=kind, because=because)
        self.house.run_followed()
        return stream

    def card(self, card: str) -> None:
        self.house.stripe.do("set_card", self.customer_id, card=card)

    def errands(self) -> None:
        self.house.wiring.deliver_due()
        self.house.run_followed()
