"""Invoices that no subscription makes: drafted by hand, an item at a time, for what is sold once."""

from __future__ import annotations

from adapters.local_stripe import invoices
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, must_act_on, unsupported
from adapters.local_stripe.shapes import INVOICE, INVOICE_ITEM, LINE, PRICE, blank
from adapters.local_stripe.store import Json

INVOICE_KEYS = frozenset(
    {
        *("auto_advance", "collection_method", "currency", "customer", "description", "metadata"),
        "pending_invoice_items_behavior",
    }
)
ITEM_KEYS = frozenset({"customer", "description", "invoice", "metadata", "price_data", "quantity"})
PRICE_KEYS = frozenset({"currency", "product", "unit_amount"})


def create_invoice(account: Account, params: Json) -> Json:
    """An empty draft, which only whoever made it moves on."""
    must_act_on(params, INVOICE_KEYS)
    if params.get("auto_advance", True):
        raise unsupported("auto_advance=true")
    if params.get("collection_method", "charge_automatically") != "charge_automatically":
        raise unsupported("collection_method")
    if params.get("pending_invoice_items_behavior") != "exclude":
        raise unsupported("pending_invoice_items_behavior")
    customer = account.find("customer", params.get("customer", ""), param="customer")
    now = account.now()
    invoice = blank(
        INVOICE,
        id=account.new_id("in"),
        auto_advance=False,
        billing_reason="manual",
        created=now,
        currency=params.get("currency", "eur"),
        customer=customer["id"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        description=params.get("description"),
        metadata=params.get("metadata", {}),
        period_end=now,
        period_start=now,
        starting_balance=customer["balance"],
    )
    invoice = account.save(invoices.with_lines(invoice, []))
    account.tell("invoice.created", invoice)
    return invoice


def add_item(account: Account, params: Json) -> Json:
    """One more line of a draft."""
    must_act_on(params, ITEM_KEYS)
    asked = params.get("price_data") or {}
    must_act_on(asked, PRICE_KEYS, "price_data")
    invoice = account.find("invoice", params.get("invoice", ""), param="invoice")
    if invoice["status"] != "draft":
        raise Refusal("This invoice is no longer editable", code="invoice_not_editable", param="invoice")
    if invoice["customer"] != params.get("customer"):
        raise Refusal("The customer of the invoice is another one", param="customer")
    if invoice["currency"] != asked["currency"]:
        raise Refusal("The currency of the invoice is another one", param="price_data[currency]")
    item = _item(account, params, asked, _price(account, asked))  # kept as the line that it becomes
    lines = [*invoice["lines"]["data"], _line(item)]
    changed = account.save(invoices.with_lines(invoice, lines))
    account.tell("invoice.updated", changed, {"amount_due": invoice["amount_due"]})
    return item


def _price(account: Account, asked: Json) -> Json:
    """A price that is made on the way is archived at once, as at Stripe."""
    product = account.find("product", asked["product"], param="price_data[product]")
    return account.save(
        blank(
            PRICE,
            id=account.new_id("price"),
            active=False,
            created=account.now(),
            currency=asked["currency"],
            product=product["id"],
            type="one_time",
            unit_amount=asked["unit_amount"],
            unit_amount_decimal=str(asked["unit_amount"]),
        )
    )


def _item(account: Account, params: Json, asked: Json, price: Json) -> Json:
    now = account.now()
    quantity = params.get("quantity", 1)
    title = account.find("product", price["product"])["name"]
    return blank(
        INVOICE_ITEM,
        id=account.new_id("ii"),
        amount=quantity * asked["unit_amount"],
        currency=asked["currency"],
        customer=params["customer"],
        date=now,
        description=params.get("description") or title,
        invoice=params["invoice"],
        metadata=params.get("metadata", {}),
        net_amount=quantity * asked["unit_amount"],
        period={"end": now, "start": now},
        pricing={
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        quantity=quantity,
        quantity_decimal=str(quantity),
    )


def _line(item: Json) -> Json:
    return blank(
        LINE,
        amount=item["amount"],
        currency=item["currency"],
        description=item["description"],
        metadata=item["metadata"],
        parent={
            "invoice_item_details": {
                "invoice_item": item["id"],
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": None,
            },
            "subscription_item_details": None,
            "type": "invoice_item_details",
        },
        period=item["period"],
        pricing=item["pricing"],
        quantity=item["quantity"],
        quantity_decimal=item["quantity_decimal"],
        subtotal=item["amount"],
    )
