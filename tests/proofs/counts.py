"""What the database counted for some workspaces, by pool and cycle, in each of the places that tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from adapters.postgres.logs import METERING, fact_of, rows_after
from domain.usage import Usage
from tests.proofs.ingest_model import Count

Drawn = tuple[UUID, Count]  # by a workspace
K = TypeVar("K")


def nonzero(counts: Mapping[K, int]) -> dict[K, int]:
    return {one: events for one, events in counts.items() if events}


def pool_counts(db: Any, pools: list[UUID]) -> dict[Count, int]:
    rows = db.execute("SELECT * FROM pool_counts WHERE pool_id = ANY(%s)", (pools,))
    return nonzero({(row["pool_id"], row["cycle_started_at"]): row["used"] for row in rows})


def drawn_by_workspaces(db: Any, pools: list[UUID]) -> dict[Drawn, int]:
    rows = db.execute("SELECT * FROM usage_by_workspace WHERE pool_id = ANY(%s)", (pools,))
    return nonzero(
        {(row["workspace_id"], (row["pool_id"], row["cycle_started_at"])): row["events"] for row in rows}
    )


def rows_of(db: Any, workspaces: list[UUID]) -> dict[UUID, int]:
    rows = db.execute(
        "SELECT workspace_id, count(*) AS n FROM usage WHERE workspace_id = ANY(%s) GROUP BY 1", (workspaces,)
    )
    return {row["workspace_id"]: row["n"] for row in rows}


def facts_since(db: Any, position: int) -> dict[Drawn, int]:
    """What was counted less what was voided, each in the pool and cycle that its fact names."""
    found: Counter[Drawn] = Counter()
    for row in rows_after(db, METERING, position, limit=100_000):
        event = fact_of(METERING, row).event
        place = (event.workspace_id, (event.pool_id, event.cycle_started_at))
        found[place] += event.quantity if isinstance(event, Usage.Counted) else -event.quantity
    return nonzero(found)


def cycles_of(db: Any, trees: list[UUID]) -> dict[Count, tuple[int, int]]:
    rows = db.execute("SELECT * FROM pool_overages WHERE tree_id = ANY(%s)", (trees,))
    return {(row["tree_id"], row["cycle_started_at"]): (row["pool_events"], row["claimed"]) for row in rows}
