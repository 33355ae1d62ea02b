"""An agency with credits, and calls that were paid with them: what the pages of credits are tested on."""

from __future__ import annotations

from uuid import UUID, uuid4

from domain.calls.call import Kind
from domain.ids import stream_of_call
from domain.permissions import Role
from tests.called import tell
from tests.house import House
from tests.voice import VoiceAgency
from tests.web.pages.scene import Browser

EURO = 1_000_000
PHONE_SECOND = 2_000


class Credited(VoiceAgency):
    """Adam is the agency's admin and Ada audits it; Acme and Birch are its clients, and Ben is of Acme."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.people = {name: house.person(name) for name in ("Ana", "Adam", "Ada", "Ben", "Eve")}
        self.acme_id = self.child_id
        self.birch_id = house.child(self.tree_id, self.ana, "Birch — Hotline")
        house.member(self.anchor_id, self.ana, self.people["Adam"], Role.ADMIN)
        house.member(self.anchor_id, self.ana, self.people["Ada"], Role.AUDITOR)
        house.member(self.acme_id, self.ana, self.people["Ben"], Role.MEMBER)
        house.run_followed()

    def browser(self, name: str) -> Browser:
        return Browser(self.house, self.people[name])

    @property
    def page(self) -> str:
        return f"/w/{self.anchor_id}/credits"

    @property
    def balance(self) -> int:
        """In cents."""
        return self.ledger().balance_micros // 10_000

    def call(self, workspace_id: UUID, seconds: int, kind: Kind = Kind.PHONE) -> UUID:
        """One that is over."""
        stream, because = stream_of_call(workspace_id, str(uuid4())), self.house.because()
        tell(self.house.wiring.recording, workspace_id, stream, seconds, kind=kind, because=because)
        self.house.run_followed()
        return stream
