"""Subscriptions: begun by a checkout, renewed every month, and ended at once or at a set time."""

from __future__ import annotations

from adapters.local_stripe import invoices, pausing, phases, standing
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, missing_object, must_act_on, unsupported
from adapters.local_stripe.items import item_of, period_of, renewed
from adapters.local_stripe.lines import plan_lines, usage_lines
from adapters.local_stripe.periods import period_end
from adapters.local_stripe.plan_changes import change_items
from adapters.local_stripe.shapes import SUBSCRIPTION, blank
from adapters.local_stripe.standing import change, merged
from adapters.local_stripe.store import Json

REQUESTED = "cancellation_requested"
OF_ITEMS = frozenset({"payment_behavior", "proration_behavior"})
OF_ITS_END = frozenset({"cancel_at", "cancel_at_period_end"})
CHANGEABLE_AFTER_THE_END = frozenset({"cancellation_details", "metadata"})
CHANGEABLE = CHANGEABLE_AFTER_THE_END | OF_ITS_END | {"items", "pause_collection"}
PERIOD_ENDS = {"min_period_end": min, "max_period_end": max}


def begin(account: Account, customer_id: str, items: list[Json], given: Json) -> Json:
    """An active subscription from now on. Its first invoice is the caller's to make."""
    now = account.now()
    subscription_id = account.new_id("sub")
    end = period_end(now, now)
    mode = given.get("billing_mode", {"type": "flexible"})
    flexible = {"proration_discounts": "included"} if mode["type"] == "flexible" else None
    data = [item_of(account, subscription_id, item, (now, end)) for item in items]
    subscription = blank(
        SUBSCRIPTION,
        id=subscription_id,
        billing_cycle_anchor=now,
        billing_mode={"flexible": flexible, "type": mode["type"], "updated_at": None},
        created=now,
        currency=data[0]["price"]["currency"],
        customer=customer_id,
        items={
            "object": "list",
            "data": data,
            "has_more": False,
            "url": f"/v1/subscription_items?subscription={subscription_id}",
        },
        metadata=given.get("metadata", {}),
        start_date=now,
    )
    return account.save({**subscription, "_usage_is_invoiced": True})


def update(account: Account, params: Json, subscription_id: str) -> Json:
    subscription = account.find("subscription", subscription_id)
    must_act_on(params, CHANGEABLE | (OF_ITEMS if "items" in params else frozenset()))
    if subscription["status"] == "canceled" and not params.keys() <= CHANGEABLE_AFTER_THE_END:
        raise Refusal("A canceled subscription can only update its cancellation_details and metadata.")
    if params.keys() & (OF_ITS_END | {"items"}):
        phases.must_be_its_own(subscription)
    if "items" in params:
        subscription = change_items(account, subscription, params)
    changes = _changes_of_its_end(account, subscription, params)
    if "metadata" in params:
        changes["metadata"] = merged(subscription["metadata"], params["metadata"])
    if "cancellation_details" in params:
        said = {name: text or None for name, text in params["cancellation_details"].items()}
        changes["cancellation_details"] = {**{**subscription, **changes}["cancellation_details"], **said}
    if "pause_collection" in params:
        changes["pause_collection"] = pausing.collection_asked(account, params["pause_collection"])
    return change(account, subscription, changes)


def _changes_of_its_end(account: Account, subscription: Json, params: Json) -> Json:
    if "cancel_at" in params and "cancel_at_period_end" in params:
        raise Refusal(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            param="cancel_at_period_end",
        )
    if "cancel_at_period_end" in params:
        at_end = params["cancel_at_period_end"]
        end = _period_end(subscription, "min_period_end") if at_end else None
        if at_end or subscription["cancel_at_period_end"]:  # else the flag says nothing about `cancel_at`
            return _schedule(account, subscription, end, flag=at_end)
    if "cancel_at" in params and not (params["cancel_at"] == "" and subscription["cancel_at_period_end"]):
        return _schedule(account, subscription, _asked_end(account, subscription, params["cancel_at"]))
    return {}


def _asked_end(account: Account, subscription: Json, asked: int | str) -> int | None:
    if asked == "":
        return None
    if isinstance(asked, str):
        if subscription["billing_mode"]["type"] != "flexible":
            raise Refusal(f"cancel_at={asked} needs billing_mode=flexible", param="cancel_at")
        return _period_end(subscription, asked)
    if asked <= account.now():
        raise Refusal("The cancel_at timestamp must be in the future", param="cancel_at")
    return asked


def _period_end(subscription: Json, which: str) -> int:
    if which not in PERIOD_ENDS:
        raise unsupported(f"cancel_at={which}")
    return int(PERIOD_ENDS[which](item["current_period_end"] for item in subscription["items"]["data"]))


def _schedule(account: Account, subscription: Json, end: int | None, *, flag: bool = False) -> Json:
    return {
        "cancel_at": end,
        "cancel_at_period_end": flag,
        "canceled_at": None if end is None else account.now(),
        "cancellation_details": {
            **subscription["cancellation_details"],
            "reason": None if end is None else REQUESTED,
        },
    }


def cancel_in_portal(account: Account, subscription_id: str) -> Json:
    """At the end of the period: an instant in flexible billing mode, the flag in classic mode."""
    subscription = account.find("subscription", subscription_id)
    flexible = subscription["billing_mode"]["type"] == "flexible"
    return update(
        account,
        {"cancel_at": "min_period_end"} if flexible else {"cancel_at_period_end": True},
        subscription_id,
    )


def reactivate_in_portal(account: Account, subscription_id: str) -> Json:
    subscription = account.find("subscription", subscription_id)
    if subscription["status"] == "canceled":
        raise Refusal("This subscription has ended, and does not come back.")
    return change(account, subscription, _schedule(account, subscription, None))


def cancel(account: Account, params: Json, subscription_id: str) -> Json:
    """At once. Usage that was not invoiced is lost, unless it is asked for."""
    must_act_on(params, {"cancellation_details", "invoice_now", "prorate"})
    if params.get("prorate"):
        raise unsupported("prorate=true")
    subscription = account.find("subscription", subscription_id)
    if subscription["status"] == "canceled":
        raise missing_object("subscription", subscription_id)
    said = {name: text or None for name, text in params.get("cancellation_details", {}).items()}
    start, _ = period_of(subscription)
    ended = standing.end(account, {**subscription, "_usage_is_invoiced": False}, REQUESTED, said)
    if params.get("invoice_now"):
        closing = invoices.close(account, ended, (start, account.now()))
        if closing is not None:
            invoices.finalize(account, closing)
    return ended


def time_came(account: Account, subscription: Json) -> None:
    """A set end was reached, a pause is over, or else a period is, and the next one begins."""
    now = account.now()
    start, end = period_of(subscription)
    pause = subscription["pause_collection"]
    if subscription["cancel_at"] is not None and subscription["cancel_at"] <= now:
        if subscription["status"] != "paused":
            invoices.close(account, subscription, (start, now))
        standing.end(account, subscription, REQUESTED)
    elif pause is not None and pause["resumes_at"] is not None and pause["resumes_at"] <= now:
        change(account, subscription, {"pause_collection": None})
    else:
        _renew(account, subscription, start, end)


def _renew(account: Account, subscription: Json, start: int, end: int) -> None:
    scheduled = phases.following(account, subscription, end)
    phases.move_on(account, subscription, end)
    current = renewed({**subscription, **scheduled})
    lines = plan_lines(account, current) + usage_lines(account, subscription, start, end)
    invoice = invoices.create(account, current, lines, "subscription_cycle", (start, end))
    changes = {"items": current["items"], "latest_invoice": invoice["id"], "schedule": current["schedule"]}
    change(account, subscription, changes)
