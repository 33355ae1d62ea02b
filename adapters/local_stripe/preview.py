"""The next invoice before it comes: of a subscription as it is, or as it would be with another plan."""

from __future__ import annotations

from adapters.local_stripe import invoices
from adapters.local_stripe.account import BILLED_STATUSES, Account
from adapters.local_stripe.answers import Refusal, must_act_on, unsupported
from adapters.local_stripe.items import period_of, renewed
from adapters.local_stripe.lines import plan_lines, usage_lines
from adapters.local_stripe.phases import following
from adapters.local_stripe.plan_changes import changed_items, prorated
from adapters.local_stripe.store import Json

WITHIN = "subscription_details"


def preview(account: Account, params: Json) -> Json:
    must_act_on(params, {"subscription", "customer", WITHIN})
    details = params.get(WITHIN, {})
    must_act_on(details, {"items", "proration_behavior", "proration_date"}, WITHIN)
    if "subscription" not in params:
        raise unsupported("an invoice of no subscription")
    subscription = account.find("subscription", params["subscription"], param="subscription")
    if params.get("customer", subscription["customer"]) != subscription["customer"]:
        raise Refusal("The subscription is of another customer", param="customer")
    if subscription["status"] not in BILLED_STATUSES:
        raise Refusal("No upcoming invoices for this subscription", code="invoice_upcoming_none")
    if details.keys() & {"proration_behavior", "proration_date"} and "items" not in details:
        raise unsupported(f"{WITHIN} without items")
    period = period_of(subscription)
    lines, reason = _lines(account, subscription, details), "upcoming"
    return invoices.draft(
        account,
        subscription,
        lines,
        reason=reason,
        period=period,
        invoice_id=f"upcoming_{subscription['id']}",
    )


def _lines(account: Account, subscription: Json, details: Json) -> list[Json]:
    """With a change that is invoiced at once, that invoice; else the next one, with what is carried over."""
    behaviour = details.get("proration_behavior", "create_prorations")
    changed, changes = changed_items(account, subscription, details.get("items", []), f"{WITHIN}[items]")
    moment = _moment(account, subscription, details)
    prorations = [] if behaviour == "none" else prorated(account, subscription, changes, moment)
    if prorations and behaviour == "always_invoice":
        return prorations
    lines = usage_lines(account, subscription, *period_of(subscription))
    if subscription["cancel_at"] is None:
        scheduled = {**changed, **following(account, changed, period_of(subscription)[1])}
        lines = plan_lines(account, renewed(scheduled)) + lines
    return prorations + lines


def _moment(account: Account, subscription: Json, details: Json) -> int:
    start, end = period_of(subscription)
    moment: int = details.get("proration_date", account.now())
    if not start <= moment <= end:
        raise Refusal("proration_date must be within the current period", param=f"{WITHIN}[proration_date]")
    return moment
