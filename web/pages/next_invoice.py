"""The next invoice, before it comes: what it holds so far, and within which range it may end."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from domain.forecast import Forecast
from domain.next_invoice import NextInvoice, invoiced_cents, next_invoice
from domain.permissions import Permission
from projections.pooled_usage import CycleUsage
from projections.subscriptions import SubscriptionRow
from web.pages.blueprint import pages
from web.pages.here import lead_or_404
from web.pages.trees import active_in, trees_of
from web.pools import forecast_of_pool
from web.usage import usage_of_pool


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The invoice as it would be after so many events in the whole cycle."""

    events: int
    overage_events: int
    total_cents: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    invoice: NextInvoice
    usage: CycleUsage
    standing: str
    forecast: Forecast | None  # none within the first day of a cycle
    low: Outlook
    likely: Outlook
    high: Outlook


@pages.get("/w/<uuid:workspace_id>/billing/next-invoice")
def next_invoice_page(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_BILLING)
    active = active_in(trees_of(workspace_id))
    usage = usage_of_pool(active) if active else None
    return render_template("next_invoice.html", here=here, next_invoice=next_invoice_of(active, usage))


def next_invoice_of(active: SubscriptionRow | None, usage: CycleUsage | None) -> Preview | None:
    """All that `_next_invoice.html` needs, as its variable `next_invoice`; None without a subscription."""
    if active is None or usage is None:
        return None
    invoice = next_invoice(
        plan=active.plan,
        next_plan=active.next_plan,
        next_plan_at=active.next_plan_at,
        cycle_ends_at=usage.cycle_ends_at,
        ends_at=active.ends_at,
        overage_events=usage.overage_events,
    )
    expected = forecast_of_pool(active.tree_id, usage, invoice.at)
    until = expected or Forecast(low=usage.used, likely=usage.used, high=usage.used, run_days=0)
    return Preview(
        invoice=invoice,
        usage=usage,
        standing=active.standing,
        forecast=expected,
        low=_outlook(until.low, usage, invoice),
        likely=_outlook(until.likely, usage, invoice),
        high=_outlook(until.high, usage, invoice),
    )


def _outlook(events: int, usage: CycleUsage, invoice: NextInvoice) -> Outlook:
    """What was claimed already is never taken back, so there is at least that much."""
    overage_events = max(usage.overage_events, events - usage.pool_events)
    return Outlook(
        events=events,
        overage_events=overage_events,
        total_cents=invoice.plan_cents + invoiced_cents(overage_events),
    )
