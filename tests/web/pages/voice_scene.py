"""An agency whose workspaces have calls: the scene once more, on the plan that has credits."""

from __future__ import annotations

from uuid import UUID, uuid4

from adapters.calls.recording import Terms
from domain.calls.call import Kind
from domain.calls.charge import Charge
from domain.credits.category import Category
from tests.called import begin, end, tell
from tests.house import House
from tests.web.pages.scene import Scene

CREDIT = 1_000_000  # in micros
SECOND = 2_000  # what one costs on the phone
CREDIT_SECONDS = CREDIT // SECOND


class Voice(Scene):
    """The cast of the scene; `calls` are told as by the API, and by the web's own role."""

    def __init__(self, house: House) -> None:
        super().__init__(house, plan="agency_voice")
        house.wiring.deliver_due()
        house.run_followed()

    def called(
        self,
        workspace_id: UUID,
        seconds: int,
        *,
        key: str | None = None,
        kind: Kind = Kind.PHONE,
        agent_id: UUID | None = None,
    ) -> UUID:
        """A call that is over."""
        call_id, because = uuid4() if key is None else UUID(key), self.house.because()
        recording = self.house.web.recording
        tell(recording, workspace_id, call_id, seconds, kind=kind, agent_id=agent_id, because=because)
        return call_id

    def begun(self, workspace_id: UUID, hold_seconds: int) -> UUID:
        call_id, because = uuid4(), self.house.because()
        begin(self.house.web.recording, workspace_id, call_id, hold_seconds, because=because)
        return call_id

    def ended(self, workspace_id: UUID, call_id: UUID, seconds: int) -> None:
        end(self.house.web.recording, workspace_id, call_id, seconds, because=self.house.because())

    def messages(self, workspace_id: UUID, quantity: int) -> UUID:
        because, charge_id = self.house.because(), uuid4()

        def make(terms: Terms) -> Charge:
            return Charge.make(
                charge_id,
                workspace_id=workspace_id,
                tree_id=terms.tree_id,
                cycle_started_at=terms.cycle.started_at,
                category=Category.SMS,
                quantity=quantity,
                rate_micros=Category.SMS.rate_micros(terms.rates),
                because=because,
            )

        self.house.web.recording.record(charge_id, workspace_id, make, because=because)
        return charge_id

    def sets_budget(self, child_id: UUID, credits: int, *, stops: bool = True) -> None:
        ana = self.people["Ana"]
        because = self.house.because(f"person:{ana}")
        self.house.agency.set_budget(child_id, ana, credits * CREDIT, stops, because=because)
        self.house.run_followed()
