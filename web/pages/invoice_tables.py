"""Invoices as tables for a spreadsheet: exact decimals, instants in ISO 8601, and nothing that computes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Response

from projections.invoice_history import InvoiceRow
from web.pages.billed import Billed, billed_or_404, billed_trees_or_404, invoices_of
from web.pages.blueprint import pages
from web.pages.invoices import ADDRESS
from web.pages.spreadsheet import Cell, cents_cell, instant_cell, micros_cell, table, text_cell

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


@pages.get("/w/<uuid:workspace_id>/billing/invoices.csv")
def invoices_csv(workspace_id: UUID) -> Response:
    """A row for each invoice, the newest first."""
    _, trees = billed_trees_or_404(workspace_id)
    return table("invoices", INVOICES_HEAD, map(_row_of_invoice, invoices_of(trees)))


@pages.get(f"{ADDRESS}.csv")
def invoice_csv(workspace_id: UUID, invoice_id: str) -> Response:
    """A row for each line, then a row for each workspace's share of the overage among these lines."""
    found = billed_or_404(workspace_id, invoice_id)
    return table(invoice_id, INVOICE_HEAD, [*_rows_of_lines(found), *_rows_of_shares(found)])


def _row_of_invoice(invoice: InvoiceRow) -> list[Cell]:
    return [
        *(text_cell(invoice.number), text_cell(invoice.invoice_id), invoice.status, invoice.currency),
        *map(instant_cell, (invoice.created_at, invoice.period_started_at, invoice.period_ends_at)),
        *map(cents_cell, (invoice.subtotal_cents, invoice.tax_cents, invoice.total_cents)),
        *map(cents_cell, (invoice.due_cents, invoice.paid_cents)),
        *(instant_cell(invoice.paid_at), invoice.payments_failed),
        *(invoice.overage_events, cents_cell(invoice.overage_cents)),
    ]


def _rows_of_lines(found: Billed) -> Iterable[list[Cell]]:
    for line in found.lines:
        yield [
            *("line", *_which(found), line.line, text_cell(line.description), None, None),
            *(instant_cell(line.period_started_at), instant_cell(line.period_ends_at)),
            *(line.quantity, micros_cell(line.unit_micros), cents_cell(line.amount_cents)),
        ]


def _rows_of_shares(found: Billed) -> Iterable[list[Cell]]:
    for overage in found.overages:
        period = (instant_cell(overage.cycle.cycle_started_at), instant_cell(overage.cycle.cycle_ends_at))
        for share in overage.shares:
            whose = (share.workspace_id, text_cell(share.name))
            yield [
                *("share", *_which(found), None, None, *whose, *period),
                *(share.events, None, cents_cell(share.share_cents)),
            ]


def _which(found: Billed) -> tuple[Cell, ...]:
    invoice = found.invoice
    return text_cell(invoice.number), text_cell(invoice.invoice_id), invoice.status, invoice.currency
