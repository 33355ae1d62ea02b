"""Where a subscription stands: every change of it is kept and told here, and so is its end."""

from __future__ import annotations

from adapters.local_stripe.account import Account
from adapters.local_stripe.store import Json

INVOICES_OF = "AND json_extract(body, '$.parent.subscription_details.subscription') = ?"
BEHIND = frozenset({"past_due", "unpaid"})


def merged(metadata: Json, given: Json | str) -> Json:
    """Metadata is added to; an empty text removes a key, or all of them."""
    if isinstance(given, str):
        return {}
    return {name: value for name, value in {**metadata, **given}.items() if value != ""}


def change(account: Account, subscription: Json, changes: Json) -> Json:
    """Kept and told of, unless nothing is different."""
    previous = {name: subscription[name] for name, value in changes.items() if subscription[name] != value}
    if not previous:
        return subscription
    changed = account.save({**subscription, **changes})
    account.tell("customer.subscription.updated", changed, previous)
    return changed


def end(account: Account, subscription: Json, reason: str, said: Json | None = None) -> Json:
    """It never comes back; what is still open is not collected by itself any more."""
    now = account.now()
    details = subscription["cancellation_details"]
    ended = account.save(
        {
            **subscription,
            "canceled_at": subscription["canceled_at"] or now,
            "cancellation_details": {**details, **(said or {}), "reason": details["reason"] or reason},
            "ended_at": now,
            "schedule": None,
            "status": "canceled",
        }
    )
    if subscription["schedule"] is not None:
        schedule = account.find("subscription_schedule", subscription["schedule"])
        account.save({**schedule, "canceled_at": now, "current_phase": None, "status": "canceled"})
    for invoice in account.store.newest_first("invoice", INVOICES_OF, subscription["id"]):
        if invoice["status"] == "open":
            account.save({**invoice, "auto_advance": False, "next_payment_attempt": None})
    account.tell("customer.subscription.deleted", ended)
    return ended


def reconsider(account: Account, subscription_id: str | None) -> None:
    """Who paid the last of the invoices, or was forgiven it, is in good standing again."""
    if subscription_id is None:
        return
    subscription = account.find("subscription", subscription_id)
    if subscription["status"] not in BEHIND:
        return
    invoices = account.store.newest_first("invoice", INVOICES_OF, subscription_id)
    last = next((one["status"] for one in invoices if one["status"] not in {"draft", "void"}), "paid")
    if last in {"paid", "uncollectible"}:
        change(account, subscription, {"status": "active"})
