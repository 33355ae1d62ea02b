"""Subscriptions: who pays for what, in which cycle, and until when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.tree import Tree, TreeStatus
from projections.projection import Db, Projection, on


@dataclass(frozen=True, kw_only=True)
class SubscriptionRow:
    tree_id: UUID
    anchor_id: UUID
    status: str  # awaiting_payment, active or ended
    plan: str
    workspaces_max: int
    pool_events: int
    customer_id: str | None
    subscription_id: str | None
    cycle_started_at: datetime | None
    cycle_ends_at: datetime | None
    ends_at: datetime | None  # a scheduled cancellation
    ended_at: datetime | None
    ended_because: str | None
    founded_at: datetime


class Subscriptions(Projection):
    name = "subscriptions"
    logs = ("agency",)
    tables = {
        "subscriptions": """
            tree_id          uuid PRIMARY KEY,
            anchor_id        uuid NOT NULL,
            status           text NOT NULL,
            plan             text NOT NULL,
            workspaces_max   integer NOT NULL DEFAULT 1,
            pool_events      bigint NOT NULL DEFAULT 0,
            customer_id      text,
            subscription_id  text,
            cycle_started_at timestamptz,
            cycle_ends_at    timestamptz,
            ends_at          timestamptz,
            ended_at         timestamptz,
            ended_because    text,
            founded_at       timestamptz NOT NULL
        """,
    }
    indexes = {"subscriptions_anchor": "subscriptions (anchor_id)"}

    # Questions.

    def of_tree(self, db: Db, tree_id: UUID) -> SubscriptionRow | None:
        found = db.cursor(row_factory=class_row(SubscriptionRow)).execute(
            "SELECT * FROM subscriptions WHERE tree_id = %s", (tree_id,)
        )
        return found.fetchone()

    def of_anchor(self, db: Db, anchor_id: UUID) -> list[SubscriptionRow]:
        """Every tree that this workspace has been the anchor of, the newest first."""
        found = db.cursor(row_factory=class_row(SubscriptionRow)).execute(
            "SELECT * FROM subscriptions WHERE anchor_id = %s ORDER BY founded_at DESC, tree_id",
            (anchor_id,),
        )
        return found.fetchall()

    # What each fact changes.

    @on(Tree.Founded)
    def founded(self, db: Db, fact: Fact, event: Tree.Founded) -> None:
        db.execute(
            "INSERT INTO subscriptions (tree_id, anchor_id, status, plan, customer_id, founded_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (
                fact.stream,
                event.anchor_id,
                TreeStatus.AWAITING_PAYMENT.value,
                event.plan,
                event.customer_id,
                event.timestamp,
            ),
        )

    @on(Tree.SubscriptionStarted)
    def started(self, db: Db, fact: Fact, event: Tree.SubscriptionStarted) -> None:
        db.execute(
            "UPDATE subscriptions SET status = %s, plan = %s, workspaces_max = %s, pool_events = %s,"
            " customer_id = %s, subscription_id = %s, cycle_started_at = %s, cycle_ends_at = %s"
            " WHERE tree_id = %s",
            (
                TreeStatus.ACTIVE.value,
                event.plan,
                event.workspaces_max,
                event.pool_events,
                event.customer_id,
                event.subscription_id,
                event.cycle_started_at,
                event.cycle_ends_at,
                fact.stream,
            ),
        )

    @on(Tree.CycleStarted)
    def cycle_started(self, db: Db, fact: Fact, event: Tree.CycleStarted) -> None:
        db.execute(
            "UPDATE subscriptions SET pool_events = %s, cycle_started_at = %s, cycle_ends_at = %s"
            " WHERE tree_id = %s",
            (event.pool_events, event.cycle_started_at, event.cycle_ends_at, fact.stream),
        )

    @on(Tree.CancellationScheduled)
    def cancellation_scheduled(self, db: Db, fact: Fact, event: Tree.CancellationScheduled) -> None:
        db.execute("UPDATE subscriptions SET ends_at = %s WHERE tree_id = %s", (event.ends_at, fact.stream))

    @on(Tree.Reactivated)
    def reactivated(self, db: Db, fact: Fact, event: Tree.Reactivated) -> None:
        db.execute("UPDATE subscriptions SET ends_at = NULL WHERE tree_id = %s", (fact.stream,))

    @on(Tree.SubscriptionEnded)
    def ended(self, db: Db, fact: Fact, event: Tree.SubscriptionEnded) -> None:
        db.execute(
            "UPDATE subscriptions SET status = %s, plan = %s, ends_at = NULL, ended_at = %s,"
            " ended_because = %s WHERE tree_id = %s",
            (
                TreeStatus.ENDED.value,
                event.plan_to,
                event.ended_at,
                event.reason or event.status,
                fact.stream,
            ),
        )
