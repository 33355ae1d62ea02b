"""An agency with calls, for what its phone numbers cost: its credits, and the clock that charges them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain.permissions import Role
from tests.house import House
from tests.voice import VoiceAgency
from tests.web.pages.scene import Browser, text_of

NUMBER, OTHER = "+493023125042", "+493023125043"
RATE = 3_000_000


class Numbered(VoiceAgency):
    """Olga owns the client's workspace, and Vera looks at it."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.olga, self.vera, self.eve = map(house.person, ("Olga", "Vera", "Eve"))
        house.member(self.child_id, self.ana, self.olga, Role.OWNER)
        house.member(self.child_id, self.ana, self.vera, Role.VIEWER)
        house.run_followed()

    def page(self, rest: str = "") -> str:
        return f"/w/{self.child_id}/numbers{rest}"

    def browser(self, person: UUID) -> Browser:
        return Browser(self.house, person)

    def buys(self, number: str = NUMBER) -> UUID:
        """Olga buys it."""
        answer = self.browser(self.olga).post(self.page(), number=number)
        assert answer.status_code == 303, text_of(answer)
        offer = self.house.wiring.carrier.offer(number)
        assert offer is not None
        return offer.number_id

    def balance(self) -> int:
        return self.ledger().balance_micros

    def charges(self) -> int:
        with self.house.database.connection() as db:
            row = db.execute("SELECT count(*) AS n FROM event_index WHERE topic = 'Charge.Made'").fetchone()
        assert row is not None
        return int(row["n"])

    def ticks(self, **later: float) -> None:
        """The clock's job, so much later."""
        if later:
            self.house.leap_to(self.house.clock() + timedelta(**later))
        self.house.run_followed()
        self.house.wiring.numbers.charge_all()
        self.house.run_followed()

    def facts_of(self, number_id: UUID) -> list[str]:
        with self.house.database.connection() as db:
            rows = db.execute(
                "SELECT topic FROM event_index WHERE stream = %s ORDER BY version", (number_id,)
            ).fetchall()
        return [row["topic"].partition(".")[2] for row in rows]
