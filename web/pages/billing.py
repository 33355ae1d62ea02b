"""Billing: what the tree's plan is, what it has used, what it costs, and until when it goes on."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.plans import FREE, OVERAGE_TIERS, PLANS
from domain.tree import TreeStatus
from projections.history.downgrade.words import pool_before, quota
from projections.history.wording import instant, plan
from web.pages.asked import asked_of
from web.pages.billed import invoices_of, with_lines
from web.pages.blueprint import pages
from web.pages.credits import ledgers_of
from web.pages.downgraded import downgraded
from web.pages.foretold import if_it_ended
from web.pages.forms import No
from web.pages.here import lead_or_404
from web.pages.next_invoice import next_invoice_of
from web.pages.side_by_side import side_by_side
from web.pages.trees import active_in, awaiting_in, trees_of
from web.usage import usage_in_workspace, usage_of_pool

INVOICES_SHOWN = 12
SOLD = [plan.name for plan in PLANS.values() if plan.is_sold]


@pages.get("/w/<uuid:workspace_id>/billing")
def billing(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_BILLING)
    trees = trees_of(workspace_id)
    active = active_in(trees)
    usage = usage_of_pool(active) if active else None
    invoices = with_lines(invoices_of(trees))
    shown = len(invoices) if request.args.get("invoices") == "all" else INVOICES_SHOWN
    return render_template(
        "billing.html",
        here=here,
        active=active,
        asked=asked_of(active) if active else None,
        awaiting=awaiting_in(trees),
        ended=[tree for tree in trees if tree.status == TreeStatus.ENDED],
        usage=usage,
        own=usage_in_workspace(here.row),
        cycles=side_by_side(trees, invoices, active=active, usage=usage),
        invoices=invoices[:shown],
        next_invoice=next_invoice_of(active, usage),
        invoices_left=len(invoices) - shown,
        sold=[PLANS[name] for name in SOLD],
        tiers=OVERAGE_TIERS,
        with_credits={ledger.tree_id for ledger in ledgers_of(workspace_id)},
        downgraded=downgraded(here),
        no=no,
    )


@pages.get("/w/<uuid:workspace_id>/billing/cancel")
def confirm_cancellation(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    """What would become of each workspace, before the click that does it."""
    here = lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    active = active_in(trees_of(workspace_id))
    return render_template(
        "cancel.html",
        here=here,
        active=active,
        usage=usage_of_pool(active) if active else None,
        foretold=if_it_ended(active) if active else None,
        free=FREE,
        words={"instant": instant, "plan": plan, "pool_before": pool_before, "quota": quota},
        no=no,
    )
