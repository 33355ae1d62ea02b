"""Is everything that should run running, and is anything stuck?"""

from __future__ import annotations

from typing import Any

from adapters.postgres.database import Database
from adapters.postgres.logs import LOGS, head
from adapters.postgres.outbox import Outbox

LAG_MAX = 10_000  # facts; more than this is not "a moment ago" any more


def health_of(database: Database, outbox: Outbox) -> dict[str, Any]:
    """Positions, lag, parked keys and the outbox; `status` is ``ok`` or ``degraded``."""
    with database.connection() as db:
        marks = {row["log"]: row["position"] for row in db.execute("SELECT * FROM bookmarks")}
        heads = {log: head(db, log) for log in LOGS}
        parked = [
            {"projection": row["projection"], "facts_from": row["position"], "error": row["error"]}
            for row in db.execute("SELECT * FROM parked ORDER BY at LIMIT 20")
        ]
        waiting, given_up = outbox.waiting(db), outbox.given_up(db)
    lag = {log: heads[log] - marks[log] for log in LOGS}
    well = not parked and not given_up and max(lag.values()) <= LAG_MAX
    return {
        "status": "ok" if well else "degraded",
        "logs": {log: {"head": heads[log], "followed": marks[log], "lag": lag[log]} for log in LOGS},
        "parked": parked,
        "outbox": {"waiting": waiting, "given_up": given_up},
    }
