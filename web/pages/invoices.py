"""An invoice as Stripe shows it: the way there is a secret, asked for on the click and kept nowhere."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, redirect
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from projections.catalogue import SUBSCRIPTIONS
from web.access import ask_stripe, db, person
from web.pages.billing import invoices_of
from web.pages.blueprint import pages
from web.pages.here import lead_or_404


@pages.get("/w/<uuid:workspace_id>/billing/invoices/<invoice_id>/page")
def invoice_page(workspace_id: UUID, invoice_id: str) -> ResponseReturnValue:
    return redirect(_links_or_404(workspace_id, invoice_id).page_url, code=HTTPStatus.SEE_OTHER)


@pages.get("/w/<uuid:workspace_id>/billing/invoices/<invoice_id>/pdf")
def invoice_pdf(workspace_id: UUID, invoice_id: str) -> ResponseReturnValue:
    return redirect(_links_or_404(workspace_id, invoice_id).pdf_url, code=HTTPStatus.SEE_OTHER)


def _links_or_404(workspace_id: UUID, invoice_id: str):
    """Of an invoice of any tree that this workspace was the anchor of."""
    lead_or_404(workspace_id, Permission.SEE_BILLING)
    invoices = invoices_of(SUBSCRIPTIONS.of_anchor(db(), workspace_id))
    found = next((invoice for invoice in invoices if invoice.invoice_id == invoice_id), None)
    links = ask_stripe().invoice_links(found.tree_id, person(), invoice_id) if found else None
    return links or abort(404)
