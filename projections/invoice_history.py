"""Invoice history: what was a tree billed, line by line, and what became of it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.invoice import Invoice
from domain.notice import StripeNotice
from domain.plans import OVERAGE_TIERS
from projections.projection import Db, Projection, Writes, fill

INVOICES_MAX = 500  # of a tree that are shown: forty years of months

# What Stripe's notices say of an invoice's course.
STEPS = {
    "invoice.created": "draft",
    "invoice.finalization_failed": "finalization_failed",
    "invoice.finalized": "open",
    "invoice.payment_action_required": "action_required",
    "invoice.payment_failed": "payment_failed",
    "invoice.marked_uncollectible": "uncollectible",
    "invoice.paid": "paid",
    "invoice.voided": "void",
}
# Of these there may be several.
ATTEMPTS = frozenset({"finalization_failed", "action_required", "payment_failed"})
# An invoice's life goes one way, in whatever order it was heard of.
ORDER = {
    "draft": 0,
    "finalization_failed": 1,
    "open": 2,
    "action_required": 3,
    "payment_failed": 3,
    "uncollectible": 4,
}
LAST = 5

RATES_MICROS = frozenset(tier.rate_micros for tier in OVERAGE_TIERS)

INVOICES = """
    SELECT i.*, (SELECT count(*) FROM invoice_course c
                  WHERE c.invoice_id = i.invoice_id AND c.step = 'payment_failed') AS payments_failed,
           (SELECT coalesce(sum(l.quantity), 0)::bigint FROM invoice_lines l
             WHERE l.invoice_id = i.invoice_id AND l.is_overage) AS overage_events,
           (SELECT coalesce(sum(l.amount_cents), 0)::bigint FROM invoice_lines l
             WHERE l.invoice_id = i.invoice_id AND l.is_overage) AS overage_cents
      FROM invoices i
"""
SUMMED_UP = frozenset({"payments_failed", "overage_events", "overage_cents"})

SEEN = frozenset({Invoice.Opened.__qualname__, Invoice.Changed.__qualname__})
TOLD = StripeNotice.Received.__qualname__

Step = tuple[str, str, str]  # of which invoice, which one, and by which notice if there may be several
Instants = tuple[datetime | None, datetime]  # when it happened at Stripe, and when it was recorded here


@dataclass(frozen=True, kw_only=True)
class InvoiceRow:
    invoice_id: str
    tree_id: UUID
    number: str | None
    status: str
    currency: str
    subtotal_cents: int
    tax_cents: int
    total_cents: int
    due_cents: int
    paid_cents: int
    created_at: datetime
    paid_at: datetime | None
    period_started_at: datetime
    period_ends_at: datetime
    is_for_credits: bool  # a top-up, and no matter of the subscription
    payments_failed: int  # attempts that Stripe told us of
    overage_events: int  # of all its lines
    overage_cents: int


@dataclass(frozen=True, kw_only=True)
class InvoiceLineRow:
    invoice_id: str
    line: int
    description: str
    quantity: int
    unit_micros: int
    amount_cents: int
    period_started_at: datetime
    period_ends_at: datetime
    is_proration: bool
    is_overage: bool  # a tier of a cycle's overage


@dataclass(frozen=True, kw_only=True)
class CourseRow:
    """One step of an invoice's course."""

    step: str  # a value of STEPS
    stripe_at: datetime | None  # when it happened at Stripe, if Stripe said so
    seen_at: datetime  # and when it was first recorded here


COLUMNS = tuple(name for name in InvoiceRow.__dataclass_fields__ if name not in SUMMED_UP)
INVOICE = f"""
    INSERT INTO invoices ({", ".join(COLUMNS)})
    SELECT unnest(%b::text[]), unnest(%b::uuid[]), unnest(%b::text[]), unnest(%b::text[]),
           unnest(%b::text[]), unnest(%b::bigint[]), unnest(%b::bigint[]), unnest(%b::bigint[]),
           unnest(%b::bigint[]), unnest(%b::bigint[]), unnest(%b::timestamptz[]),
           unnest(%b::timestamptz[]), unnest(%b::timestamptz[]), unnest(%b::timestamptz[]),
           unnest(%b::boolean[])
    ON CONFLICT (invoice_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
"""
LINE = """
    INSERT INTO invoice_lines
    SELECT unnest(%b::text[]), unnest(%b::integer[]), unnest(%b::text[]), unnest(%b::bigint[]),
           unnest(%b::bigint[]), unnest(%b::bigint[]), unnest(%b::timestamptz[]),
           unnest(%b::timestamptz[]), unnest(%b::boolean[]), unnest(%b::boolean[])
"""
STEP = """
    INSERT INTO invoice_course
    SELECT unnest(%b::text[]), unnest(%b::text[]), unnest(%b::text[]), unnest(%b::timestamptz[]),
           unnest(%b::timestamptz[])
    ON CONFLICT (invoice_id, step, notice_id) DO UPDATE
    SET stripe_at = least(invoice_course.stripe_at, excluded.stripe_at),
        seen_at = least(invoice_course.seen_at, excluded.seen_at)
"""


class InvoiceHistory(Projection):
    name = "invoice_history"
    logs = ("agency",)
    tables = {
        "invoices": """
            invoice_id        text PRIMARY KEY,
            tree_id           uuid NOT NULL,
            number            text,
            status            text NOT NULL,
            currency          text NOT NULL,
            subtotal_cents    bigint NOT NULL,
            tax_cents         bigint NOT NULL,
            total_cents       bigint NOT NULL,
            due_cents         bigint NOT NULL,
            paid_cents        bigint NOT NULL,
            created_at        timestamptz NOT NULL,
            paid_at           timestamptz,
            period_started_at timestamptz NOT NULL,
            period_ends_at    timestamptz NOT NULL,
            is_for_credits    boolean NOT NULL
        """,
        "invoice_lines": """
            invoice_id        text NOT NULL,
            line              integer NOT NULL,
            description       text NOT NULL,
            quantity          bigint NOT NULL,
            unit_micros       bigint NOT NULL,
            amount_cents      bigint NOT NULL,
            period_started_at timestamptz NOT NULL,
            period_ends_at    timestamptz NOT NULL,
            is_proration      boolean NOT NULL,
            is_overage        boolean NOT NULL,
            PRIMARY KEY (invoice_id, line)
        """,
        "invoice_course": """
            invoice_id text NOT NULL,
            step       text NOT NULL,
            notice_id  text NOT NULL,
            stripe_at  timestamptz,
            seen_at    timestamptz NOT NULL,
            PRIMARY KEY (invoice_id, step, notice_id)
        """,
    }
    indexes = {"invoices_tree": "invoices (tree_id, created_at)"}

    # Questions.

    def of_tree(self, db: Db, tree_id: UUID) -> list[InvoiceRow]:
        """The newest first."""
        found = db.cursor(row_factory=class_row(InvoiceRow)).execute(
            f"{INVOICES} WHERE tree_id = %s ORDER BY created_at DESC, invoice_id DESC LIMIT %s",
            (tree_id, INVOICES_MAX),
        )
        return found.fetchall()

    def lines_of_tree(self, db: Db, tree_id: UUID, invoice_id: str) -> list[InvoiceLineRow]:
        found = db.cursor(row_factory=class_row(InvoiceLineRow)).execute(
            "SELECT l.* FROM invoice_lines l JOIN invoices i USING (invoice_id)"
            " WHERE i.tree_id = %s AND i.invoice_id = %s ORDER BY line",
            (tree_id, invoice_id),
        )
        return found.fetchall()

    def lines_of_invoices(self, db: Db, invoice_ids: Sequence[str]) -> dict[str, list[InvoiceLineRow]]:
        """The lines of each."""
        found = db.cursor(row_factory=class_row(InvoiceLineRow)).execute(
            "SELECT * FROM invoice_lines WHERE invoice_id = ANY(%s) ORDER BY invoice_id, line",
            (list(invoice_ids),),
        )
        lines: dict[str, list[InvoiceLineRow]] = {invoice_id: [] for invoice_id in invoice_ids}
        for line in found:
            lines[line.invoice_id].append(line)
        return lines

    def course_of_tree(self, db: Db, tree_id: UUID, invoice_id: str) -> list[CourseRow]:
        """What became of an invoice, from its draft on."""
        found = db.cursor(row_factory=class_row(CourseRow)).execute(
            "SELECT step, stripe_at, c.seen_at FROM invoice_course c JOIN invoices i USING (invoice_id)"
            " WHERE i.tree_id = %s AND i.invoice_id = %s",
            (tree_id, invoice_id),
        )
        return sorted(
            found, key=lambda one: (ORDER.get(one.step, LAST), one.stripe_at or one.seen_at, one.step)
        )

    # What each fact changes. An invoice is as it was seen last, and of a step the earliest instants stand, so
    # that the order in which they are heard of does not matter: a batch of facts is written at once.

    def topics(self, log: str) -> frozenset[str]:
        return SEEN | {TOLD}

    def apply(self, db: Writes, facts: Sequence[Fact]) -> None:
        seen: dict[str, Any] = {}
        course: dict[Step, Instants] = {}
        for fact in facts:
            if fact.topic in SEEN:
                seen[fact.event.invoice_id] = fact.event
                _note(course, _steps_of_invoice(fact.event))
            elif fact.topic == TOLD:
                _note(course, _steps_of_notice(fact.event))
        if seen:
            fill(db, INVOICE, [_invoice(event) for event in seen.values()])
            db.execute("DELETE FROM invoice_lines WHERE invoice_id = ANY(%s)", ([*seen],))
            fill(db, LINE, [line for event in seen.values() for line in _lines(event)])
        fill(db, STEP, [(*step, *instants) for step, instants in course.items()])


def _note(course: dict[Step, Instants], steps: Iterable[tuple[Step, Instants]]) -> None:
    for step, instants in steps:
        stripe_at, seen_at = course.get(step, instants)
        course[step] = _earliest(stripe_at, instants[0]), min(seen_at, instants[1])


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other


def _steps_of_invoice(event: Any) -> Iterator[tuple[Step, Instants]]:
    """Every invoice begins as a draft."""
    instants = {"draft": event.created_at, "paid": event.paid_at}
    for step in {"draft", event.status}:
        yield (event.invoice_id, step, ""), (instants.get(step), event.timestamp)


def _steps_of_notice(event: Any) -> Iterator[tuple[Step, Instants]]:
    if event.object_id is not None and (step := STEPS.get(event.type)):
        notice_id = event.notice_id if step in ATTEMPTS else ""
        yield (event.object_id, step, notice_id), (event.stripe_created_at, event.timestamp)


def _invoice(event: Any) -> tuple[object, ...]:
    """Whatever a tree is billed of no subscription is for credits: nothing else is sold beside it."""
    columns = {name: getattr(event, name) for name in COLUMNS if name != "is_for_credits"}
    return *columns.values(), event.subscription_id is None


def _lines(event: Any) -> Iterator[tuple[object, ...]]:
    for number, line in enumerate(event.lines, start=1):
        priced_per_event = line.price_id is not None and line.unit_micros in RATES_MICROS
        yield (
            event.invoice_id,
            number,
            line.description,
            line.quantity,
            line.unit_micros,
            line.amount_cents,
            line.period_started_at,
            line.period_ends_at,
            line.is_proration,
            priced_per_event and not line.is_proration,
        )
