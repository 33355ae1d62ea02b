"""Is everything that should run running, and is anything stuck?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection

from adapters.postgres import parking
from adapters.postgres.database import Database
from adapters.postgres.jobs import JobRuns
from adapters.postgres.lags import Lag, lag_of
from adapters.postgres.logs import LOGS
from adapters.postgres.naming import Named
from adapters.postgres.outbox import Outbox

# What is older than this is not "a moment ago" any more.
UNFOLLOWED_MAX = timedelta(minutes=1)
DUE_MAX = timedelta(minutes=5)  # nobody has tried
ASKED_MAX = timedelta(hours=1)  # all tries were in vain


def health_of(database: Database, outbox: Outbox, jobs: JobRuns, now: datetime) -> dict[str, Any]:
    """`status` is ``ok`` or ``degraded``, and then `why` says what is late or stuck.

    Anybody may ask, so there is no id in it and no text of an error.
    """
    with database.reading(Named(everybody=True)) as db:
        logs = {log: _log(lag_of(db, log, now)) for log in LOGS}
        parked = [
            {
                "projection": cause["projection"],
                "facts_from": cause["position"],
                "error": cause["error"].partition(":")[0],
            }
            for cause in parking.causes(db)
        ]
        errands = outbox.state(db)
        jobs_late = jobs.late(db, now)
        drifts = _drifts(db)
    wrong = {
        "parked": bool(parked),
        "errands_given_up": errands.given_up > 0,
        "errands_not_tried": _older(errands.due_since, now, DUE_MAX),
        "errands_in_vain": _older(errands.asked_since, now, ASKED_MAX),
        "jobs_late": jobs_late > 0,
        "drift": sum(drifts.values()) > 0,
        **{f"{log}_not_followed": said["age_seconds"] > UNFOLLOWED_MAX.seconds for log, said in logs.items()},
    }
    return {
        "status": "degraded" if any(wrong.values()) else "ok",
        "why": [name for name, is_so in wrong.items() if is_so],
        "logs": logs,
        "parked": parked,
        "outbox": {"waiting": errands.waiting, "given_up": errands.given_up},
        "jobs": {"late": jobs_late},
        "drift": drifts,
    }


def _log(lag: Lag) -> dict[str, int]:
    return {
        "head": lag.head,
        "followed": lag.position,
        "lag": lag.head - lag.position,
        "age_seconds": lag.age_seconds,
    }


def _drifts(db: Connection[Any]) -> dict[str, int]:
    """How often Stripe and we differ, by the job that found it."""
    rows = db.execute("SELECT job, count(*) AS drifts FROM drifts GROUP BY job ORDER BY job")
    return {row["job"]: row["drifts"] for row in rows}


def _older(since: datetime | None, now: datetime, limit: timedelta) -> bool:
    return since is not None and now - since > limit
