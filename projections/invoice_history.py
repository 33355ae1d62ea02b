"""Invoice history: what was a tree billed, line by line, and what became of it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.invoice import Invoice
from projections.projection import Db, Projection, on


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


@dataclass(frozen=True, kw_only=True)
class InvoiceLineRow:
    invoice_id: str
    line: int
    description: str
    quantity: int
    unit_micros: int
    amount_cents: int


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
            period_ends_at    timestamptz NOT NULL
        """,
        "invoice_lines": """
            invoice_id   text NOT NULL,
            line         integer NOT NULL,
            description  text NOT NULL,
            quantity     bigint NOT NULL,
            unit_micros  bigint NOT NULL,
            amount_cents bigint NOT NULL,
            PRIMARY KEY (invoice_id, line)
        """,
    }
    indexes = {"invoices_tree": "invoices (tree_id, created_at)"}

    # Questions.

    def of_tree(self, db: Db, tree_id: UUID) -> list[InvoiceRow]:
        """The newest first."""
        found = db.cursor(row_factory=class_row(InvoiceRow)).execute(
            "SELECT * FROM invoices WHERE tree_id = %s ORDER BY created_at DESC, invoice_id DESC LIMIT 500",
            (tree_id,),
        )
        return found.fetchall()

    def lines_of_tree(self, db: Db, tree_id: UUID, invoice_id: str) -> list[InvoiceLineRow]:
        found = db.cursor(row_factory=class_row(InvoiceLineRow)).execute(
            "SELECT l.* FROM invoice_lines l JOIN invoices i USING (invoice_id)"
            " WHERE i.tree_id = %s AND i.invoice_id = %s ORDER BY line",
            (tree_id, invoice_id),
        )
        return found.fetchall()

    # What each fact changes.

    @on(Invoice.Opened, Invoice.Changed)
    def seen(self, db: Db, fact: Fact, event: Invoice.Event) -> None:
        columns = list(InvoiceRow.__dataclass_fields__)
        updates = ", ".join(f"{name} = excluded.{name}" for name in columns)
        db.execute(
            f"INSERT INTO invoices ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
            f" ON CONFLICT (invoice_id) DO UPDATE SET {updates}",
            [getattr(event, name) for name in columns],
        )
        db.execute("DELETE FROM invoice_lines WHERE invoice_id = %s", (event.invoice_id,))
        for number, line in enumerate(event.lines, start=1):
            db.execute(
                "INSERT INTO invoice_lines VALUES (%s, %s, %s, %s, %s, %s)",
                (
                    event.invoice_id,
                    number,
                    line.description,
                    line.quantity,
                    line.unit_micros,
                    line.amount_cents,
                ),
            )
