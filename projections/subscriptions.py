"""Subscriptions: who pays for what, in which cycle, and until when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.tree import Tree, TreeStatus
from domain.workspace import Workspace
from projections.folding import Folding, Rows
from projections.projection import Db, on

# Stripe's words for a dispute that asks nothing of anybody any more.
SETTLED_DISPUTES = frozenset({"won", "lost", "warning_closed", "prevented"})

COLUMNS = """s.*, (SELECT count(*) FROM subscription_disputes d
    WHERE d.tree_id = s.tree_id AND d.is_open) AS disputes_open"""


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
    chosen_at: datetime  # the newest time that its plan was chosen for payment
    next_plan: str | None  # a change that comes at the end of the cycle
    next_plan_at: datetime | None
    standing: str  # of its payments: current, past_due or paused
    standing_since: datetime | None
    disputes_open: int


class Subscriptions(Folding):
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
            founded_at       timestamptz NOT NULL,
            chosen_at        timestamptz NOT NULL,
            next_plan        text,
            next_plan_at     timestamptz,
            standing         text NOT NULL DEFAULT 'current',
            standing_since   timestamptz
        """,
        "subscription_disputes": """
            tree_id    uuid NOT NULL,
            dispute_id text NOT NULL,
            is_open    boolean NOT NULL,
            PRIMARY KEY (tree_id, dispute_id)
        """,
    }
    indexes = {
        "subscriptions_anchor": "subscriptions (anchor_id)",
        "subscriptions_customer": "subscriptions (customer_id)",
    }

    # Questions.

    def of_tree(self, db: Db, tree_id: UUID) -> SubscriptionRow | None:
        found = db.cursor(row_factory=class_row(SubscriptionRow)).execute(
            f"SELECT {COLUMNS} FROM subscriptions s WHERE tree_id = %s", (tree_id,)
        )
        return found.fetchone()

    def of_anchor(self, db: Db, anchor_id: UUID) -> list[SubscriptionRow]:
        """Every tree that this workspace was meant to be the anchor of, the one chosen last first."""
        found = db.cursor(row_factory=class_row(SubscriptionRow)).execute(
            f"SELECT {COLUMNS} FROM subscriptions s WHERE anchor_id = %s ORDER BY chosen_at DESC, tree_id",
            (anchor_id,),
        )
        return found.fetchall()

    def of_customer(self, db: Db, customer_id: str) -> list[UUID]:
        """The trees that a customer of Stripe pays or paid for, the newest first."""
        found = db.execute(
            "SELECT tree_id FROM subscriptions WHERE customer_id = %s ORDER BY founded_at DESC, tree_id",
            (customer_id,),
        )
        return [row["tree_id"] for row in found]

    def living(self, db: Db) -> dict[str, UUID]:
        """The tree that lives on each subscription."""
        found = db.execute(
            "SELECT subscription_id, tree_id FROM subscriptions WHERE status = %s ORDER BY tree_id",
            (TreeStatus.ACTIVE.value,),
        )
        return {row["subscription_id"]: row["tree_id"] for row in found}

    # What each fact changes.

    @on(Tree.Founded)
    def founded(self, rows: Rows, fact: Fact, event: Tree.Founded) -> None:
        rows.insert(
            "subscriptions",
            tree_id=fact.stream,
            anchor_id=event.anchor_id,
            status=TreeStatus.AWAITING_PAYMENT.value,
            plan=event.plan,
            customer_id=event.customer_id,
            founded_at=event.timestamp,
            chosen_at=event.timestamp,
        )

    @on(Workspace.PlanChosen)
    def plan_chosen(self, rows: Rows, fact: Fact, event: Workspace.PlanChosen) -> None:
        """Also a plan that was chosen before, left for another one, and is chosen again."""
        rows.update("subscriptions", (event.tree_id,), chosen_at=event.timestamp)

    @on(Tree.SubscriptionStarted)
    def started(self, rows: Rows, fact: Fact, event: Tree.SubscriptionStarted) -> None:
        rows.update(
            "subscriptions",
            (fact.stream,),
            status=TreeStatus.ACTIVE.value,
            plan=event.plan,
            workspaces_max=event.workspaces_max,
            pool_events=event.pool_events,
            customer_id=event.customer_id,
            subscription_id=event.subscription_id,
            cycle_started_at=event.cycle_started_at,
            cycle_ends_at=event.cycle_ends_at,
        )

    @on(Tree.CycleStarted)
    def cycle_started(self, rows: Rows, fact: Fact, event: Tree.CycleStarted) -> None:
        rows.update(
            "subscriptions",
            (fact.stream,),
            pool_events=event.pool_events,
            cycle_started_at=event.cycle_started_at,
            cycle_ends_at=event.cycle_ends_at,
        )

    @on(Tree.PlanChanged)
    def plan_changed(self, rows: Rows, fact: Fact, event: Tree.PlanChanged) -> None:
        rows.update(
            "subscriptions",
            (fact.stream,),
            plan=event.plan_to,
            pool_events=event.pool_events,
            workspaces_max=event.workspaces_max,
            next_plan=None,
            next_plan_at=None,
        )

    @on(Tree.PlanChangeScheduled)
    def plan_change_scheduled(self, rows: Rows, fact: Fact, event: Tree.PlanChangeScheduled) -> None:
        rows.update("subscriptions", (fact.stream,), next_plan=event.plan, next_plan_at=event.at)

    @on(Tree.PlanChangeWithdrawn)
    def plan_change_withdrawn(self, rows: Rows, fact: Fact, event: Tree.PlanChangeWithdrawn) -> None:
        rows.update("subscriptions", (fact.stream,), next_plan=None, next_plan_at=None)

    @on(Tree.PaymentStandingChanged)
    def standing_changed(self, rows: Rows, fact: Fact, event: Tree.PaymentStandingChanged) -> None:
        standing = event.standing_to.value
        rows.update("subscriptions", (fact.stream,), standing=standing, standing_since=event.timestamp)

    @on(Tree.PaymentDisputed)
    def payment_disputed(self, rows: Rows, fact: Fact, event: Tree.PaymentDisputed) -> None:
        rows.execute(
            "INSERT INTO subscription_disputes VALUES (%s, %s, %s)"
            " ON CONFLICT (tree_id, dispute_id) DO UPDATE SET is_open = excluded.is_open",
            (fact.stream, event.dispute_id, event.status not in SETTLED_DISPUTES),
        )

    @on(Tree.CancellationScheduled)
    def cancellation_scheduled(self, rows: Rows, fact: Fact, event: Tree.CancellationScheduled) -> None:
        rows.update("subscriptions", (fact.stream,), ends_at=event.ends_at)

    @on(Tree.Reactivated)
    def reactivated(self, rows: Rows, fact: Fact, event: Tree.Reactivated) -> None:
        rows.update("subscriptions", (fact.stream,), ends_at=None)

    @on(Tree.SubscriptionEnded)
    def ended(self, rows: Rows, fact: Fact, event: Tree.SubscriptionEnded) -> None:
        rows.update(
            "subscriptions",
            (fact.stream,),
            status=TreeStatus.ENDED.value,
            plan=event.plan_to,
            ends_at=None,
            ended_at=event.ended_at,
            ended_because=event.reason or event.status,
            next_plan=None,
            next_plan_at=None,
            standing="current",
            standing_since=None,
        )
