"""What the passing of time does, in the order in which it comes due."""

from __future__ import annotations

from adapters.local_stripe import checkout, invoices, subscriptions
from adapters.local_stripe.account import Account
from adapters.local_stripe.store import Json


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
        case "invoice":
            invoices.finalize(account, body)
        case "checkout.session":
            checkout.expire(account, {}, body["id"])
