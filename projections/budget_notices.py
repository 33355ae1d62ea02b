"""Budget notices: of which budgets was it told that they are partly or wholly used, of which is it due?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from domain.budget import MINUTE_MICROS, NEAR_PERCENT, PERCENTS, BudgetNotice, BudgetSeen
from domain.fact import Fact
from projections.drawn import Pool
from projections.projection import Db, Projection, Writes, on
from projections.quotas import CYCLE_DAYS_MAX

DUE_MAX = 500  # budgets, in one run of the clock; what is left comes with the next

# Calls that run may use what is held for them: it is told of when it is used.
DUE = """
    WITH running AS (
        SELECT b.workspace_id, b.stops, u.cycle_started_at AS used_from, u.spent_micros AS used_micros, p.*,
               CASE WHEN b.raised_for = u.cycle_started_at THEN b.raised_micros ELSE b.limit_micros END
                   AS limit_micros
          FROM budgets b
          JOIN credit_uses u USING (workspace_id)
          JOIN pools p ON p.pool_id = b.tree_id
         WHERE u.cycle_started_at > %(since)s AND u.cycle_started_at <= %(at)s
    )
    SELECT r.* FROM running r
     WHERE EXISTS (SELECT FROM unnest(%(percents)s::int[]) AS percent
        WHERE r.limit_micros * percent <= 100 * (r.used_micros
              + CASE WHEN r.stops AND percent = 100 AND r.used_micros * 100 >= r.limit_micros * %(near)s
                     THEN %(minute)s ELSE 0 END)
          AND NOT EXISTS (SELECT FROM budget_notices n WHERE n.workspace_id = r.workspace_id
                             AND n.cycle_started_at = r.used_from AND n.percent = percent.percent))
     ORDER BY r.workspace_id LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class BudgetNoticeRow:
    workspace_id: UUID
    percent: int
    used_micros: int
    limit_micros: int
    raised_at: datetime


class BudgetNotices(Projection):
    name = "budget_notices"
    logs = ("agency",)
    tables = {
        "budget_notices": """
            workspace_id     uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            percent          integer NOT NULL,
            tree_id          uuid NOT NULL,
            used_micros      bigint NOT NULL,
            limit_micros     bigint NOT NULL,
            raised_at        timestamptz NOT NULL,
            PRIMARY KEY (workspace_id, cycle_started_at, percent)
        """,
    }

    # Questions.

    def in_workspaces(
        self, db: Db, workspace_ids: Collection[UUID], cycle_started_at: datetime
    ) -> dict[UUID, BudgetNoticeRow]:
        """The last that was told of each of them in a cycle."""
        found = db.cursor(row_factory=class_row(BudgetNoticeRow)).execute(
            "SELECT workspace_id, percent, used_micros, limit_micros, raised_at FROM budget_notices"
            " WHERE workspace_id = ANY(%s) AND cycle_started_at = %s ORDER BY percent",
            (list(workspace_ids), cycle_started_at),
        )
        return {row.workspace_id: row for row in found.fetchall()}

    # For the clock.

    def due(self, db: Db, at: datetime) -> list[BudgetSeen]:
        """Budgets of which a notice is to be given; the notices may be a moment older than the counts,
        which their streams set right."""
        given = {
            "at": at,
            "since": at - CYCLE_DAYS_MAX,
            "percents": list(PERCENTS),
            "limit": DUE_MAX,
            "near": NEAR_PERCENT,
            "minute": MINUTE_MICROS,
        }
        rows = db.cursor(row_factory=dict_row).execute(DUE, given).fetchall()
        return [seen for row in rows if (seen := _seen(row, at)) is not None]

    # What each fact changes.

    @on(BudgetNotice.Raised)
    def raised(self, db: Writes, fact: Fact, event: BudgetNotice.Raised) -> None:
        db.execute(
            "INSERT INTO budget_notices VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                event.workspace_id,
                event.cycle_started_at,
                event.percent,
                event.tree_id,
                event.used_micros,
                event.limit_micros,
                event.timestamp,
            ),
        )


def _seen(row: dict[str, Any], at: datetime) -> BudgetSeen | None:
    """None for what was used in a cycle that is over."""
    budget = {name: row.pop(name) for name in ("workspace_id", "stops", "used_micros", "limit_micros")}
    used_from, pool = row.pop("used_from"), Pool(**row)
    running = pool.cycle_at(at)
    if running.started_at != used_from or pool.tree_id is None:
        return None
    return BudgetSeen(
        tree_id=pool.tree_id,
        cycle_started_at=running.started_at,
        cycle_ends_at=running.ends_at,
        **budget,
    )
