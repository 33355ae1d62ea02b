"""Another price for an item: at once, with or without an invoice for what is left of the period."""

from __future__ import annotations

from adapters.local_stripe import invoices, standing
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Declined, Refusal, missing_object, must_act_on, unsupported
from adapters.local_stripe.items import is_licensed, with_items, with_price
from adapters.local_stripe.lines import proration_lines
from adapters.local_stripe.payments import last_charge
from adapters.local_stripe.store import Json

PRORATIONS = frozenset({"always_invoice", "none"})
PAYMENTS = frozenset({"allow_incomplete", "error_if_incomplete"})
Change = tuple[Json, Json]


def change_items(account: Account, subscription: Json, params: Json) -> Json:
    """`error_if_incomplete`: what is not paid at once has not happened."""
    proration = params.get("proration_behavior", "create_prorations")
    payment = params.get("payment_behavior", "allow_incomplete")
    if proration not in PRORATIONS:
        raise unsupported(f"proration_behavior={proration}")
    if payment not in PAYMENTS:
        raise unsupported(f"payment_behavior={payment}")
    now = account.now()
    changed, changes = changed_items(account, subscription, params["items"], "items")
    lines = prorated(account, subscription, changes, now) if proration == "always_invoice" else []
    if not lines:
        return standing.change(account, subscription, {"items": changed["items"]})
    invoice = invoices.create(account, subscription, lines, "subscription_update", (now, now))
    told = {"items": changed["items"], "latest_invoice": invoice["id"]}
    standing.change(account, subscription, told)
    if invoice["auto_advance"]:
        invoice = invoices.finalize(account, invoice)
    if invoice["status"] == "open" and payment == "error_if_incomplete":
        refused = Declined(charge=last_charge(account, invoice["id"]))
        refused.happened = False
        raise refused
    return account.find("subscription", subscription["id"])


def changed_items(
    account: Account, subscription: Json, given: list[Json], where: str
) -> tuple[Json, list[Change]]:
    """The subscription with what is asked for, and each item that it changes, before and after."""
    data = {item["id"]: item for item in subscription["items"]["data"]}
    changes = []
    for index, asked in enumerate(given):
        path = f"{where}[{index}]"
        must_act_on(asked, {"id", "price", "quantity"}, path)
        if "id" not in asked:
            raise unsupported(f"{path} without an id")
        if asked["id"] not in data:
            raise missing_object("subscription_item", asked["id"], f"{path}[id]")
        old = data[asked["id"]]
        new = _changed(account, old, asked, path)
        if new != old:
            data[old["id"]] = new
            changes.append((old, new))
    return with_items(subscription, list(data.values())), changes


def _changed(account: Account, item: Json, asked: Json, path: str) -> Json:
    if not is_licensed(item["price"]):
        raise unsupported(f"{path} of a metered item")
    price = item["price"]
    if "price" in asked:
        price = account.shown(account.find("price", asked["price"], f"{path}[price]"))
    if not price["active"]:
        raise Refusal(f"The price specified is inactive: {price['id']}", param=f"{path}[price]")
    if not is_licensed(price) or price["currency"] != item["price"]["currency"]:
        raise unsupported(f"{path}[price] of another kind or currency")
    # A new price comes once, unless another quantity is asked for.
    quantity: int = {"quantity": 1 if "price" in asked else item["quantity"], **asked}["quantity"]
    if quantity < 1:
        raise Refusal("Quantity must be at least 1", param=f"{path}[quantity]")
    return (
        item
        if (price["id"], quantity) == (item["price"]["id"], item["quantity"])
        else with_price(item, price, quantity)
    )


def prorated(account: Account, subscription: Json, changes: list[Change], at: int) -> list[Json]:
    return [line for old, new in changes for line in proration_lines(account, subscription, old, new, at)]
