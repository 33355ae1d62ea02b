"""Invoices: drafted, open for an hour to late usage, then final, and paid, void or given up."""

from __future__ import annotations

from adapters.local_stripe import payments, standing
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, must_act_on
from adapters.local_stripe.items import Period, metered_items
from adapters.local_stripe.lines import usage_lines
from adapters.local_stripe.payments import subscription_id_of
from adapters.local_stripe.shapes import INVOICE, blank
from adapters.local_stripe.standing import INVOICES_OF
from adapters.local_stripe.store import Json

DRAFT_SECONDS = 3_600
DRAFTS_OF = "AND json_extract(body, '$.status') = 'draft' AND json_extract(body, '$.customer') = ?"
ENDED_SINCE = "AND json_extract(body, '$.customer') = ? AND json_extract(body, '$.ended_at') > ?"


def draft(
    account: Account, subscription: Json, lines: list[Json], *, reason: str, period: Period, invoice_id: str
) -> Json:
    """A draft with these lines, neither kept nor told of yet."""
    now = account.now()
    customer = account.find("customer", subscription["customer"])
    moves = subscription["status"] != "unpaid" and _pause_of(subscription) != "keep_as_draft"
    invoice = blank(
        INVOICE,
        id=invoice_id,
        auto_advance=moves,
        automatically_finalizes_at=now + DRAFT_SECONDS if moves else None,
        billing_reason=reason,
        created=now,
        currency=subscription["currency"],
        customer=customer["id"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        next_payment_attempt=now + DRAFT_SECONDS if moves else None,
        parent={
            "quote_details": None,
            "subscription_details": {
                "metadata": subscription["metadata"],
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        },
        period_end=period[1],
        period_start=period[0],
        starting_balance=customer["balance"],
    )
    return with_lines(invoice, lines)


def with_lines(invoice: Json, lines: list[Json]) -> Json:
    total = sum(line["amount"] for line in lines)
    due = max(0, total + invoice["starting_balance"])
    mark = invoice["id"].partition("_")[2]
    data = [
        {**line, "id": f"il_{mark}_{number}", "invoice": invoice["id"]}
        for number, line in enumerate(lines, 1)
    ]
    url = f"/v1/invoices/{invoice['id']}/lines"
    return {
        **invoice,
        "lines": {"object": "list", "data": data, "has_more": False, "url": url},
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "total": total,
        "total_excluding_tax": total,
        "amount_due": due,
        "amount_remaining": due,
    }


def create(account: Account, subscription: Json, lines: list[Json], reason: str, period: Period) -> Json:
    invoice_id = account.new_id("in")
    invoice = draft(account, subscription, lines, reason=reason, period=period, invoice_id=invoice_id)
    account.save(invoice)
    account.tell("invoice.created", invoice)
    return invoice


def finalize(account: Account, invoice: Json, *, collects: bool = True) -> Json:
    """Numbered, and then paid if the card is good and nobody has paused that."""
    now = account.now()
    customer = account.find("customer", invoice["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    invoice = with_lines({**invoice, "starting_balance": customer["balance"]}, invoice["lines"]["data"])
    left = min(0, invoice["total"] + customer["balance"])  # what is owed to the customer is owed next time
    following = customer["next_invoice_sequence"] + 1
    account.save({**customer, "balance": left, "next_invoice_sequence": following})
    opened = {
        **invoice,
        "automatically_finalizes_at": None,
        "effective_at": now,
        "ending_balance": left,
        "hosted_invoice_url": f"/i/{invoice['id']}",
        "invoice_pdf": f"/i/{invoice['id']}/pdf",
        "next_payment_attempt": None,
        "number": number,
        "status": "open",
        "status_transitions": {**invoice["status_transitions"], "finalized_at": now},
    }
    account.save(opened)
    account.tell("invoice.finalized", opened)
    match _pause_of_invoice(account, opened):
        case "void":
            return _void(account, opened)
        case "mark_uncollectible":
            return _give_up(account, opened, "subscription_paused")
    return payments.collect(account, opened) if collects else opened


def _pause_of_invoice(account: Account, invoice: Json) -> str | None:
    subscription_id = subscription_id_of(invoice)
    return None if subscription_id is None else _pause_of(account.find("subscription", subscription_id))


def _pause_of(subscription: Json) -> str | None:
    """What is to become of invoices while nobody is to be charged."""
    return subscription["pause_collection"]["behavior"] if subscription["pause_collection"] else None


# What people do with an invoice.


def finalize_asked(account: Account, params: Json, invoice_id: str) -> Json:
    must_act_on(params, {"auto_advance"})
    invoice = _in_state(account, invoice_id, {"draft"}, "finalized")
    advances = bool({**invoice, **params}["auto_advance"])
    return finalize(account, {**invoice, "auto_advance": advances}, collects=advances)


def pay_asked(account: Account, params: Json, invoice_id: str) -> Json:
    must_act_on(params, {"off_session", "paid_out_of_band"})
    invoice = account.find("invoice", invoice_id)
    if invoice["status"] == "paid":
        raise Refusal("Invoice is already paid")
    if invoice["status"] == "draft":
        invoice = finalize(account, invoice, collects=False)
    _in_state(account, invoice_id, {"open", "uncollectible"}, "paid")
    if params.get("paid_out_of_band"):
        return payments.paid_elsewhere(account, invoice)
    return payments.pay(account, invoice)


def void_asked(account: Account, params: Json, invoice_id: str) -> Json:
    return _void(account, _in_state(account, invoice_id, {"open", "uncollectible"}, "voided"))


def give_up_asked(account: Account, params: Json, invoice_id: str) -> Json:
    invoice = _in_state(account, invoice_id, {"open"}, "marked as uncollectible")
    return _give_up(account, invoice, "user_forgiven")


def _in_state(account: Account, invoice_id: str, states: set[str], done: str) -> Json:
    invoice = account.find("invoice", invoice_id)
    if invoice["status"] not in states:
        named = " or ".join(sorted(states))
        raise Refusal(f"You can only have an invoice {done} that is {named}; this one is {invoice['status']}")
    return invoice


def _void(account: Account, invoice: Json) -> Json:
    return _closed(account, invoice, "void", "voided_at", "invoice.voided")


def _give_up(account: Account, invoice: Json, reason: str) -> Json:
    with_reason = {**invoice, "status_details": {"uncollectible": {"reason": reason}}}
    told = "invoice.marked_uncollectible"
    return _closed(account, with_reason, "uncollectible", "marked_uncollectible_at", told)


def _closed(account: Account, invoice: Json, status: str, moment: str, told: str) -> Json:
    closed = account.save(
        {
            **invoice,
            "next_payment_attempt": None,
            "status": status,
            "status_transitions": {**invoice["status_transitions"], moment: account.now()},
        }
    )
    account.tell(told, closed)
    account.tell("invoice.updated", closed, {"status": invoice["status"]})
    standing.reconsider(account, subscription_id_of(invoice))
    return closed


# What was used.


def close(account: Account, subscription: Json, period: Period) -> Json | None:
    """What was used and never invoiced, once a subscription is over."""
    lines = usage_lines(account, subscription, *period)
    return create(account, subscription, lines, "subscription_cycle", period) if lines else None


def usage_arrived(account: Account, customer: str, timestamp: int) -> None:
    """Usage of a period that is over still reaches that period's invoice while it is a draft."""
    for invoice in account.store.newest_first("invoice", DRAFTS_OF, customer):
        period = (invoice["period_start"], invoice["period_end"])
        subscription_id = subscription_id_of(invoice)
        if subscription_id is not None and period[0] <= timestamp < period[1]:
            subscription = account.find("subscription", subscription_id)
            licensed = [line for line in invoice["lines"]["data"] if not _is_metered(line, subscription)]
            account.save(with_lines(invoice, licensed + usage_lines(account, subscription, *period)))
            return
    since = account.now() - DRAFT_SECONDS
    for subscription in account.store.newest_first("subscription", ENDED_SINCE, customer, since):
        if timestamp < subscription["ended_at"]:
            _close_late(account, subscription, timestamp)


def _close_late(account: Account, subscription: Json, timestamp: int) -> None:
    """The first usage to arrive in the hour after the end makes the invoice that was not needed before."""
    period = (subscription["items"]["data"][0]["current_period_start"], subscription["ended_at"])
    if not subscription["_usage_is_invoiced"] or timestamp < period[0]:
        return
    invoices = account.store.newest_first("invoice", INVOICES_OF, subscription["id"])
    if not any((invoice["period_start"], invoice["period_end"]) == period for invoice in invoices):
        close(account, subscription, period)


def _is_metered(line: Json, subscription: Json) -> bool:
    item_id = line["parent"]["subscription_item_details"]["subscription_item"]
    return any(item["id"] == item_id for item in metered_items(subscription))
