"""Billing: what the tree's plan is, what it has used, what it costs, and until when it goes on."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.plans import AGENCY, FREE, OVERAGE_TIERS
from domain.tree import TreeStatus
from projections.catalogue import INVOICE_HISTORY, POOLED_USAGE, SUBSCRIPTIONS
from projections.invoice_history import InvoiceLineRow, InvoiceRow
from projections.pooled_usage import CycleUsage
from projections.subscriptions import SubscriptionRow
from web.access import db
from web.pages.blueprint import pages
from web.pages.downgraded import downgraded
from web.pages.forms import No
from web.pages.here import lead_or_404
from web.pages.overview import lines_of
from web.usage import usage_in_workspace, usage_of_pool

INVOICES_SHOWN = 12

Invoice = tuple[InvoiceRow, list[InvoiceLineRow]]


@pages.get("/w/<uuid:workspace_id>/billing")
def billing(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_BILLING)
    trees = SUBSCRIPTIONS.of_anchor(db(), workspace_id)
    active = _first(trees, TreeStatus.ACTIVE)
    invoices = invoices_of(trees)
    shown = len(invoices) if request.args.get("invoices") == "all" else INVOICES_SHOWN
    return render_template(
        "billing.html",
        here=here,
        active=active,
        awaiting=_first(trees, TreeStatus.AWAITING_PAYMENT),
        ended=[tree for tree in trees if tree.status == TreeStatus.ENDED],
        usage=usage_of_pool(active) if active else None,
        own=usage_in_workspace(here.row),
        earlier=_earlier_cycles(trees, active),
        invoices=[_with_lines(invoice) for invoice in invoices[:shown]],
        invoices_left=len(invoices) - shown,
        offer=AGENCY,
        tiers=OVERAGE_TIERS,
        downgraded=downgraded(here),
        no=no,
    )


@pages.get("/w/<uuid:workspace_id>/billing/cancel")
def confirm_cancellation(workspace_id: UUID) -> ResponseReturnValue:
    """What would become of each workspace, before the click that does it."""
    here = lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    active = _first(SUBSCRIPTIONS.of_anchor(db(), workspace_id), TreeStatus.ACTIVE)
    return render_template(
        "cancel.html",
        here=here,
        active=active,
        usage=usage_of_pool(active) if active else None,
        lines=lines_of(active) if active else [],
        free=FREE,
    )


def _first(trees: list[SubscriptionRow], status: TreeStatus) -> SubscriptionRow | None:
    return next((tree for tree in trees if tree.status == status), None)


def _earlier_cycles(trees: list[SubscriptionRow], active: SubscriptionRow | None) -> list[CycleUsage]:
    """Every cycle but the current one, of all trees that this workspace was the anchor of."""
    current = usage_of_pool(active).cycle_started_at if active else None
    cycles = [
        cycle
        for tree in trees
        for cycle in POOLED_USAGE.cycles_of_tree(db(), tree.tree_id)
        if tree != active or cycle.cycle_started_at != current
    ]
    return sorted(cycles, key=lambda cycle: cycle.cycle_started_at, reverse=True)


def invoices_of(trees: list[SubscriptionRow]) -> list[InvoiceRow]:
    """The newest first."""
    found = [invoice for tree in trees for invoice in INVOICE_HISTORY.of_tree(db(), tree.tree_id)]
    return sorted(found, key=lambda invoice: invoice.created_at, reverse=True)


def _with_lines(invoice: InvoiceRow) -> Invoice:
    return invoice, INVOICE_HISTORY.lines_of_tree(db(), invoice.tree_id, invoice.invoice_id)
