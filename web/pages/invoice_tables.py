"""Invoices as tables for a spreadsheet: exact decimals, instants in ISO 8601, and nothing that computes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from flask import Response

from domain.plans import MICROS_PER_CENT
from projections.invoice_history import InvoiceRow
from web.pages.billed import Billed, billed_or_404, billed_trees_or_404, invoices_of
from web.pages.blueprint import pages
from web.pages.invoices import ADDRESS

# What a spreadsheet takes for the beginning of a formula, also where it may split a cell in two.
FORMULA = re.compile(r"(^|[\t\r\n;,|])(?=\s*[=+\-@\uff0b\uff0d\uff1d\uff20])|^(?=[\t\r\n])")

CENTS = 100
MICROS = CENTS * MICROS_PER_CENT
MICROS_DIGITS = 6

INVOICES_HEAD = (
    *("invoice", "invoice_id", "status", "currency", "created_at", "period_started_at", "period_ends_at"),
    *("subtotal", "tax", "total", "due", "paid", "paid_at", "payments_failed"),
    *("overage_events", "overage"),
)
INVOICE_HEAD = (
    *("kind", "invoice", "invoice_id", "status", "currency", "line", "description"),
    *("workspace_id", "workspace", "period_started_at", "period_ends_at"),
    *("quantity", "unit_price", "amount"),
)

Cell = str | int | UUID | None


@pages.get("/w/<uuid:workspace_id>/billing/invoices.csv")
def invoices_csv(workspace_id: UUID) -> Response:
    """A row for each invoice, the newest first."""
    _, trees = billed_trees_or_404(workspace_id)
    return _table("invoices", INVOICES_HEAD, map(_row_of_invoice, invoices_of(trees)))


@pages.get(f"{ADDRESS}.csv")
def invoice_csv(workspace_id: UUID, invoice_id: str) -> Response:
    """A row for each line, then a row for each workspace's share of the overage among these lines."""
    found = billed_or_404(workspace_id, invoice_id)
    return _table(invoice_id, INVOICE_HEAD, [*_rows_of_lines(found), *_rows_of_shares(found)])


def _row_of_invoice(invoice: InvoiceRow) -> list[Cell]:
    return [
        *(_text(invoice.number), _text(invoice.invoice_id), invoice.status, invoice.currency),
        *map(_instant, (invoice.created_at, invoice.period_started_at, invoice.period_ends_at)),
        *map(_cents, (invoice.subtotal_cents, invoice.tax_cents, invoice.total_cents)),
        *map(_cents, (invoice.due_cents, invoice.paid_cents)),
        *(_instant(invoice.paid_at), invoice.payments_failed),
        *(invoice.overage_events, _cents(invoice.overage_cents)),
    ]


def _rows_of_lines(found: Billed) -> Iterable[list[Cell]]:
    for line in found.lines:
        yield [
            *("line", *_which(found), line.line, _text(line.description), None, None),
            *(_instant(line.period_started_at), _instant(line.period_ends_at)),
            *(line.quantity, _micros(line.unit_micros), _cents(line.amount_cents)),
        ]


def _rows_of_shares(found: Billed) -> Iterable[list[Cell]]:
    for overage in found.overages:
        period = (_instant(overage.cycle.cycle_started_at), _instant(overage.cycle.cycle_ends_at))
        for share in overage.shares:
            whose = (share.workspace_id, _text(share.name))
            yield [
                *("share", *_which(found), None, None, *whose, *period),
                *(share.events, None, _cents(share.share_cents)),
            ]


def _which(found: Billed) -> tuple[Cell, ...]:
    invoice = found.invoice
    return _text(invoice.number), _text(invoice.invoice_id), invoice.status, invoice.currency


def _table(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(head)
    table.writerows(rows)
    safe_name = re.sub(r"[^A-Za-z0-9_-]", "", name)
    return Response(
        written.getvalue(),
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{safe_name}.csv"',
            "Cache-Control": "no-store",
        },
    )


def _text(text: str | None) -> str:
    """What people or Stripe wrote: a spreadsheet shows it as it is, and never computes it."""
    return FORMULA.sub(r"\g<0>'", text or "")


def _instant(at: datetime | None) -> str:
    return at.isoformat().replace("+00:00", "Z") if at else ""


def _cents(cents: int) -> str:
    """-12.50"""
    whole, rest = divmod(abs(cents), CENTS)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02}"


def _micros(micros: int) -> str:
    """0.005: two digits after the point, more only where the amount has them."""
    whole, rest = divmod(abs(micros), MICROS)
    digits = f"{rest:0{MICROS_DIGITS}}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole}.{digits}"
