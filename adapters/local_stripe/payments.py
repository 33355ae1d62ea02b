"""How an invoice is paid, or not: the customer's card is charged, again after days, and then no more."""

from __future__ import annotations

from adapters.local_stripe import standing
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Declined
from adapters.local_stripe.shapes import CHARGE, INVOICE_PAYMENT, blank
from adapters.local_stripe.store import Json

DAY = 86_400
RETRY_SECONDS = (3 * DAY, 5 * DAY, 7 * DAY)  # each after the attempt before it
GOOD, DECLINING = "good", "declining"
FAILED = "payment_failed"
OF_INVOICE = "AND json_extract(body, '$.invoice') = ?"


def subscription_id_of(invoice: Json) -> str | None:
    """None of an invoice that somebody made by hand, which is no matter of any subscription."""
    if invoice["parent"] is None:
        return None
    return str(invoice["parent"]["subscription_details"]["subscription"])


def card_of(customer: Json) -> str:
    return str(customer.get("_card", GOOD))


def collect(account: Account, invoice: Json, *, by_hand: bool = False) -> Json:
    """Charge what is due. The invoice is paid then, or as open as before.

    Of the attempts by hand only the first counts for the course of the retries.
    """
    if invoice["amount_due"] == 0:
        return _paid(account, {**invoice, "attempted": True})
    counts = not by_hand or not invoice["attempted"]
    tried = {**invoice, "attempted": True, "attempt_count": invoice["attempt_count"] + counts}
    customer = account.find("customer", invoice["customer"])
    good = card_of(customer) == GOOD
    account.save({**customer, "delinquent": not good})
    charge = _charge(account, invoice, customer, good)
    _note_payment(account, invoice, charge)
    return _paid(account, tried) if good else _failed(account, invoice, tried)


def pay(account: Account, invoice: Json) -> Json:
    """Somebody presses "Pay" now."""
    paid = collect(account, invoice, by_hand=True)
    if paid["status"] != "paid":
        raise Declined(charge=last_charge(account, paid["id"]))
    return paid


def paid_elsewhere(account: Account, invoice: Json) -> Json:
    return _paid(account, invoice)


def last_charge(account: Account, invoice_id: str) -> str | None:
    """The charge of an invoice's payment, if one was tried."""
    found = account.store.newest_first("invoice_payment", OF_INVOICE, invoice_id)
    return found[0]["_charge"] if found else None


def _charge(account: Account, invoice: Json, customer: Json, good: bool) -> Json:
    charge_id = account.new_id("ch")
    address = {"address": None, "email": customer["email"], "name": customer["name"], "phone": None}
    declined = None if good else "Your card was declined."
    return account.save(
        blank(
            CHARGE,
            id=charge_id,
            amount=invoice["amount_due"],
            amount_captured=invoice["amount_due"] if good else 0,
            billing_details={**address, "tax_id": None},
            captured=good,
            created=account.now(),
            currency=invoice["currency"],
            customer=customer["id"],
            failure_code=None if good else "card_declined",
            failure_message=declined,
            paid=good,
            payment_intent=f"pi_{invoice['id'].partition('_')[2]}",
            status="succeeded" if good else "failed",
        )
    )


def _note_payment(account: Account, invoice: Json, charge: Json) -> None:
    """One payment for each invoice, however often it is tried."""
    found = account.store.newest_first("invoice_payment", OF_INVOICE, invoice["id"])
    now = account.now()
    payment = (
        found[0]
        if found
        else blank(
            INVOICE_PAYMENT,
            id=account.new_id("inpay"),
            amount_requested=invoice["amount_due"],
            created=now,
            currency=invoice["currency"],
            invoice=invoice["id"],
            payment={"payment_intent": charge["payment_intent"], "type": "payment_intent"},
        )
    )
    if charge["paid"]:
        done = {"canceled_at": None, "paid_at": now}
        payment |= {"amount_paid": charge["amount"], "status": "paid", "status_transitions": done}
    account.save({**payment, "_charge": charge["id"]})


def _paid(account: Account, invoice: Json) -> Json:
    paid = account.save(
        {
            **invoice,
            "amount_paid": invoice["amount_due"],
            "amount_remaining": 0,
            "next_payment_attempt": None,
            "status": "paid",
            "status_transitions": {**invoice["status_transitions"], "paid_at": account.now()},
        }
    )
    account.tell("invoice.paid", paid)
    standing.reconsider(account, subscription_id_of(invoice))
    return paid


def _failed(account: Account, before: Json, tried: Json) -> Json:
    number = tried["attempt_count"]
    counts = number > before["attempt_count"]
    if counts and before["status"] == "open":
        again = number <= len(RETRY_SECONDS) and before["auto_advance"]
        tried["next_payment_attempt"] = account.now() + RETRY_SECONDS[number - 1] if again else None
    previous = {name: before[name] for name, value in tried.items() if before[name] != value}
    account.save(tried)
    account.tell("invoice.payment_failed", tried)
    if previous:
        account.tell("invoice.updated", tried, previous)
    if (subscription_id := subscription_id_of(tried)) is not None:
        _behind(
            account, account.find("subscription", subscription_id), counts and number > len(RETRY_SECONDS)
        )
    return account.find("invoice", tried["id"])


def _behind(account: Account, subscription: Json, was_last: bool) -> None:
    if subscription["status"] == "active":
        subscription = standing.change(account, subscription, {"status": "past_due"})
    if subscription["status"] == "past_due" and was_last:
        _give_up(account, subscription)


def _give_up(account: Account, subscription: Json) -> None:
    match account.knob("after_retries"):
        case "canceled":
            standing.end(account, subscription, FAILED)
        case "unpaid":
            standing.change(account, subscription, {"status": "unpaid"})
