"""How an object is shown: with the addresses of today, with what was asked for, with nothing of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.store import Json

if TYPE_CHECKING:
    from adapters.local_stripe.account import Account

ADDRESSES = {
    "billing_portal.session": ("url",),
    "checkout.session": ("url",),
    "invoice": ("hosted_invoice_url", "invoice_pdf"),
}
ON_DEMAND = {"price": "tiers", "invoice": "payments"}
# What a field refers to, where it holds an id.
REFERENCES = {
    "charge": "charge",
    "customer": "customer",
    "invoice": "invoice",
    "latest_invoice": "invoice",
    "price": "price",
    "schedule": "subscription_schedule",
    "subscription": "subscription",
}
PAYMENTS_OF = "AND json_extract(body, '$.invoice') = ?"


def shown(account: Account, body: Json, expand: frozenset[str] = frozenset()) -> Json:
    if body["object"] == "list":
        return body  # its objects were shown one by one
    if body.get("deleted"):
        return {"id": body["id"], "object": body["object"], "deleted": True}
    seen = {name: value for name, value in body.items() if not name.startswith("_")}
    for name in ADDRESSES.get(body["object"], ()):
        if seen[name] is not None:
            seen[name] = account.base_url + seen[name]
    extra = ON_DEMAND.get(body["object"])
    if extra is not None:
        seen.pop(extra, None)
        if any(path.partition(".")[0] == extra for path in expand):
            seen[extra] = body["tiers"] if extra == "tiers" else _payments(account, body["id"])
    for path in sorted(expand):
        seen = _expanded(account, seen, path.split("."), path)
    return seen


def _payments(account: Account, invoice_id: str) -> Json:
    found = account.store.newest_first("invoice_payment", PAYMENTS_OF, invoice_id)
    url = f"/v1/invoice_payments?invoice={invoice_id}"
    return {"object": "list", "data": found, "has_more": False, "url": url}


def _expanded(account: Account, node: Any, path: list[str], whole: str) -> Any:
    """The node with what the path leads to in place of its id."""
    if isinstance(node, list):
        return [_expanded(account, one, path, whole) for one in node]
    head, *rest = path
    if not isinstance(node, dict) or head not in node:
        raise _cannot(whole)
    value = node[head]
    if isinstance(value, str):
        value = shown(account, account.any_of(REFERENCES[head], value)) if head in REFERENCES else None
    if (value is None and node[head] is not None) or isinstance(value, int | float):
        raise _cannot(whole)
    if rest and value is not None:
        value = _expanded(account, value, rest, whole)
    return {**node, head: value}


def _cannot(path: str) -> Refusal:
    return Refusal(f"This property cannot be expanded ({path}).", param="expand")
