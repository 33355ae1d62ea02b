"""Pooled usage: how much did each workspace draw from which pool in which cycle?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from domain.correction import Correction
from domain.fact import Fact
from domain.ids import stream_of_overage
from domain.overage import Overage
from domain.plans import OverageBand, overage_bands, overage_cost_micros
from domain.tree import Tree
from domain.usage import Usage
from projections.folding import Folding, Rows
from projections.projection import Db, Writes, fill, on

CYCLES = """
    SELECT c.cycle_started_at, c.cycle_ends_at, c.pool_events, c.claimed, c.reported, c.held, c.held_at,
           c.credited, c.credited_micros,
           coalesce(sum(u.events), 0)::bigint AS used
      FROM pool_cycles c
      LEFT JOIN usage_by_workspace u ON u.pool_id = c.tree_id AND u.cycle_started_at = c.cycle_started_at
"""
LAGGING = "reported <> coalesce(held, 0)"
CYCLES_MAX = 240
COUNTED = Usage.Counted.__qualname__
COUNT = """
    INSERT INTO usage_by_workspace
    SELECT unnest(%b::uuid[]), unnest(%b::timestamptz[]), unnest(%b::uuid[]), unnest(%b::bigint[])
    ON CONFLICT (pool_id, cycle_started_at, workspace_id) DO UPDATE
    SET events = usage_by_workspace.events + excluded.events
"""
SUMMED = "GROUP BY c.tree_id, c.cycle_started_at ORDER BY 1 DESC"


@dataclass(frozen=True, kw_only=True)
class UsageRow:
    workspace_id: UUID
    events: int


@dataclass(frozen=True, kw_only=True)
class DrawnRow:
    """What one workspace drew from a pool in one cycle."""

    pool_id: UUID
    cycle_started_at: datetime
    cycle_ends_at: datetime | None  # None unless it is a tree's, and Stripe has named it
    events: int


@dataclass(frozen=True, kw_only=True)
class CycleUsage:
    """One cycle of a tree's pool."""

    cycle_started_at: datetime
    cycle_ends_at: datetime
    pool_events: int
    used: int
    claimed: int = 0  # of the overage: what was asked of Stripe to bill, which is never taken back
    reported: int = 0  # and what Stripe has taken
    held: int | None = None  # and what Stripe's meter showed when it was last looked at
    held_at: datetime | None = None
    credited: int = 0  # of the claimed: voided after the invoice, a credit note is asked for
    credited_micros: int = 0

    @property
    def overage_events(self) -> int:
        """At least what was claimed: a pool that grew within its cycle gives nothing back."""
        return max(self.claimed, self.used - self.pool_events)

    @property
    def overage_bands(self) -> tuple[OverageBand, ...]:
        return overage_bands(self.overage_events)

    @property
    def overage_micros(self) -> int:
        return overage_cost_micros(self.overage_events)


class PooledUsage(Folding):
    name = "pooled_usage"
    logs = ("agency", "metering")
    side_by_side = True
    reads = {COUNTED: frozenset({"pool_id", "cycle_started_at", "workspace_id", "quantity"})}
    tables = {
        "usage_by_workspace": """
            pool_id          uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            workspace_id     uuid NOT NULL,
            events           bigint NOT NULL,
            PRIMARY KEY (pool_id, cycle_started_at, workspace_id)
        """,
        "pool_cycles": """
            tree_id          uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            cycle_ends_at    timestamptz NOT NULL,
            pool_events      bigint NOT NULL,
            claimed          bigint NOT NULL DEFAULT 0,
            reported         bigint NOT NULL DEFAULT 0,
            held             bigint,
            held_at          timestamptz,
            credited         bigint NOT NULL DEFAULT 0,
            credited_micros  bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (tree_id, cycle_started_at)
        """,
    }
    indexes = {
        "usage_by_workspace_workspace": "usage_by_workspace (workspace_id)",
        "pool_cycles_lagging": f"pool_cycles (cycle_ends_at) WHERE {LAGGING}",
    }

    # Questions.

    def of_tree(self, db: Db, tree_id: UUID, cycle_started_at: datetime) -> list[UsageRow]:
        """What each workspace drew in a cycle, the most first; a deleted child's draw stays."""
        found = db.cursor(row_factory=class_row(UsageRow)).execute(
            "SELECT workspace_id, events FROM usage_by_workspace"
            " WHERE pool_id = %s AND cycle_started_at = %s ORDER BY events DESC, workspace_id",
            (tree_id, cycle_started_at),
        )
        return found.fetchall()

    def cycles_of_tree(self, db: Db, tree_id: UUID) -> list[CycleUsage]:
        """The cycles of a tree, the newest first."""
        found = db.cursor(row_factory=class_row(CycleUsage)).execute(
            f"{CYCLES} WHERE c.tree_id = %s {SUMMED} LIMIT {CYCLES_MAX}", (tree_id,)
        )
        return found.fetchall()

    def cycle_of_tree(self, db: Db, tree_id: UUID, cycle_started_at: datetime) -> CycleUsage | None:
        found = db.cursor(row_factory=class_row(CycleUsage)).execute(
            f"{CYCLES} WHERE c.tree_id = %s AND c.cycle_started_at = %s {SUMMED}", (tree_id, cycle_started_at)
        )
        return found.fetchone()

    def in_workspace(self, db: Db, workspace_id: UUID, pool_id: UUID, cycle_started_at: datetime) -> int:
        """What one workspace drew from a pool in a cycle."""
        row = db.execute(
            "SELECT events FROM usage_by_workspace"
            " WHERE pool_id = %s AND cycle_started_at = %s AND workspace_id = %s",
            (pool_id, cycle_started_at, workspace_id),
        ).fetchone()
        return int(row["events"]) if row else 0

    def drawn_in_workspace(self, db: Db, workspace_id: UUID) -> list[DrawnRow]:
        """What one workspace drew from any pool that it ever had, the newest cycle first."""
        found = db.cursor(row_factory=class_row(DrawnRow)).execute(
            "SELECT u.pool_id, u.cycle_started_at, c.cycle_ends_at, u.events FROM usage_by_workspace u"
            " LEFT JOIN pool_cycles c ON c.tree_id = u.pool_id AND c.cycle_started_at = u.cycle_started_at"
            " WHERE u.workspace_id = %s ORDER BY u.cycle_started_at DESC, u.pool_id LIMIT %s",
            (workspace_id, CYCLES_MAX),
        )
        return found.fetchall()

    # For the clock.

    def lagging(self, db: Db, ended_after: datetime, limit: int) -> list[UUID]:
        """The overage of cycles that run or ended after an instant, and of which Stripe's meter showed
        other than what Stripe confirmed."""
        rows = db.execute(
            f"SELECT tree_id, cycle_started_at FROM pool_cycles WHERE {LAGGING} AND cycle_ends_at > %s"
            " ORDER BY cycle_ends_at DESC, tree_id LIMIT %s",
            (ended_after, limit),
        )
        return [stream_of_overage(row["tree_id"], row["cycle_started_at"]) for row in rows]

    # What each fact changes. What was counted is summed up before it is written, and comes before the other
    # facts, which may take some of it back.

    def topics(self, log: str) -> frozenset[str]:
        return super().topics(log) | {COUNTED}

    def apply(self, db: Writes, facts: Sequence[Fact]) -> None:
        counts: dict[tuple[int, datetime, int], list[Any]] = {}
        others = []
        for fact in facts:
            if fact.topic == COUNTED:
                event = fact.event
                pool_id, cycle, workspace_id = event.pool_id, event.cycle_started_at, event.workspace_id
                drawn = pool_id.int, cycle, workspace_id.int  # a number is found faster than an id
                if row := counts.get(drawn):
                    row[3] += event.quantity
                else:
                    counts[drawn] = [pool_id, cycle, workspace_id, event.quantity]
            else:
                others.append(fact)
        fill(db, COUNT, counts.values())
        super().apply(db, others)

    @on(Tree.SubscriptionStarted, Tree.CycleStarted)
    def cycle_started(self, rows: Rows, fact: Fact, event: Tree.CycleStarted) -> None:
        rows.insert(
            "pool_cycles",
            tree_id=fact.stream,
            cycle_started_at=event.cycle_started_at,
            cycle_ends_at=event.cycle_ends_at,
            pool_events=event.pool_events,
        )

    @on(Tree.PlanChanged)
    def plan_changed(self, rows: Rows, fact: Fact, event: Tree.PlanChanged) -> None:
        cycle = fact.stream, event.cycle_started_at
        rows.update("pool_cycles", cycle, pool_events=event.pool_events)

    @on(Overage.Claimed)
    def claimed(self, rows: Rows, fact: Fact, event: Overage.Claimed) -> None:
        rows.update("pool_cycles", _cycle(event), claimed=event.events_total)

    @on(Overage.Reported)
    def reported(self, rows: Rows, fact: Fact, event: Overage.Reported) -> None:
        rows.add("pool_cycles", _cycle(event), reported=event.events)

    @on(Overage.ShortfallFound)
    def shortfall_found(self, rows: Rows, fact: Fact, event: Overage.ShortfallFound) -> None:
        rows.add("pool_cycles", _cycle(event), reported=-event.events)

    @on(Overage.HeldByStripe)
    def held(self, rows: Rows, fact: Fact, event: Overage.HeldByStripe) -> None:
        rows.update("pool_cycles", _cycle(event), held=event.events, held_at=event.timestamp)

    @on(Correction.Voided)
    def voided(self, rows: Rows, fact: Fact, event: Correction.Voided) -> None:
        drawn = event.pool_id, event.cycle_started_at, event.workspace_id
        rows.add("usage_by_workspace", drawn, events=-event.quantity)

    @on(Overage.CreditRequested)
    def credit_requested(self, rows: Rows, fact: Fact, event: Overage.CreditRequested) -> None:
        credited = {"credited": event.events, "credited_micros": event.amount_micros}
        rows.add("pool_cycles", _cycle(event), **credited)


def _cycle(event: Any) -> tuple[UUID, datetime]:
    return event.tree_id, event.cycle_started_at
