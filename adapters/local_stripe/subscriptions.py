"""Subscriptions: begun by a checkout, renewed every month, and ended at once or at a set time."""

from __future__ import annotations

from adapters.local_stripe import invoices
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, missing_object, unsupported
from adapters.local_stripe.lines import plan_lines, usage_lines
from adapters.local_stripe.periods import period_end
from adapters.local_stripe.shapes import SUBSCRIPTION, SUBSCRIPTION_ITEM, blank
from adapters.local_stripe.store import Json

REQUESTED = "cancellation_requested"
CHANGEABLE = frozenset({"cancel_at", "cancel_at_period_end", "cancellation_details", "metadata"})
CHANGEABLE_AFTER_THE_END = frozenset({"cancellation_details", "metadata"})
PERIOD_ENDS = {"min_period_end": min, "max_period_end": max}


def begin(account: Account, customer_id: str, items: list[Json], given: Json) -> Json:
    """An active subscription from now on. Its first invoice is the caller's to make."""
    now = account.now()
    subscription_id = account.new_id("sub")
    end = period_end(now, now)
    mode = given.get("billing_mode", {"type": "flexible"})
    flexible = {"proration_discounts": "included"} if mode["type"] == "flexible" else None
    data = [_item(account, subscription_id, item, (now, end)) for item in items]
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


def _item(account: Account, subscription_id: str, item: Json, period: tuple[int, int]) -> Json:
    price = account.shown(account.find("price", item["price"]))
    licensed = price["recurring"]["usage_type"] == "licensed"
    made = blank(
        SUBSCRIPTION_ITEM,
        id=account.new_id("si"),
        billed_until=period[1] if licensed else period[0],
        created=period[0],
        current_period_end=period[1],
        current_period_start=period[0],
        plan=_legacy_plan(price),
        price=price,
        subscription=subscription_id,
    )
    return {**made, "quantity": item.get("quantity", 1)} if licensed else made


def _legacy_plan(price: Json) -> Json:
    """What a price was called before there were prices. It still comes with every item."""
    recurring = price["recurring"]
    same = ("active", "billing_scheme", "created", "currency", "id", "livemode", "metadata", "nickname")
    return {
        **{name: price[name] for name in same},
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "meter": recurring["meter"],
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": recurring["usage_type"],
    }


def update(account: Account, params: Json, subscription_id: str) -> Json:
    subscription = account.find("subscription", subscription_id)
    for name in params.keys() - CHANGEABLE:
        raise unsupported(name)
    if subscription["status"] == "canceled" and not params.keys() <= CHANGEABLE_AFTER_THE_END:
        raise Refusal("A canceled subscription can only update its cancellation_details and metadata.")
    if "cancel_at" in params and "cancel_at_period_end" in params:
        raise Refusal(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            param="cancel_at_period_end",
        )
    changes: Json = {}
    if "metadata" in params:
        changes["metadata"] = merged(subscription["metadata"], params["metadata"])
    if "cancellation_details" in params:
        said = {name: text or None for name, text in params["cancellation_details"].items()}
        changes["cancellation_details"] = {**subscription["cancellation_details"], **said}
    if "cancel_at_period_end" in params:
        at_end = params["cancel_at_period_end"]
        end = _period_end(subscription, "min_period_end") if at_end else None
        if at_end or subscription["cancel_at_period_end"]:  # else the flag says nothing about `cancel_at`
            changes |= _schedule(account, subscription, end, flag=at_end)
    if "cancel_at" in params and not (params["cancel_at"] == "" and subscription["cancel_at_period_end"]):
        changes |= _schedule(account, subscription, _asked_end(account, subscription, params["cancel_at"]))
    return change(account, subscription, changes)


def merged(metadata: Json, given: Json | str) -> Json:
    """Metadata is added to; an empty text removes a key, or all of them."""
    if isinstance(given, str):
        return {}
    return {name: value for name, value in {**metadata, **given}.items() if value != ""}


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


def change(account: Account, subscription: Json, changes: Json) -> Json:
    """Kept and told of, unless nothing is different."""
    previous = {name: subscription[name] for name, value in changes.items() if subscription[name] != value}
    if not previous:
        return subscription
    changed = account.save({**subscription, **changes})
    account.tell("customer.subscription.updated", changed, previous)
    return changed


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
    subscription = account.find("subscription", subscription_id)
    if subscription["status"] == "canceled":
        raise missing_object("subscription", subscription_id)
    said = {name: text or None for name, text in params.get("cancellation_details", {}).items()}
    start = subscription["items"]["data"][0]["current_period_start"]
    ended = _end(account, {**subscription, "_usage_is_invoiced": False}, REQUESTED, said)
    if params.get("invoice_now"):
        closing = invoices.close(account, ended, (start, account.now()))
        if closing is not None:
            invoices.finalize(account, closing)
    return ended


def _end(account: Account, subscription: Json, reason: str, said: Json | None = None) -> Json:
    now = account.now()
    ended = account.save(
        {
            **subscription,
            "canceled_at": subscription["canceled_at"] or now,
            "cancellation_details": {
                **subscription["cancellation_details"],
                **(said or {}),
                "reason": subscription["cancellation_details"]["reason"] or reason,
            },
            "ended_at": now,
            "status": "canceled",
        }
    )
    account.tell("customer.subscription.deleted", ended)
    return ended


def time_came(account: Account, subscription: Json) -> None:
    """A set end was reached, or else a period's end, which renews."""
    now = account.now()
    start = subscription["items"]["data"][0]["current_period_start"]
    if subscription["cancel_at"] is not None and subscription["cancel_at"] <= now:
        invoices.close(account, subscription, (start, now))
        _end(account, subscription, REQUESTED)
        return
    current = invoices.renewed(subscription)
    lines = plan_lines(account, current) + usage_lines(account, subscription, start, now)
    invoice = invoices.create(account, current, lines, "subscription_cycle", (start, now))
    change(account, subscription, {"items": current["items"], "latest_invoice": invoice["id"]})
