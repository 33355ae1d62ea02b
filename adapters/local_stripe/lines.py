"""What an invoice charges for: one line for the plan, one for each tier that holds usage."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from adapters.local_stripe.account import Account
from adapters.local_stripe.items import is_licensed, metered_items
from adapters.local_stripe.metering import used
from adapters.local_stripe.shapes import LINE, blank
from adapters.local_stripe.standing import INVOICES_OF
from adapters.local_stripe.store import Json

SYMBOLS = {"eur": "€", "usd": "$", "gbp": "£"}


def plan_lines(account: Account, subscription: Json) -> list[Json]:
    """The licensed items, in advance, for the period that they are in now."""
    return [
        _line(
            account,
            subscription,
            item,
            quantity=item["quantity"],
            unit_cents=Decimal(item["price"]["unit_amount_decimal"]),
            period=(item["current_period_start"], item["current_period_end"]),
        )
        for item in subscription["items"]["data"]
        if is_licensed(item["price"])
    ]


def usage_lines(account: Account, subscription: Json, start: int, end: int) -> list[Json]:
    """The metered items, in arrears, for what was used from `start` until `end`."""
    lines = []
    for item in metered_items(subscription):
        price = account.find("price", item["price"]["id"])
        quantity = used(account, price["recurring"]["meter"], subscription["customer"], start, end)
        for number, (events, unit_cents) in enumerate(_over_tiers(price["tiers"], quantity), 1):
            lines.append(
                _line(
                    account,
                    subscription,
                    item,
                    quantity=events,
                    unit_cents=unit_cents,
                    period=(start, end),
                    tier=number,
                )
            )
    return lines


def proration_lines(account: Account, subscription: Json, old: Json, new: Json, at: int) -> list[Json]:
    """What is left of the period, to the second: the old price is given back, the new one is asked for."""
    return [
        _proration(account, subscription, old, at, sign=-1),
        _proration(account, subscription, new, at, sign=1),
    ]


def _proration(account: Account, subscription: Json, item: Json, at: int, *, sign: int) -> Json:
    start, end = item["current_period_start"], item["current_period_end"]
    whole, quantity = item["price"]["unit_amount"], item["quantity"]
    amount = sign * _rounded(whole * quantity * (end - at), end - start)
    title = account.find("product", item["price"]["product"])["name"]
    day = datetime.fromtimestamp(at, UTC)
    kept = "Unused" if sign < 0 else "Remaining"
    line = _line(
        account,
        subscription,
        item,
        quantity=quantity,
        unit_cents=Decimal(amount) / quantity,
        period=(at, end),
    )
    parent = _parent(subscription["id"], item["id"])
    credited = _credited(account, subscription, item) if sign < 0 else None
    parent["subscription_item_details"] |= {
        "invoice_item": account.new_id("ii"),
        "proration": True,
        "proration_details": {"credited_items": credited},
    }
    said = f"{kept} time on {title} after {day.day} {day:%b %Y}"
    return {**line, "amount": amount, "description": said, "parent": parent, "subtotal": amount}


def _rounded(numerator: int, denominator: int) -> int:
    """Half a cent is a cent; nothing is lost on the way there."""
    return (2 * numerator + denominator) // (2 * denominator)


def _credited(account: Account, subscription: Json, item: Json) -> Json | None:
    """The newest line that asked for what is given back now."""
    for invoice in account.store.newest_first("invoice", INVOICES_OF, subscription["id"]):
        lines = [
            line["id"]
            for line in invoice["lines"]["data"]
            if line["amount"] > 0 and line["pricing"]["price_details"]["price"] == item["price"]["id"]
        ]
        if lines:
            return {"invoice": invoice["id"], "invoice_line_items": lines[-1:]}
    return None


def _over_tiers(tiers: list[Json], quantity: int) -> list[tuple[int, Decimal]]:
    """Graduated: each tier holds what lies between its bounds. Tiers that hold nothing are left out."""
    held, below = [], 0
    for tier in tiers:
        top = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if top > below:
            held.append((top - below, Decimal(tier["unit_amount_decimal"])))
            below = top
    return held


def _line(
    account: Account,
    subscription: Json,
    item: Json,
    *,
    quantity: int,
    unit_cents: Decimal,
    period: tuple[int, int],
    tier: int | None = None,
) -> Json:
    price = item["price"]
    amount = int((quantity * unit_cents).quantize(Decimal(1), ROUND_HALF_UP))
    title = account.find("product", price["product"])["name"]
    rate = f"at {money_text(unit_cents, price['currency'])} / month"
    return blank(
        LINE,
        amount=amount,
        currency=price["currency"],
        description=f"{quantity} × {title} ({f'Tier {tier} ' if tier else ''}{rate})",
        metadata=subscription["metadata"],
        parent=_parent(subscription["id"], item["id"]),
        period={"end": period[1], "start": period[0]},
        pricing={
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": format(unit_cents, "f"),
        },
        quantity=quantity,
        quantity_decimal=str(quantity),
        subscription=subscription["id"],
        subtotal=amount,
    )


def _parent(subscription_id: str, item_id: str) -> Json:
    return {
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": None,
            "proration": False,
            "proration_details": {"credited_items": None},
            "subscription": subscription_id,
            "subscription_item": item_id,
        },
        "type": "subscription_item_details",
    }


def money_text(cents: Decimal | int, currency: str) -> str:
    """An amount for people: two decimals at least, more where the price has them."""
    sign, whole = "-" if Decimal(cents) < 0 else "", abs(Decimal(cents)) / 100
    text = f"{whole:,.2f}" if whole == whole.quantize(Decimal("0.01")) else f"{whole.normalize():,f}"
    return f"{sign}{SYMBOLS.get(currency, currency.upper() + ' ')}{text}"
