"""Checkout: a session is opened, and then paid, left, or forgotten for a day."""

from __future__ import annotations

from adapters.local_stripe import customers, invoices, subscriptions
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Declined, Refusal, must_act_on, unsupported
from adapters.local_stripe.lines import plan_lines
from adapters.local_stripe.payments import DECLINING, GOOD, card_of
from adapters.local_stripe.shapes import CHECKOUT_SESSION, blank
from adapters.local_stripe.store import Json

OPEN_SECONDS = 86_400
SUPPORTED = frozenset(
    {
        "cancel_url",
        "client_reference_id",
        "customer",
        "customer_email",
        "expires_at",
        "line_items",
        "metadata",
        "mode",
        "subscription_data",
        "success_url",
    }
)
GOOD_ONCE = "good_once"  # it pays for the checkout, and never again
CARDS = (GOOD, DECLINING, GOOD_ONCE)
EMAIL_OF_NOBODY = "buyer@example.com"


def open_session(account: Account, params: Json) -> Json:
    must_act_on(params, SUPPORTED)
    must_act_on(params.get("subscription_data", {}), {"billing_mode", "metadata"}, "subscription_data")
    if params.get("mode") != "subscription":
        raise unsupported("mode")
    if "customer" in params and "customer_email" in params:
        raise Refusal(
            "You may only specify one of these parameters: customer, customer_email.", param="customer"
        )
    if "success_url" not in params:
        raise Refusal("Missing required param: success_url.", code="parameter_missing", param="success_url")
    items = _items(account, params.get("line_items") or [])
    customer = (
        account.find("customer", params["customer"], param="customer") if "customer" in params else None
    )
    session_id = account.new_id("cs_test")
    now = account.now()
    total = sum(item["quantity"] * item["unit_amount"] for item in items if "quantity" in item)
    session = blank(
        CHECKOUT_SESSION,
        id=session_id,
        amount_subtotal=total,
        amount_total=total,
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        created=now,
        currency=items[0]["currency"],
        customer=customer["id"] if customer else None,
        customer_creation=None if customer else "always",
        customer_email=customer["email"] if customer else params.get("customer_email"),
        expires_at=params.get("expires_at", now + OPEN_SECONDS),
        metadata=params.get("metadata", {}),
        success_url=params["success_url"],
        url=f"/c/pay/{session_id}",
    )
    return account.save({**session, "_items": items, "_given": params.get("subscription_data", {})})


def _items(account: Account, given: list[Json]) -> list[Json]:
    if not given:
        raise Refusal("Missing required param: line_items.", code="parameter_missing", param="line_items")
    items = []
    for index, item in enumerate(given):
        where = f"line_items[{index}]"
        must_act_on(item, {"price", "quantity"}, where)
        price = account.find("price", item.get("price", ""), param=f"{where}[price]")
        metered = price["recurring"]["usage_type"] == "metered"
        if metered and "quantity" in item:
            raise Refusal(
                f"Quantity should not be specified where usage_type is `metered`. Remove it from `{where}`",
                param=f"{where}[quantity]",
            )
        if not metered and item.get("quantity", 0) < 1:
            raise Refusal(f"Quantity is required. Add `quantity` to `{where}`", param=f"{where}[quantity]")
        items.append({**item, "currency": price["currency"], "unit_amount": price["unit_amount"]})
    return items


def pay(account: Account, checkout_id: str, email: str | None = None, card: str | None = None) -> Json:
    """The buyer pays: a customer, an active subscription, a paid invoice, and word of all of it."""
    session = account.find("checkout.session", checkout_id)
    if session["status"] != "open":
        raise Refusal(f"This checkout is {session['status']}", code="checkout_session_not_open")
    if card is not None and card not in CARDS:
        raise Refusal(f"A card is one of {', '.join(CARDS)}", param="card")
    if (card or card_in(account, session)) == DECLINING:
        raise Declined
    customer = account.save({**_customer(account, session, email), "_card": GOOD})
    complete = _begin(account, session, customer)
    if card == GOOD_ONCE:
        account.save({**account.find("customer", customer["id"]), "_card": DECLINING})
    return complete


def card_in(account: Account, session: Json) -> str:
    """The card that the buyer has already, if we know the buyer."""
    known = session["customer"] is not None
    return card_of(account.find("customer", session["customer"])) if known else GOOD


def _begin(account: Account, session: Json, customer: Json) -> Json:
    subscription = subscriptions.begin(account, customer["id"], session["_items"], session["_given"])
    now = account.now()
    lines = plan_lines(account, subscription)
    first = invoices.draft(
        account,
        subscription,
        lines,
        reason="subscription_create",
        period=(now, now),
        invoice_id=account.new_id("in"),
    )
    subscription = account.save({**subscription, "latest_invoice": first["id"]})
    complete = account.save(
        {
            **session,
            "customer": customer["id"],
            "customer_details": {"email": customer["email"], "name": customer["name"]},
            "invoice": first["id"],
            "payment_status": "paid",
            "status": "complete",
            "subscription": subscription["id"],
            "url": None,
        }
    )
    account.tell("checkout.session.completed", complete)
    account.tell("customer.subscription.created", subscription)
    account.save(first)
    account.tell("invoice.created", first)
    invoices.finalize(account, first)
    return complete


def _customer(account: Account, session: Json, email: str | None) -> Json:
    if session["customer"] is not None:
        return account.find("customer", session["customer"])
    return customers.create(account, {"email": session["customer_email"] or email or EMAIL_OF_NOBODY})


def expire(account: Account, params: Json, checkout_id: str) -> Json:
    session = account.find("checkout.session", checkout_id)
    if session["status"] != "open":
        raise Refusal('Only Checkout Sessions with a status in ["open"] can be expired.')
    expired = account.save({**session, "status": "expired", "url": None})
    account.tell("checkout.session.expired", expired)
    return expired
