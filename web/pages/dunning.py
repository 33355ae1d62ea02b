"""Dunning: a payment is outstanding, and whoever may see billing reads so on every page of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.billing import PaymentStanding
from domain.plans import PLANS, Plan
from domain.tree import TreeStatus
from projections.catalogue import INVOICE_HISTORY, SUBSCRIPTIONS
from projections.invoice_history import InvoiceRow
from web.access import db
from web.pages.blueprint import pages
from web.pages.here import Here


@dataclass(frozen=True, kw_only=True)
class Dunning:
    """`invoice` is the one to pay, as far as we have seen it."""

    anchor_id: UUID
    plan: Plan
    since: datetime | None
    invoice: InvoiceRow | None


@pages.app_context_processor
def _for_the_top() -> dict[str, Any]:
    return {"dunning_of": dunning_of}


def dunning_of(here: Here | None) -> Dunning | None:
    if here is None or not here.leads or here.row.tree_id is None:
        return None
    tree = SUBSCRIPTIONS.of_tree(db(), here.row.tree_id)
    if tree is None or (tree.status, tree.standing) != (TreeStatus.ACTIVE, PaymentStanding.PAST_DUE):
        return None
    invoices = INVOICE_HISTORY.of_tree(db(), tree.tree_id)
    return Dunning(
        anchor_id=tree.anchor_id,
        plan=PLANS[tree.plan],
        since=tree.standing_since,
        invoice=next((one for one in invoices if _is_to_be_paid(one)), None),
    )


def _is_to_be_paid(invoice: InvoiceRow) -> bool:
    """A payment for credits that is on its way is no matter of the plan."""
    return invoice.status == "open" and invoice.number is not None and not invoice.is_for_credits
