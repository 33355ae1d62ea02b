"""Invoices: drafted, open for an hour to late usage, then final and paid."""

from __future__ import annotations

from adapters.local_stripe.account import BILLED_STATUSES, Account
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.lines import metered_items, plan_lines, usage_lines
from adapters.local_stripe.periods import period_end
from adapters.local_stripe.shapes import INVOICE, blank
from adapters.local_stripe.store import Json

DRAFT_SECONDS = 3_600
DRAFTS_OF = "AND json_extract(body, '$.status') = 'draft' AND json_extract(body, '$.customer') = ?"
ENDED_SINCE = "AND json_extract(body, '$.customer') = ? AND json_extract(body, '$.ended_at') > ?"
INVOICES_OF = "AND json_extract(body, '$.parent.subscription_details.subscription') = ?"

Period = tuple[int, int]


def draft(
    account: Account, subscription: Json, lines: list[Json], *, reason: str, period: Period, invoice_id: str
) -> Json:
    """A draft with these lines, neither kept nor told of yet."""
    now = account.now()
    customer = account.find("customer", subscription["customer"])
    invoice = blank(
        INVOICE,
        id=invoice_id,
        automatically_finalizes_at=now + DRAFT_SECONDS,
        billing_reason=reason,
        created=now,
        currency=subscription["currency"],
        customer=customer["id"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        next_payment_attempt=now + DRAFT_SECONDS,
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
    )
    return with_lines(invoice, lines)


def with_lines(invoice: Json, lines: list[Json]) -> Json:
    total = sum(line["amount"] for line in lines)
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
        "amount_due": total,
        "amount_remaining": total,
    }


def create(account: Account, subscription: Json, lines: list[Json], reason: str, period: Period) -> Json:
    invoice_id = account.new_id("in")
    invoice = draft(account, subscription, lines, reason=reason, period=period, invoice_id=invoice_id)
    account.save(invoice)
    account.tell("invoice.created", invoice)
    return invoice


def finalize(account: Account, invoice: Json) -> Json:
    """Numbered, and paid at once: the stand-in's customers have good cards."""
    now = account.now()
    customer = account.find("customer", invoice["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    account.save({**customer, "next_invoice_sequence": customer["next_invoice_sequence"] + 1})
    opened = {
        **invoice,
        "automatically_finalizes_at": None,
        "effective_at": now,
        "ending_balance": 0,
        "hosted_invoice_url": f"/i/{invoice['id']}",
        "invoice_pdf": f"/i/{invoice['id']}/pdf",
        "number": number,
        "status": "open",
        "status_transitions": {**invoice["status_transitions"], "finalized_at": now},
    }
    account.save(opened)
    account.tell("invoice.finalized", opened)
    return _pay(account, opened)


def _pay(account: Account, invoice: Json) -> Json:
    paid = {
        **invoice,
        "amount_paid": invoice["total"],
        "amount_remaining": 0,
        "attempt_count": 1,
        "attempted": True,
        "next_payment_attempt": None,
        "status": "paid",
        "status_transitions": {**invoice["status_transitions"], "paid_at": account.now()},
    }
    account.save(paid)
    account.tell("invoice.paid", paid)
    return paid


def close(account: Account, subscription: Json, period: Period) -> Json | None:
    """What was used and never invoiced, once a subscription is over."""
    lines = usage_lines(account, subscription, *period)
    return create(account, subscription, lines, "subscription_cycle", period) if lines else None


def usage_arrived(account: Account, customer: str, timestamp: int) -> None:
    """Usage of a period that is over still reaches that period's invoice while it is a draft."""
    for invoice in account.store.newest_first("invoice", DRAFTS_OF, customer):
        period = (invoice["period_start"], invoice["period_end"])
        if period[0] <= timestamp < period[1]:
            subscription = account.find("subscription", subscription_id_of(invoice))
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


def preview(account: Account, params: Json) -> Json:
    """The next invoice, as of now: what renews, and what was used so far."""
    subscription_id = params.get("subscription")
    if subscription_id is None or not params.keys() <= {"subscription", "customer"}:
        raise Refusal("The local Stripe previews a subscription as it is", code="local_unsupported")
    subscription = account.find("subscription", subscription_id, param="subscription")
    if subscription["status"] not in BILLED_STATUSES:
        raise Refusal("No upcoming invoices for this subscription", code="invoice_upcoming_none")
    item = subscription["items"]["data"][0]
    period = (item["current_period_start"], item["current_period_end"])
    lines = usage_lines(account, subscription, *period)
    if subscription["cancel_at"] is None:
        lines = plan_lines(account, renewed(subscription)) + lines
    upcoming = f"upcoming_{subscription_id}"
    return draft(account, subscription, lines, reason="upcoming", period=period, invoice_id=upcoming)


def renewed(subscription: Json) -> Json:
    """The same subscription in its next period."""
    data = []
    for item in subscription["items"]["data"]:
        start = item["current_period_end"]
        end = period_end(subscription["billing_cycle_anchor"], start)
        licensed = item["price"]["recurring"]["usage_type"] == "licensed"
        data.append(
            {
                **item,
                "billed_until": end if licensed else start,
                "current_period_end": end,
                "current_period_start": start,
            }
        )
    return {**subscription, "items": {**subscription["items"], "data": data}}


def subscription_id_of(invoice: Json) -> str:
    return str(invoice["parent"]["subscription_details"]["subscription"])


def _is_metered(line: Json, subscription: Json) -> bool:
    item_id = line["parent"]["subscription_item_details"]["subscription_item"]
    return any(item["id"] == item_id for item in metered_items(subscription))
