"""Customers: made, changed, given another card, and deleted with all that they pay for."""

from __future__ import annotations

from adapters.local_stripe import standing
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, must_act_on
from adapters.local_stripe.payments import DECLINING, GOOD
from adapters.local_stripe.shapes import CUSTOMER, blank
from adapters.local_stripe.store import Json

KNOWN = frozenset({"email", "name", "metadata", "description"})
OF_CUSTOMER = "AND json_extract(body, '$.customer') = ?"


def create(account: Account, params: Json) -> Json:
    must_act_on(params, KNOWN)
    customer_id = account.new_id("cus")
    prefix = f"HW{customer_id.rpartition('_')[2][-4:]}"
    known = {name: value for name, value in params.items() if name in KNOWN}
    return account.save(
        blank(CUSTOMER, id=customer_id, created=account.now(), invoice_prefix=prefix, **known)
    )


def retrieve(account: Account, params: Json, customer_id: str) -> Json:
    """What is left of a deleted one is that it is deleted."""
    return account.any_of("customer", customer_id)


def update(account: Account, params: Json, customer_id: str) -> Json:
    customer = account.find("customer", customer_id)
    must_act_on(params, KNOWN)
    changes = {name: value or None for name, value in params.items() if name in KNOWN - {"metadata"}}
    if "metadata" in params:
        changes["metadata"] = standing.merged(customer["metadata"], params["metadata"])
    previous = {name: customer[name] for name, value in changes.items() if customer[name] != value}
    if not previous:
        return customer
    changed = account.save({**customer, **changes})
    account.tell("customer.updated", changed, previous)
    return changed


def set_card(account: Account, customer_id: str, card: str) -> Json:
    """Another card. Stripe says so with the payment method, which is told as a changed customer here."""
    if card not in {GOOD, DECLINING}:
        raise Refusal(f"A card is {GOOD} or {DECLINING}", param="card")
    customer = account.save({**account.find("customer", customer_id), "_card": card})
    account.tell("customer.updated", customer, {})
    return customer


def delete(account: Account, params: Json, customer_id: str) -> Json:
    """All subscriptions end at once, and no draft moves on by itself."""
    customer = account.find("customer", customer_id)
    for subscription in account.store.newest_first("subscription", OF_CUSTOMER, customer_id):
        if subscription["status"] != "canceled":
            ending = {**subscription, "_usage_is_invoiced": False}
            standing.end(account, ending, "cancellation_requested")
    for invoice in account.store.newest_first("invoice", OF_CUSTOMER, customer_id):
        if invoice["status"] in {"draft", "open"}:
            stopped = {"automatically_finalizes_at": None, "next_payment_attempt": None}
            account.save({**invoice, "auto_advance": False, **stopped})
    for session in account.store.newest_first("checkout.session", OF_CUSTOMER, customer_id):
        if session["status"] == "open":
            expired = account.save({**session, "status": "expired", "url": None})
            account.tell("checkout.session.expired", expired)
    account.tell("customer.deleted", customer)
    return account.save({**customer, "deleted": True})
