"""What somebody can do in Stripe's dashboard, as against what a program asks of the API."""

from __future__ import annotations

from collections.abc import Callable

from adapters.local_stripe import customers, disputes, invoices, notices, pausing, subscriptions
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.items import is_licensed
from adapters.local_stripe.pausing import NOTHING_BILLED
from adapters.local_stripe.store import Json

BEHAVIORS = ("void", "keep_as_draft", "mark_uncollectible")
Given = dict[str, str]
Deed = Callable[[Account, str, Given], object]


def do(account: Account, deed: str, object_id: str, given: Given) -> None:
    if deed not in DEEDS:
        raise Refusal(f"There is no such deed; there are {', '.join(DEEDS)}", param="deed")
    DEEDS[deed](account, object_id, given)


def _set_card(account: Account, customer_id: str, given: Given) -> Json:
    return customers.set_card(account, customer_id, given.get("card", ""))


def _delete_customer(account: Account, customer_id: str, given: Given) -> Json:
    return customers.delete(account, {}, customer_id)


def _cancel(account: Account, subscription_id: str, given: Given) -> Json:
    return subscriptions.cancel(account, {"invoice_now": True}, subscription_id)


def _cancel_at_period_end(account: Account, subscription_id: str, given: Given) -> Json:
    return subscriptions.cancel_in_portal(account, subscription_id)


def _reactivate(account: Account, subscription_id: str, given: Given) -> Json:
    return subscriptions.reactivate_in_portal(account, subscription_id)


def _change_plan(account: Account, subscription_id: str, given: Given) -> Json:
    """The difference is invoiced at once, and stays open if the card declines."""
    subscription = account.find("subscription", subscription_id)
    item = next(item for item in subscription["items"]["data"] if is_licensed(item["price"]))
    asked = {
        "items": [{"id": item["id"], "price": given.get("price", "")}],
        "proration_behavior": "always_invoice",
    }
    return subscriptions.update(account, asked, subscription_id)


def _pause_collection(account: Account, subscription_id: str, given: Given) -> Json:
    behavior = given.get("behavior", BEHAVIORS[0])
    if behavior not in BEHAVIORS:
        raise Refusal(f"A behavior is one of {', '.join(BEHAVIORS)}", param="behavior")
    return subscriptions.update(account, {"pause_collection": {"behavior": behavior}}, subscription_id)


def _resume_collection(account: Account, subscription_id: str, given: Given) -> Json:
    return subscriptions.update(account, {"pause_collection": ""}, subscription_id)


def _pause(account: Account, subscription_id: str, given: Given) -> Json:
    return pausing.pause(account, {"bill_for": NOTHING_BILLED}, subscription_id)


def _resume(account: Account, subscription_id: str, given: Given) -> Json:
    return pausing.resume(account, {}, subscription_id)


def _finalize(account: Account, invoice_id: str, given: Given) -> Json:
    return invoices.finalize_asked(account, {"auto_advance": True}, invoice_id)


def _pay(account: Account, invoice_id: str, given: Given) -> Json:
    return invoices.pay_asked(account, {}, invoice_id)


def _void(account: Account, invoice_id: str, given: Given) -> Json:
    return invoices.void_asked(account, {}, invoice_id)


def _mark_uncollectible(account: Account, invoice_id: str, given: Given) -> Json:
    return invoices.give_up_asked(account, {}, invoice_id)


def _dispute(account: Account, charge_or_invoice_id: str, given: Given) -> Json:
    return disputes.open_dispute(account, charge_or_invoice_id, given.get("reason", disputes.FRAUDULENT))


def _settle(account: Account, dispute_id: str, given: Given) -> Json:
    return disputes.settle(account, dispute_id, given.get("outcome", ""))


def _send_again(account: Account, event_id: str, given: Given) -> None:
    notices.send_again(account, event_id)


def _lose(account: Account, event_id: str, given: Given) -> None:
    account.find("event", event_id)
    notices.lose(account, event_id)


DEEDS: dict[str, Deed] = {
    "set_card": _set_card,  # card: good or declining
    "delete_customer": _delete_customer,
    "cancel": _cancel,  # at once, with an invoice of what was used
    "cancel_at_period_end": _cancel_at_period_end,
    "reactivate": _reactivate,
    "change_plan": _change_plan,  # price: an id
    "pause_collection": _pause_collection,  # behavior
    "resume_collection": _resume_collection,
    "pause": _pause,
    "resume": _resume,
    "finalize": _finalize,
    "pay": _pay,
    "void": _void,
    "mark_uncollectible": _mark_uncollectible,
    "dispute": _dispute,  # reason; of a charge, or of the invoice that it paid
    "settle": _settle,  # outcome: won or lost
    "send_again": _send_again,
    "lose": _lose,  # the event is not sent any more
}
