"""How much was tracked, in each of the places that tell: rows, keys, facts, pools and screens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.logs import METERING, fact_of, head, rows_after
from domain.usage import Usage

PAGE = 10_000
COUNTED = "SELECT {who} AS who, {events}::bigint AS events FROM {table} GROUP BY 1"


def by(db: Any, who: str, events: str, table: str) -> Counter[UUID]:
    rows = db.execute(COUNTED.format(who=who, events=events, table=table)).fetchall()
    return Counter({row["who"]: row["events"] for row in rows})


def counted(db: Any) -> Iterator[Usage.Counted]:
    """Every fact that says that usage was counted."""
    position, end = 0, head(db, METERING)
    while position < end and (rows := rows_after(db, METERING, position, limit=PAGE)):
        for row in rows:
            event = fact_of(METERING, row).event
            if isinstance(event, Usage.Counted):
                yield event
        position = rows[-1]["notification_id"]


def answers(database: Database) -> dict[tuple[UUID, str], str]:
    """By idempotency key: the event that is answered for."""
    with database.reading() as db:
        rows = db.execute(
            "SELECT workspace_id, idempotency_key, answer::json->>'event_id' AS event_id FROM usage_keys"
        ).fetchall()
    return {(row["workspace_id"], row["idempotency_key"]): row["event_id"] for row in rows}


def event_ids(database: Database) -> list[str]:
    with database.reading() as db:
        return [str(row["event_id"]) for row in db.execute("SELECT event_id FROM usage").fetchall()]


def tallies_of_workspaces(database: Database) -> dict[str, Counter[UUID]]:
    """The same question asked of each place."""
    with database.reading() as db:
        facts: Counter[UUID] = Counter()
        for fact in counted(db):
            facts[fact.workspace_id] += fact.quantity
        return {
            "rows": by(db, "workspace_id", "count(*)", "usage"),
            "keys": by(db, "workspace_id", "count(*)", "usage_keys"),
            "facts": facts,
            "pooled usage": by(db, "workspace_id", "sum(events)", "usage_by_workspace"),
        }


def tallies_of_pools(database: Database) -> dict[str, Counter[UUID]]:
    with database.reading() as db:
        facts: Counter[UUID] = Counter()
        for fact in counted(db):
            facts[fact.pool_id] += fact.quantity
        return {
            "facts": facts,
            "pools": by(db, "pool_id", "sum(used)", "pool_counts"),
            "pooled usage": by(db, "pool_id", "sum(events)", "usage_by_workspace"),
            "daily usage": by(db, "pool_id", "sum(events)", "usage_by_day"),
        }


def tallies_of_batches(database: Database) -> dict[str, Counter[UUID]]:
    """Each fact against the very rows that it counted."""
    with database.reading() as db:
        return {
            "facts": Counter({fact.originator_id: fact.quantity for fact in counted(db)}),
            "rows": by(db, "batch_id", "count(*)", "usage"),
        }
