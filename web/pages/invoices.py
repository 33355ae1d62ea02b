"""Invoices: each one on a page of its own, and what Stripe shows of it.

The way to Stripe's page and PDF is a secret, asked for on the click and kept nowhere.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from web.access import ask_stripe, person
from web.pages.billed import billed_or_404, billed_trees_or_404, invoices_of, with_lines
from web.pages.blueprint import pages

INVOICES = "/w/<uuid:workspace_id>/billing/invoices"
ADDRESS = f"{INVOICES}/<invoice_id>"


@pages.get(INVOICES)
def invoices(workspace_id: UUID) -> ResponseReturnValue:
    """All of them; for a former anchor that is part of another agency the one way to them."""
    here, trees = billed_trees_or_404(workspace_id)
    return render_template(
        "invoices.html", here=here, invoices=with_lines(invoices_of(trees)), invoices_left=0
    )


@pages.get(ADDRESS)
def invoice(workspace_id: UUID, invoice_id: str) -> ResponseReturnValue:
    billed = billed_or_404(workspace_id, invoice_id)
    return render_template("invoice.html", here=billed.here, billed=billed, invoice=billed.invoice)


@pages.get(f"{ADDRESS}/page")
def invoice_page(workspace_id: UUID, invoice_id: str) -> ResponseReturnValue:
    return redirect(_links_or_404(workspace_id, invoice_id).page_url, code=HTTPStatus.SEE_OTHER)


@pages.get(f"{ADDRESS}/pdf")
def invoice_pdf(workspace_id: UUID, invoice_id: str) -> ResponseReturnValue:
    return redirect(_links_or_404(workspace_id, invoice_id).pdf_url, code=HTTPStatus.SEE_OTHER)


def _links_or_404(workspace_id: UUID, invoice_id: str) -> Any:
    """For whoever may open the invoice here, also where the tree it is of is nobody's any more."""
    found = billed_or_404(workspace_id, invoice_id, Permission.OPEN_INVOICE).invoice
    return ask_stripe().invoice_links(found.tree_id, person(), found.invoice_id) or abort(404)
