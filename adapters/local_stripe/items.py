"""What a subscription consists of: its items, their prices, and the period that they are in."""

from __future__ import annotations

from adapters.local_stripe.account import Account
from adapters.local_stripe.periods import period_end
from adapters.local_stripe.shapes import SUBSCRIPTION_ITEM, blank
from adapters.local_stripe.store import Json

Period = tuple[int, int]


def item_of(account: Account, subscription_id: str, item: Json, period: Period) -> Json:
    price = account.shown(account.find("price", item["price"]))
    licensed = is_licensed(price)
    made = blank(
        SUBSCRIPTION_ITEM,
        id=account.new_id("si"),
        billed_until=period[1] if licensed else period[0],
        created=period[0],
        current_period_end=period[1],
        current_period_start=period[0],
        plan=legacy_plan(price),
        price=price,
        subscription=subscription_id,
    )
    return {**made, "quantity": item.get("quantity", 1)} if licensed else made


def with_price(item: Json, price: Json, quantity: int) -> Json:
    return {**item, "plan": legacy_plan(price), "price": price, "quantity": quantity}


def is_licensed(price: Json) -> bool:
    return bool(price["recurring"]["usage_type"] == "licensed")


def legacy_plan(price: Json) -> Json:
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


def period_of(subscription: Json) -> Period:
    """All items of one subscription are in the same period here."""
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def in_period(subscription: Json, period: Period) -> Json:
    """The same subscription, its items in that period."""
    data = [
        {
            **item,
            "billed_until": period[1] if is_licensed(item["price"]) else period[0],
            "current_period_end": period[1],
            "current_period_start": period[0],
        }
        for item in subscription["items"]["data"]
    ]
    return with_items(subscription, data)


def renewed(subscription: Json) -> Json:
    """The same subscription in its next period."""
    _, start = period_of(subscription)
    return in_period(subscription, (start, period_end(subscription["billing_cycle_anchor"], start)))


def with_items(subscription: Json, data: list[Json]) -> Json:
    return {**subscription, "items": {**subscription["items"], "data": data}}


def metered_items(subscription: Json) -> list[Json]:
    items: list[Json] = subscription["items"]["data"]
    return [item for item in items if not is_licensed(item["price"])]
