"""What the passing of time does, in the order in which it comes due."""

from __future__ import annotations

from adapters.local_stripe import checkout, invoices, notices, payments, subscriptions
from adapters.local_stripe.account import Account
from adapters.local_stripe.store import Json

UNHEARD_SECONDS_MAX = 3 * 86_400


def catch_up(account: Account, until: int | None = None) -> None:
    """Perform everything that is due by then, each at its own moment and kept by itself."""
    until = account.now() if until is None else until
    while (due := account.store.next_due(until)) is not None:
        moment, body = due
        with account.store.transaction(), account.at(moment):
            _perform(account, body)


def _perform(account: Account, body: Json) -> None:
    match body["object"]:
        case "subscription":
            subscriptions.time_came(account, body)
        case "invoice" if body["status"] == "draft":
            _hour_is_over(account, body)
        case "invoice":
            payments.collect(account, body)
        case "checkout.session":
            checkout.expire(account, {}, body["id"])


def _hour_is_over(account: Account, draft: Json) -> None:
    """Final, unless the listener has not acknowledged it yet: then again in an hour, for three days."""
    now = account.now()
    if now < draft["created"] + UNHEARD_SECONDS_MAX and notices.is_unheard(
        account, "invoice.created", draft["id"]
    ):
        later = now + invoices.DRAFT_SECONDS
        account.save({**draft, "automatically_finalizes_at": later, "next_payment_attempt": later})
    else:
        invoices.finalize(account, draft)
