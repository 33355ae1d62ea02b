"""Events with all that is frozen in them, as they lie in the rows, for what is told of usage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from domain.tracking import Tracked
from tests.house import House

FROZEN = {
    "saved_seconds": 1_800,
    "saved_micros": 25_000_000,
    "agent_cost_micros": 40_000,
    "net_saved_micros": 24_960_000,
}


def tell(
    house: House,
    workspace_id: UUID,
    events: int = 1,
    *,
    agent: str = "concierge",
    task_type: str = "draft_email",
    outcome: str = "success",
    frozen: Mapping[str, int] | None = FROZEN,
) -> None:
    """So many equal events, received now."""
    body: dict[str, Any] = {"agent_id": agent, "task_type": task_type, "outcome": outcome}
    if frozen is not None:
        body["frozen"] = dict(frozen)
    items = [
        Tracked(event_id=uuid4(), idempotency_key=None, body_sha256=b"", body=body, answer={})
        for _ in range(events)
    ]
    house.wiring.ingest.track(workspace_id, items, because=house.because("key:abcdefgh"))
    house.run_followed()
