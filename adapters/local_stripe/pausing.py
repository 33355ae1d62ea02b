"""A subscription is paused and goes on: nobody is charged for a while, or it stands still altogether."""

from __future__ import annotations

from adapters.local_stripe import invoices, standing
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, must_act_on, unsupported
from adapters.local_stripe.items import in_period, period_of
from adapters.local_stripe.lines import plan_lines, usage_lines
from adapters.local_stripe.periods import period_end
from adapters.local_stripe.store import Json

NOTHING_BILLED: Json = {
    "outstanding_usage_through": {"type": "none"},
    "unused_time_from": {"type": "none"},
}


def collection_asked(account: Account, asked: Json | str) -> Json | None:
    """What `pause_collection` is set to; the subscription's status stays what it is."""
    if isinstance(asked, str):
        return None
    resumes_at = asked.get("resumes_at")
    if resumes_at is not None and resumes_at <= account.now():
        raise Refusal("resumes_at must be in the future", param="pause_collection[resumes_at]")
    return {"behavior": asked["behavior"], "resumes_at": resumes_at}


def pause(account: Account, params: Json, subscription_id: str) -> Json:
    """It stands still: no period ends and no invoice comes until it is resumed."""
    must_act_on(params, {"bill_for", "type"})
    if params.get("bill_for") != NOTHING_BILLED:
        raise unsupported("bill_for that is not `none` and `none`")
    subscription = account.find("subscription", subscription_id)
    if subscription["status"] != "active":
        raise Refusal(f"Only an active subscription can be paused; this one is {subscription['status']}")
    details = {"subscription": {"type": "pause_requested"}, "transitioned_at": account.now()}
    paused = standing.change(
        account,
        subscription,
        {"status": "paused", "status_details": {"paused": {**details, "type": "subscription"}}},
    )
    account.tell("customer.subscription.paused", paused)
    return paused


def resume(account: Account, params: Json, subscription_id: str) -> Json:
    """A new period begins now and is invoiced now, with what was used before the pause."""
    must_act_on(params, {"billing_cycle_anchor"})
    if params.get("billing_cycle_anchor", {"type": "now"}) != {"type": "now"}:
        raise unsupported("billing_cycle_anchor=unchanged")
    subscription = account.find("subscription", subscription_id)
    if subscription["status"] != "paused":
        raise Refusal(f"Only a paused subscription can be resumed; this one is {subscription['status']}")
    now = account.now()
    before, _ = period_of(subscription)
    current = in_period({**subscription, "status": "active"}, (now, period_end(now, now)))
    lines = plan_lines(account, current) + usage_lines(account, subscription, before, now)
    invoice = invoices.create(account, current, lines, "subscription_update", (before, now))
    changes = {"billing_cycle_anchor": now, "items": current["items"], "latest_invoice": invoice["id"]}
    resumed = standing.change(account, subscription, {**changes, "status": "active", "status_details": None})
    account.tell("customer.subscription.resumed", resumed)
    invoices.finalize(account, invoice)
    return account.find("subscription", subscription_id)
