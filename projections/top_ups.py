"""Top-ups: which were asked for, what became of each, and where is it done by itself?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from domain.credits.ledger import CreditLedger
from domain.credits.topping_up import TRIED_AGAIN_AFTER
from domain.fact import Fact
from projections.projection import Db, Projection, Writes, on

NEWEST_MAX = 5  # that a page shows
LOW_MAX = 500  # ledgers, in one run of the clock; what is left comes with the next
ASKED, PAID, FAILED = "asked", "paid", "failed"

AVAILABLE = "l.grant_micros + l.rollover_micros + l.top_up_micros - l.debt_micros - l.held_micros"
LOW = f"""
    SELECT l.tree_id, {AVAILABLE} AS available_micros
      FROM top_up_settings s JOIN credit_ledgers l USING (tree_id)
     WHERE s.is_on AND NOT l.frozen
       AND {AVAILABLE} < s.threshold_micros
       AND (s.failures = 0 OR s.tried_at <= %(tried_before)s)
       AND NOT EXISTS (SELECT FROM top_ups t WHERE t.tree_id = l.tree_id AND t.state = 'asked')
       AND s.amount_micros + (SELECT coalesce(sum(t.amount_micros), 0) FROM top_ups t
            WHERE t.tree_id = l.tree_id AND t.cycle_started_at = l.cycle_started_at AND t.automatic
              AND t.state = 'paid') <= s.monthly_cap_micros
     ORDER BY s.tried_at NULLS FIRST, l.tree_id LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class LowRow:
    """A ledger with less than its threshold; the balances are of this instant."""

    tree_id: UUID
    available_micros: int


@dataclass(frozen=True, kw_only=True)
class TopUpRow:
    top_up_id: UUID
    tree_id: UUID
    amount_micros: int
    automatic: bool
    cycle_started_at: datetime
    asked_at: datetime
    actor: str
    state: str
    settled_at: datetime | None
    invoice_id: str | None
    code: str | None


@dataclass(frozen=True, kw_only=True)
class SettingsRow:
    """What was set last; `ended_after_failures` where Stripe's answers ended it."""

    tree_id: UUID
    is_on: bool
    threshold_micros: int
    amount_micros: int
    monthly_cap_micros: int
    failures: int
    ended_after_failures: bool
    changed_at: datetime
    tried_at: datetime | None


class TopUps(Projection):
    name = "top_ups"
    logs = ("metering",)
    tables = {
        "top_ups": """
            top_up_id        uuid PRIMARY KEY,
            tree_id          uuid NOT NULL,
            amount_micros    bigint NOT NULL,
            automatic        boolean NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            asked_at         timestamptz NOT NULL,
            actor            text NOT NULL,
            state            text NOT NULL,
            settled_at       timestamptz,
            invoice_id       text,
            code             text
        """,
        "top_up_settings": """
            tree_id              uuid PRIMARY KEY,
            is_on                boolean NOT NULL,
            threshold_micros     bigint NOT NULL,
            amount_micros        bigint NOT NULL,
            monthly_cap_micros   bigint NOT NULL,
            failures             integer NOT NULL,
            ended_after_failures boolean NOT NULL,
            changed_at           timestamptz NOT NULL,
            tried_at             timestamptz
        """,
    }
    indexes = {
        "top_ups_tree": "top_ups (tree_id, asked_at)",
        "top_ups_asked": "top_ups (asked_at) WHERE state = 'asked'",
    }

    # Questions.

    def newest_of_tree(self, db: Db, tree_id: UUID, limit: int = NEWEST_MAX) -> list[TopUpRow]:
        """The newest first."""
        found = db.cursor(row_factory=class_row(TopUpRow)).execute(
            "SELECT * FROM top_ups WHERE tree_id = %s ORDER BY asked_at DESC, top_up_id LIMIT %s",
            (tree_id, limit),
        )
        return found.fetchall()

    def of_tree(self, db: Db, tree_id: UUID, top_up_id: UUID) -> TopUpRow | None:
        found = db.cursor(row_factory=class_row(TopUpRow)).execute(
            "SELECT * FROM top_ups WHERE tree_id = %s AND top_up_id = %s", (tree_id, top_up_id)
        )
        return found.fetchone()

    def settings(self, db: Db, tree_id: UUID) -> SettingsRow | None:
        query = "SELECT * FROM top_up_settings WHERE tree_id = %s"
        return db.cursor(row_factory=class_row(SettingsRow)).execute(query, (tree_id,)).fetchone()

    def automatic_in_cycle(self, db: Db, tree_id: UUID, cycle_started_at: datetime) -> int:
        """In micro-euros: what of a cycle's cap is used, and what waits for Stripe."""
        found = db.cursor(row_factory=scalar_row).execute(
            "SELECT coalesce(sum(amount_micros), 0)::bigint FROM top_ups WHERE tree_id = %s"
            " AND cycle_started_at = %s AND automatic AND state <> 'failed'",
            (tree_id, cycle_started_at),
        )
        return int(found.fetchone() or 0)

    # For the clock.

    def low(self, db: Db, at: datetime) -> Sequence[LowRow]:
        """Where it is done by itself and less is left than the threshold. The settings may be a moment older
        than the balances, which the ledgers set right."""
        given = {"tried_before": at - TRIED_AGAIN_AFTER, "limit": LOW_MAX}
        return db.cursor(row_factory=class_row(LowRow)).execute(LOW, given).fetchall()

    def waiting(self, db: Db, before: datetime) -> list[UUID]:
        """Trees with a top-up that was asked for before an instant and is not settled."""
        found = db.cursor(row_factory=scalar_row).execute(
            "SELECT DISTINCT tree_id FROM top_ups WHERE state = 'asked' AND asked_at < %s"
            " ORDER BY tree_id LIMIT %s",
            (before, LOW_MAX),
        )
        ids: list[UUID] = found.fetchall()
        return ids

    # What each fact changes.

    @on(CreditLedger.TopUpAsked)
    def asked(self, db: Writes, fact: Fact, event: CreditLedger.TopUpAsked) -> None:
        db.execute(
            "INSERT INTO top_ups VALUES (%s, %s, %s, %s, %s, %s, %s, 'asked')",
            (
                event.top_up_id,
                event.tree_id,
                event.amount_micros,
                event.automatic,
                event.cycle_started_at,
                event.timestamp,
                event.actor,
            ),
        )

    @on(CreditLedger.ToppedUp)
    def topped_up(self, db: Writes, fact: Fact, event: CreditLedger.ToppedUp) -> None:
        db.execute(
            "UPDATE top_ups SET state = 'paid', settled_at = %s, invoice_id = %s WHERE top_up_id = %s",
            (event.timestamp, event.invoice_id, event.top_up_id),
        )
        if event.automatic:
            db.execute(
                "UPDATE top_up_settings SET failures = 0, tried_at = %s WHERE tree_id = %s",
                (event.timestamp, event.tree_id),
            )

    @on(CreditLedger.TopUpFailed)
    def failed(self, db: Writes, fact: Fact, event: CreditLedger.TopUpFailed) -> None:
        db.execute(
            "UPDATE top_ups SET state = 'failed', settled_at = %s, code = %s WHERE top_up_id = %s",
            (event.timestamp, event.code, event.top_up_id),
        )
        if event.automatic:
            db.execute(
                "UPDATE top_up_settings SET failures = failures + 1, tried_at = %s WHERE tree_id = %s",
                (event.timestamp, event.tree_id),
            )

    @on(CreditLedger.AutoTopUpSet)
    def set_automatic(self, db: Writes, fact: Fact, event: CreditLedger.AutoTopUpSet) -> None:
        db.execute(
            "INSERT INTO top_up_settings VALUES (%s, true, %s, %s, %s, 0, false, %s)"
            " ON CONFLICT (tree_id) DO UPDATE SET is_on = true, threshold_micros = excluded.threshold_micros,"
            " amount_micros = excluded.amount_micros, monthly_cap_micros = excluded.monthly_cap_micros,"
            " failures = 0, ended_after_failures = false, changed_at = excluded.changed_at, tried_at = NULL",
            (
                event.tree_id,
                event.threshold_micros,
                event.amount_micros,
                event.monthly_cap_micros,
                event.timestamp,
            ),
        )

    @on(CreditLedger.AutoTopUpEnded)
    def ended_automatic(self, db: Writes, fact: Fact, event: CreditLedger.AutoTopUpEnded) -> None:
        db.execute(
            "UPDATE top_up_settings SET is_on = false, ended_after_failures = %s, changed_at = %s"
            " WHERE tree_id = %s",
            (event.after_failures, event.timestamp, event.tree_id),
        )
