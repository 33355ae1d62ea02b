"""Events with all that is frozen in them, as they lie in the rows, for what is told of usage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tests.house import House
from tests.tracked import tracked

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
    items = [tracked() for _ in range(events)]
    house.wiring.ingest.track(workspace_id, items, because=house.because("key:abcdefgh"))
    told = json.dumps(body if frozen is None else body | {"frozen": dict(frozen)})
    with house.database.writing() as db:
        ids = [UUID(bytes=item.event_id) for item in items]
        db.execute("UPDATE usage SET body = %s WHERE event_id = ANY(%s)", (told, ids))
    house.run_followed()
