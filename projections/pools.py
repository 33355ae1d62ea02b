"""Pools: which workspace draws on which pool, how large is it, and how much is used? (inline)"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.correction import Correction
from domain.fact import Fact
from domain.ids import stream_of_overage
from domain.overage import CreditDue, Overage, OverageDue
from domain.plans import FREE
from domain.tree import Tree
from domain.usage import Usage
from domain.workspace import Workspace
from projections.drawn import Draw, Pool
from projections.projection import Db, Later, Projection, on

DUE_MAX = 1_000  # cycles a page


COUNTED = Usage.Counted.__qualname__


class Pools(Projection):
    name = "pools"
    logs = ("agency", "metering")
    tables = {
        "pools": """
            pool_id          uuid PRIMARY KEY,
            tree_id          uuid,
            pool_events      bigint NOT NULL,
            stops_at_limit   boolean NOT NULL,
            cycle_started_at timestamptz,
            cycle_ends_at    timestamptz
        """,
        "pool_draws": """
            workspace_id      uuid PRIMARY KEY,
            pool_id           uuid NOT NULL,
            plan              text NOT NULL,
            hourly_rate_cents integer
        """,
        "pool_counts": """
            pool_id          uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            used             bigint NOT NULL,
            voided           bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (pool_id, cycle_started_at)
        """,
        "pool_overages": """
            tree_id          uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            cycle_ends_at    timestamptz NOT NULL,
            pool_events      bigint NOT NULL,
            claimed          bigint NOT NULL,
            credited         bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (tree_id, cycle_started_at)
        """,
    }
    indexes = {
        "pool_overages_ends": "pool_overages (cycle_ends_at)",
        "pool_counts_started": "pool_counts (cycle_started_at)",
        "pool_counts_voided": "pool_counts (pool_id) WHERE voided > 0",
        "pool_draws_pool": "pool_draws (pool_id)",
    }

    # Questions.

    def of_workspace(self, db: Db, workspace_id: UUID) -> Pool | None:
        """The pool that a workspace draws on."""
        query = "SELECT p.* FROM pool_draws d JOIN pools p USING (pool_id) WHERE d.workspace_id = %s"
        return db.cursor(row_factory=class_row(Pool)).execute(query, (workspace_id,)).fetchone()

    def ask_draws(
        self, db: Db, workspace_ids: Collection[UUID], *, hold: bool = False
    ) -> Later[dict[UUID, Draw]]:
        """What each of these workspaces draws on; `hold` keeps it so until the transaction ends."""
        query = (
            "SELECT d.*, p.tree_id, p.pool_events, p.stops_at_limit, p.cycle_started_at, p.cycle_ends_at"
            " FROM pool_draws d JOIN pools p USING (pool_id)"
            " WHERE d.workspace_id = ANY(%s) ORDER BY d.workspace_id"
        )
        query += " FOR SHARE OF d" if hold else ""
        found = db.cursor(row_factory=class_row(Draw)).execute(query, (list(workspace_ids),))
        return lambda: {draw.workspace_id: draw for draw in found.fetchall()}

    def used(self, db: Db, pool_id: UUID, cycle_started_at: datetime) -> int:
        row = db.execute(
            "SELECT used FROM pool_counts WHERE pool_id = %s AND cycle_started_at = %s",
            (pool_id, cycle_started_at),
        ).fetchone()
        return int(row["used"]) if row else 0

    def overage_due(
        self,
        db: Db,
        tree_id: UUID | None = None,
        *,
        ends_between: tuple[datetime, datetime] | None = None,
        after: OverageDue | None = None,
    ) -> list[OverageDue]:
        """What is above the pools and not claimed yet, in cycles that Stripe has named: of a tree, or,
        for the clock, of all; in all their cycles, or in those that end between two instants.

        At most a page of it, the one that comes `after` the last of another page.
        """
        conditions, values = ["c.used - o.pool_events > o.claimed"], list[object]()
        if tree_id is not None:
            conditions.append("o.tree_id = %s")
            values.append(tree_id)
        if ends_between is not None:
            conditions.append("o.cycle_ends_at BETWEEN %s AND %s")
            values += ends_between
        if after is not None:
            conditions.append("(o.tree_id, o.cycle_started_at) > (%s, %s)")
            values += (after.tree_id, after.cycle_started_at)
        found = db.cursor(row_factory=class_row(OverageDue)).execute(
            "SELECT o.tree_id, o.cycle_started_at, o.cycle_ends_at, o.pool_events, c.used,"
            " (SELECT coalesce(max(position), 0) FROM event_index WHERE log = 'metering')"
            "   AS metering_position"
            " FROM pool_overages o JOIN pool_counts c"
            "   ON c.pool_id = o.tree_id AND c.cycle_started_at = o.cycle_started_at"
            f" WHERE {' AND '.join(conditions)} ORDER BY o.tree_id, o.cycle_started_at LIMIT %s",
            (*values, DUE_MAX),
        )
        return found.fetchall()

    def credit_due(self, db: Db, tree_id: UUID | None = None) -> list[CreditDue]:
        """Cycles that hold fewer events than were claimed, because of what was voided, and of which not
        all of that was asked for: of a tree, or, for the clock, of all. Those that ended come first."""
        found = db.cursor(row_factory=class_row(CreditDue)).execute(
            "SELECT o.tree_id, o.cycle_started_at, o.pool_events, c.used, c.voided"
            " FROM pool_counts c JOIN pool_overages o"
            "   ON o.tree_id = c.pool_id AND o.cycle_started_at = c.cycle_started_at"
            " WHERE c.voided > 0 AND (o.tree_id = %(tree_id)s OR %(tree_id)s::uuid IS NULL)"
            " AND least(c.voided, o.claimed - greatest(0, c.used - o.pool_events)) > o.credited"
            " ORDER BY o.cycle_ends_at, o.tree_id LIMIT %(limit)s",
            {"tree_id": tree_id, "limit": DUE_MAX},
        )
        return found.fetchall()

    # For the clock, which looks after everybody.

    def overages_after(self, db: Db, ended_after: datetime) -> list[UUID]:
        """The stream of each overage that was claimed of a cycle which ended after an instant, or runs."""
        rows = db.execute(
            "SELECT tree_id, cycle_started_at FROM pool_overages WHERE claimed > 0 AND cycle_ends_at > %s"
            " ORDER BY cycle_ends_at DESC, tree_id",
            (ended_after,),
        )
        return [stream_of_overage(row["tree_id"], row["cycle_started_at"]) for row in rows]

    # What each fact changes.

    def topics(self, log: str) -> frozenset[str]:
        return super().topics(log) | {COUNTED}

    def apply(self, db: Db, facts: Sequence[Fact]) -> None:
        """Draws are taken in one order, as by ingest, so that neither waits for the other in a circle;
        what was counted is summed up before it is written, since an append counts few pools, and comes
        before the other facts, which may take some of it back."""
        moved = sorted({fact.stream for fact in facts if fact.topic.startswith("Workspace.")})
        if len(moved) > 1:
            db.execute(
                "SELECT FROM pool_draws WHERE workspace_id = ANY(%s) ORDER BY workspace_id FOR UPDATE",
                (moved,),
            )
        counts: Counter[tuple[UUID, datetime]] = Counter()
        for fact in facts:
            if fact.topic == COUNTED:
                counts[fact.event.pool_id, fact.event.cycle_started_at] += fact.event.quantity
        if counts:
            db.execute(
                "INSERT INTO pool_counts SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::bigint[])"
                " ON CONFLICT (pool_id, cycle_started_at) DO UPDATE"
                " SET used = pool_counts.used + excluded.used",
                ([one for one, _ in counts], [at for _, at in counts], list(counts.values())),
            )
        super().apply(db, facts)

    @on(Workspace.Opened)
    def opened(self, db: Db, fact: Fact, event: Workspace.Opened) -> None:
        if event.tree_id is None:
            self._own_pool(db, fact.stream, FREE.pool_events)
        self._draw(db, fact.stream, event.tree_id or fact.stream, event.plan)

    @on(Tree.SubscriptionStarted)
    def subscription_started(self, db: Db, fact: Fact, event: Tree.SubscriptionStarted) -> None:
        db.execute(
            "INSERT INTO pools VALUES (%s, %s, %s, false, %s, %s)",
            (fact.stream, fact.stream, event.pool_events, event.cycle_started_at, event.cycle_ends_at),
        )
        self._cycle(db, fact.stream, event)

    @on(Tree.CycleStarted)
    def cycle_started(self, db: Db, fact: Fact, event: Tree.CycleStarted) -> None:
        db.execute(
            "UPDATE pools SET pool_events = %s, cycle_started_at = %s, cycle_ends_at = %s WHERE pool_id = %s",
            (event.pool_events, event.cycle_started_at, event.cycle_ends_at, fact.stream),
        )
        self._cycle(db, fact.stream, event)

    @on(Tree.PlanChanged)
    def plan_changed(self, db: Db, fact: Fact, event: Tree.PlanChanged) -> None:
        db.execute("UPDATE pools SET pool_events = %s WHERE pool_id = %s", (event.pool_events, fact.stream))
        db.execute(
            "UPDATE pool_overages SET pool_events = %s WHERE tree_id = %s AND cycle_started_at = %s",
            (event.pool_events, fact.stream, event.cycle_started_at),
        )

    @on(Workspace.Adopted, Workspace.BecameAnchor)
    def joined(self, db: Db, fact: Fact, event: Workspace.Adopted | Workspace.BecameAnchor) -> None:
        assert event.tree_id is not None
        self._draw(db, fact.stream, event.tree_id, event.plan_to)

    @on(Workspace.Downgraded)
    def downgraded(self, db: Db, fact: Fact, event: Workspace.Downgraded) -> None:
        self._own_pool(db, fact.stream, event.quota_events)
        self._draw(db, fact.stream, fact.stream, event.plan_to)

    @on(Workspace.PlanChanged)
    def plan_of_workspace_changed(self, db: Db, fact: Fact, event: Workspace.PlanChanged) -> None:
        db.execute("UPDATE pool_draws SET plan = %s WHERE workspace_id = %s", (event.plan_to, fact.stream))

    @on(Workspace.HourlyRateSet)
    def hourly_rate_set(self, db: Db, fact: Fact, event: Workspace.HourlyRateSet) -> None:
        db.execute(
            "UPDATE pool_draws SET hourly_rate_cents = %s WHERE workspace_id = %s",
            (event.hourly_rate_cents, fact.stream),
        )

    @on(Workspace.Deleted, Workspace.Closed)
    def deleted(self, db: Db, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        db.execute("DELETE FROM pool_draws WHERE workspace_id = %s", (fact.stream,))

    @on(Correction.Voided)
    def voided(self, db: Db, fact: Fact, event: Correction.Voided) -> None:
        db.execute(
            "UPDATE pool_counts SET used = used - %s, voided = voided + %s"
            " WHERE pool_id = %s AND cycle_started_at = %s",
            (event.quantity, event.quantity, event.pool_id, event.cycle_started_at),
        )

    @on(Overage.CreditRequested)
    def credit_requested(self, db: Db, fact: Fact, event: Overage.CreditRequested) -> None:
        db.execute(
            "UPDATE pool_overages SET credited = credited + %s WHERE tree_id = %s AND cycle_started_at = %s",
            (event.events, event.tree_id, event.cycle_started_at),
        )

    @on(Overage.Claimed)
    def overage_claimed(self, db: Db, fact: Fact, event: Overage.Claimed) -> None:
        db.execute(
            "UPDATE pool_overages SET claimed = %s WHERE tree_id = %s AND cycle_started_at = %s",
            (event.events_total, event.tree_id, event.cycle_started_at),
        )

    def _cycle(self, db: Db, tree_id: UUID, event: Tree.SubscriptionStarted | Tree.CycleStarted) -> None:
        db.execute(
            "INSERT INTO pool_overages VALUES (%s, %s, %s, %s, 0)",
            (tree_id, event.cycle_started_at, event.cycle_ends_at, event.pool_events),
        )

    def _own_pool(self, db: Db, workspace_id: UUID, pool_events: int) -> None:
        db.execute(
            "INSERT INTO pools VALUES (%s, NULL, %s, true, NULL, NULL)"
            " ON CONFLICT (pool_id) DO UPDATE SET pool_events = excluded.pool_events",
            (workspace_id, pool_events),
        )

    def _draw(self, db: Db, workspace_id: UUID, pool_id: UUID, plan: str) -> None:
        db.execute(
            "INSERT INTO pool_draws VALUES (%s, %s, %s)"
            " ON CONFLICT (workspace_id) DO UPDATE SET pool_id = excluded.pool_id, plan = excluded.plan",
            (workspace_id, pool_id, plan),
        )
