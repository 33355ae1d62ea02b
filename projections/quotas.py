"""Quotas: which pools are nearly or wholly used, who was told so, and of which must it be told now?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from domain.cycles import calendar_month
from domain.fact import Fact
from domain.quota import PERCENTS, QuotaNotice, QuotaSeen
from projections.drawn import Pool
from projections.folding import Folding, Rows
from projections.projection import Db, on

CYCLE_DAYS_MAX = timedelta(days=32)
DUE_MAX = 500  # pools, in one run of the clock; what is left comes with the next

# The cycle of an event is the one in which it was received: until Stripe names the next one, it begins
# where the last one ends.
RUNNING = """
    SELECT p.*, c.cycle_started_at AS counted_from, c.used
      FROM pool_counts c JOIN pools p USING (pool_id)
     WHERE c.cycle_started_at > %(since)s AND c.cycle_started_at <= %(at)s
       AND CASE WHEN p.cycle_started_at IS NULL THEN c.cycle_started_at = %(month)s
                WHEN %(at)s < p.cycle_ends_at THEN c.cycle_started_at = p.cycle_started_at
                ELSE c.cycle_started_at >= p.cycle_ends_at END
       AND c.used * 100 >= p.pool_events * %(lowest)s
       AND EXISTS (SELECT FROM pool_draws d WHERE d.pool_id = p.pool_id)
"""

# Those who have come to a percent of which no notice was given, then those that have fallen below one.
DUE = f"""
    WITH running AS ({RUNNING})
    SELECT r.*, NULL::timestamptz AS noticed_until, true AS in_use FROM running r
     WHERE EXISTS (SELECT FROM unnest(%(percents)s::int[]) AS percent
        WHERE r.used * 100 >= r.pool_events * percent
          AND NOT EXISTS (SELECT FROM quota_notices n WHERE n.pool_id = r.pool_id
                             AND n.cycle_started_at = r.counted_from AND n.percent = percent.percent))
    UNION
    SELECT p.*, n.cycle_started_at AS counted_from, coalesce(c.used, 0) AS used,
           n.cycle_ends_at AS noticed_until, r.pool_id IS NOT NULL AS in_use
      FROM quota_notices n
      JOIN pools p USING (pool_id)
      LEFT JOIN pool_counts c ON c.pool_id = n.pool_id AND c.cycle_started_at = n.cycle_started_at
      LEFT JOIN running r ON r.pool_id = n.pool_id AND r.counted_from = n.cycle_started_at
     WHERE n.holds AND n.cycle_ends_at > %(at)s
       AND (r.pool_id IS NULL OR r.used * 100 < r.pool_events * n.percent)
    ORDER BY pool_id LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class QuotaRow:
    """A notice that holds."""

    percent: int
    tree_id: UUID | None
    cycle_ends_at: datetime
    raised_at: datetime


class Quotas(Folding):
    name = "quotas"
    logs = ("agency",)
    tables = {
        "quota_notices": """
            pool_id          uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            percent          integer NOT NULL,
            cycle_ends_at    timestamptz NOT NULL,
            tree_id          uuid,
            raised_at        timestamptz NOT NULL,
            holds            boolean NOT NULL,
            PRIMARY KEY (pool_id, cycle_started_at, percent)
        """,
    }
    indexes = {"quota_notices_holding": "quota_notices (cycle_ends_at) WHERE holds"}

    # Questions.

    def standing(self, db: Db, pool_id: UUID, at: datetime) -> QuotaRow | None:
        """The highest notice that holds for a pool in the cycle that runs."""
        found = db.cursor(row_factory=class_row(QuotaRow)).execute(
            "SELECT percent, tree_id, cycle_ends_at, raised_at FROM quota_notices WHERE pool_id = %s"
            " AND holds AND cycle_started_at <= %s AND cycle_ends_at > %s ORDER BY percent DESC LIMIT 1",
            (pool_id, at, at),
        )
        return found.fetchone()

    # For the clock.

    def due(self, db: Db, at: datetime) -> list[QuotaSeen]:
        """Pools of which a notice is to be given or taken back.

        The counts are of this instant; the notices may be a moment older, which their streams set right.
        """
        given = {
            "at": at,
            "since": at - CYCLE_DAYS_MAX,
            "month": calendar_month(at).started_at,
            "lowest": min(PERCENTS),
            "percents": list(PERCENTS),
            "limit": DUE_MAX,
        }
        rows = db.cursor(row_factory=dict_row).execute(DUE, given).fetchall()
        return [seen for row in rows if (seen := _seen(row, at)) is not None]

    # What each fact changes.

    @on(QuotaNotice.Raised)
    def raised(self, rows: Rows, fact: Fact, event: QuotaNotice.Raised) -> None:
        rows.insert(
            "quota_notices",
            pool_id=event.pool_id,
            cycle_started_at=event.cycle_started_at,
            percent=event.percent,
            cycle_ends_at=event.cycle_ends_at,
            tree_id=event.tree_id,
            raised_at=event.timestamp,
            holds=True,
        )

    @on(QuotaNotice.Resolved)
    def resolved(self, rows: Rows, fact: Fact, event: QuotaNotice.Resolved) -> None:
        notice = event.pool_id, event.cycle_started_at, event.percent
        rows.update("quota_notices", notice, holds=False)


def _seen(row: dict[str, Any], at: datetime) -> QuotaSeen | None:
    """None for what was counted in a cycle that is over, where Stripe has been silent for more than one."""
    counted_from, used, until, in_use = (
        row.pop(one) for one in ("counted_from", "used", "noticed_until", "in_use")
    )
    pool = Pool(**row)
    running = pool.cycle_at(at)
    ends_at = until or running.ends_at
    if until is None and running.started_at != counted_from:
        return None
    return QuotaSeen(
        pool_id=pool.pool_id,
        tree_id=pool.tree_id,
        cycle_started_at=counted_from,
        cycle_ends_at=ends_at,
        pool_events=pool.pool_events,
        used=used,
        in_use=in_use,
    )
