"""Ana's agency on the plan with calls, and a client's workspace in it."""

from __future__ import annotations

from uuid import UUID, uuid4

from adapters.calls.recording import Recording
from domain.credits.ledger import CreditLedger
from domain.ids import stream_of_call
from projections.catalogue import CREDITS
from projections.credits import LedgerRow
from tests.called import begin, end, tell
from tests.house import House

GRANT = 800_000_000
SECOND = 2_000  # of a phone call


class VoiceAgency:
    """Its credits are granted; `ana` is somebody new where tests share a house."""

    def __init__(self, house: House, ana: UUID | None = None) -> None:
        self.house = house
        self.ana = ana or house.person("Ana")
        self.tree_id, self.anchor_id = house.agency_of(self.ana, plan="agency_voice")
        self.child_id = house.child(self.tree_id, self.ana, "Acme — Front desk")
        self.errands()

    def errands(self) -> None:
        self.house.wiring.deliver_due()
        self.house.run_followed()

    @property
    def customer_id(self) -> str:
        """Who it is at Stripe."""
        return str(self.house.agency.tree(self.tree_id).customer_id)

    def card(self, card: str) -> None:
        self.house.stripe.do("set_card", self.customer_id, card=card)

    @property
    def credit_ledger(self) -> CreditLedger:
        return self.house.wiring.metering.ledger(self.tree_id)

    def ledger(self) -> LedgerRow:
        with self.house.database.connection() as db:
            found = CREDITS.ledger(db, self.tree_id)
        assert found is not None
        return found

    def spend_down_to(self, micros: int) -> None:
        """By a correction: what leaves a ledger is the same to it, whatever it was for."""
        amount = micros - self.ledger().balance_micros
        because = self.house.because(f"person:{self.ana}")
        self.house.wiring.metering.correct_credits(self.tree_id, uuid4(), amount, "digest", because=because)


class Voice(VoiceAgency):
    """`tree_id` is the tree that is paid for now; another one after a return."""

    @property
    def recording(self) -> Recording:
        return self.house.wiring.recording

    def lines(self) -> list[tuple[str, int, int]]:
        with self.house.database.connection() as db:
            rows = db.execute("SELECT * FROM credit_lines ORDER BY position, number").fetchall()
        return [(row["entry"], row["amount_micros"], row["balance_micros"]) for row in rows]

    def told(self, key: str, seconds: int, workspace_id: UUID | None = None) -> bool:
        """A call that is over; whether it is new."""
        place = workspace_id or self.child_id
        stream = stream_of_call(place, key)
        return tell(self.recording, place, stream, seconds, because=self.house.because())

    def begun(self, key: str, hold_seconds: int, workspace_id: UUID | None = None) -> UUID:
        place = workspace_id or self.child_id
        stream = stream_of_call(place, key)
        begin(self.recording, place, stream, hold_seconds, because=self.house.because())
        return stream

    def ended(self, call_id: UUID, seconds: int, workspace_id: UUID | None = None) -> None:
        place = workspace_id or self.child_id
        end(self.recording, place, call_id, seconds, because=self.house.because())

    def ends(self) -> None:
        """The subscription, at once."""
        because = self.house.because(f"person:{self.ana}")
        self.house.agency.request_end(self.tree_id, self.ana, because=because)
        self.house.wiring.deliver_due()
        self.house.deliver_notices()

    def returns(self) -> None:
        self.tree_id, _ = self.house.pays_for_agency(self.anchor_id, self.ana, "agency_voice")
        self.house.deliver_notices()
