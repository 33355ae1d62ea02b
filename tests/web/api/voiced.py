"""An agency whose plan has calls, and a client of it whose program tells them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from werkzeug.test import TestResponse

from projections.catalogue import CALLS, CREDITS
from projections.credits import UseRow
from tests.house import House
from tests.house_customers import a_customer
from tests.voice import GRANT, VoiceAgency
from tests.web.api.asking import Program

PHONE, WEB, FORWARDED, SMS = 2_000, 1_500, 1_000, 80_000  # micro-euros: a second, a second, a second, one
CALL = {"kind": "phone", "direction": "inbound", "started_at": "2026-03-01T08:55:00Z"}

SAID = {
    "caller": "+4930901820",
    "transcript": "agent: Larkfield, good morning.",
    "recording_url": "https://recordings.example.com/call.mp3",
    "fields": {"wants": "an appointment"},
}


class Voiced(VoiceAgency):
    """The program holds a key of the client's workspace."""

    def __init__(self, house: House) -> None:
        super().__init__(house, house.wiring.vault.remember("Ana", f"ana-{uuid4()}@example.com", uuid4()))
        self.program = Program(house, house.key(self.child_id, self.ana))
        house.run_followed()

    def tell(self, key: str | None = None, **fields: Any) -> TestResponse:
        headers = {"Idempotency_Key": key} if key is not None else {}
        return self.program.post("/calls", CALL | {"seconds": 60} | fields, **headers)

    def begin(self, key: str | None = None, **fields: Any) -> TestResponse:
        headers = {"Idempotency_Key": key} if key is not None else {}
        return self.program.post("/calls", CALL | {"state": "running"} | fields, **headers)

    def end(self, call_id: str, **fields: Any) -> TestResponse:
        return self.program.post(f"/calls/{call_id}/end", fields)

    def batch(self, *calls: dict[str, Any]) -> TestResponse:
        return self.program.post("/calls/batch", {"calls": [CALL | one for one in calls]})

    def suspend(self) -> None:
        """The agency does, to whom the workspace belongs."""
        customer_id = a_customer(self.house, self.child_id, self.ana)
        because = self.house.because(f"person:{self.ana}")
        self.house.agency.suspend_customer(self.tree_id, self.ana, customer_id, because=because)

    def left(self) -> int:
        """What may be spent."""
        return self.ledger().available_micros

    def spent(self) -> int:
        return GRANT - self.ledger().balance_micros

    def use(self, workspace_id: UUID | None = None) -> UseRow:
        with self.house.database.connection() as db:
            found = CREDITS.use(db, workspace_id or self.child_id, self.ledger().cycle_started_at or NEVER)
        assert found is not None
        return found

    def calls(self) -> int:
        """How many there are on the screens."""
        self.house.run_followed()
        with self.house.database.connection() as db:
            return CALLS.together(db, self.child_id).calls

    def texts(self) -> int:
        """How many of the client's texts the vault keeps, but for the name of the workspace."""
        with self.house.database.connection() as db:
            row = db.execute(
                "SELECT count(*) AS n FROM vault_entries WHERE subject_id = %s", (self.child_id,)
            ).fetchone()
        return int(row["n"]) - 1 if row else 0


NEVER = datetime(1970, 1, 1, tzinfo=UTC)
