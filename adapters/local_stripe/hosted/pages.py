"""What a buyer sees and clicks: checkout, portal and invoices, without a script."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from adapters.local_stripe import checkout, portal
from adapters.local_stripe.account import instant
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.hosted.dashboard import add_dashboard
from adapters.local_stripe.hosted.pdf import pdf_of
from adapters.local_stripe.lines import money_text
from adapters.local_stripe.payments import card_of
from adapters.local_stripe.standing import INVOICES_OF
from adapters.local_stripe.store import Json

if TYPE_CHECKING:
    from adapters.local_stripe.engine import LocalStripe

SEE_OTHER = 303
SUBSCRIPTIONS_OF = "AND json_extract(body, '$.customer') = ?"


def pages(engine: LocalStripe) -> Blueprint:
    hosted = Blueprint("hosted", __name__, template_folder="templates")
    hosted.before_request(_must_be_clicked_here)
    hosted.register_error_handler(Refusal, _sorry)
    hosted.context_processor(partial(_words, engine))
    hosted.add_app_template_filter(lambda ones, others: list(zip(ones, others, strict=True)), "zipped")
    routes = (
        ("GET", "/c/pay/<checkout_id>", _checkout),
        ("POST", "/c/pay/<checkout_id>", _pay),
        ("GET", "/p/session/<token>", _portal),
        ("POST", "/p/session/<token>/cancel", _cancel),
        ("POST", "/p/session/<token>/reactivate", _reactivate),
        ("POST", "/p/session/<token>/card", _card),
        ("POST", "/p/session/<token>/pay", _pay_in_portal),
        ("GET", "/i/<invoice_id>", _invoice),
        ("POST", "/i/<invoice_id>/pay", _pay_invoice),
        ("GET", "/i/<invoice_id>/pdf", _pdf),
    )
    for method, path, view in routes:
        hosted.add_url_rule(path, view.__name__.strip("_"), partial(view, engine), methods=[method])
    add_dashboard(hosted, engine)
    return hosted


def _must_be_clicked_here() -> None:
    """No other site may press these buttons in somebody's browser."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in {
        "same-origin",
        "none",
    }:
        abort(403)


def _sorry(refusal: Refusal) -> tuple[str, int]:
    return render_template("hosted/sorry.html", message=str(refusal)), refusal.status


def _words(engine: LocalStripe) -> Json:
    return {"now": engine.now(), "money": money_text, "day": _day}


def _day(moment: datetime | int | None) -> str:
    at = instant(moment) if isinstance(moment, int) else moment
    return f"{at.day} {at:%B %Y, %H:%M}" if at else "–"


def _checkout(engine: LocalStripe, checkout_id: str) -> str:
    session = engine.account.find("checkout.session", checkout_id)
    if session["status"] != "open":
        raise Refusal(f"This checkout is {session['status']}.", status=410)
    items = [_item(engine, item) for item in session["_items"]]
    card = checkout.card_in(engine.account, session)
    return render_template("hosted/checkout.html", session=session, items=items, card=card)


def _item(engine: LocalStripe, item: Json) -> Json:
    price = engine.account.find("price", item["price"])
    product = engine.account.find("product", price["product"])
    return {
        "title": product["name"],
        "quantity": item.get("quantity"),
        "price": price,
        "tiers": _tiers(price.get("tiers") or []),
    }


def _tiers(tiers: list[Json]) -> list[tuple[str, str]]:
    """As a buyer reads them: neighbours of one price are one."""
    said, below = [], 0
    for tier, following in zip_longest(tiers, tiers[1:]):
        if following is None or following["unit_amount_decimal"] != tier["unit_amount_decimal"]:
            bound = f"above {below:,}" if tier["up_to"] is None else f"up to {tier['up_to']:,}"
            said.append((bound, tier["unit_amount_decimal"]))
            below = tier["up_to"]
    return said


def _pay(engine: LocalStripe, checkout_id: str) -> AnyResponse:
    if request.form.get("button") == "cancel":
        session = engine.account.find("checkout.session", checkout_id)
        return redirect(session["cancel_url"] or "/", SEE_OTHER)
    email, card = (request.form.get(name) or None for name in ("email", "card"))
    return redirect(engine.pay(checkout_id, email, card), SEE_OTHER)


def _portal(engine: LocalStripe, token: str) -> str:
    session = _session(engine, token)
    found = engine.store.newest_first("subscription", SUBSCRIPTIONS_OF, session["customer"])
    customer = engine.account.find("customer", session["customer"])
    return render_template(
        "hosted/portal.html",
        session=session,
        token=token,
        customer=customer,
        card=card_of(customer),
        subscriptions=[_plan(engine, subscription) for subscription in found],
        features=engine.account.find("billing_portal.configuration", session["configuration"])["features"],
        return_to=urlsplit(session["return_url"] or "").netloc,
    )


def _plan(engine: LocalStripe, subscription: Json) -> Json:
    item = next(item for item in subscription["items"]["data"] if "quantity" in item)
    product = engine.account.find("product", item["price"]["product"])
    invoices = engine.store.newest_first("invoice", INVOICES_OF, subscription["id"])
    return {**subscription, "title": product["name"], "item": item, "invoices": invoices}


def _cancel(engine: LocalStripe, token: str) -> AnyResponse:
    engine.cancel_in_portal(_theirs(engine, token, "subscription"))
    return redirect(f"/p/session/{token}", SEE_OTHER)


def _reactivate(engine: LocalStripe, token: str) -> AnyResponse:
    engine.reactivate_in_portal(_theirs(engine, token, "subscription"))
    return redirect(f"/p/session/{token}", SEE_OTHER)


def _pay_in_portal(engine: LocalStripe, token: str) -> AnyResponse:
    engine.do("pay", _theirs(engine, token, "invoice"))
    return redirect(f"/p/session/{token}", SEE_OTHER)


def _card(engine: LocalStripe, token: str) -> AnyResponse:
    engine.do("set_card", _session(engine, token)["customer"], card=request.form.get("card", ""))
    return redirect(f"/p/session/{token}", SEE_OTHER)


def _theirs(engine: LocalStripe, token: str, kind: str) -> str:
    """The object that the form names, if it is this customer's."""
    session = _session(engine, token)
    found = engine.account.find(kind, request.form.get(kind, ""))
    if found["customer"] != session["customer"]:
        abort(404)
    return str(found["id"])


def _session(engine: LocalStripe, token: str) -> Json:
    with engine.store.transaction():
        return portal.session_of(engine.account, token)


def _invoice(engine: LocalStripe, invoice_id: str) -> str:
    return render_template("hosted/invoice.html", invoice=engine.account.find("invoice", invoice_id))


def _pay_invoice(engine: LocalStripe, invoice_id: str) -> AnyResponse:
    engine.do("pay", invoice_id)
    return redirect(f"/i/{invoice_id}", SEE_OTHER)


def _pdf(engine: LocalStripe, invoice_id: str) -> Response:
    invoice = engine.account.find("invoice", invoice_id)
    if invoice["number"] is None:
        raise Refusal("This invoice is still a draft.", status=404)
    lines = [
        f"Invoice {invoice['number']}",
        f"{invoice['account_name']} for {invoice['customer_email']}",
        f"{_day(invoice['created'])} (UTC), {invoice['status']}",
        "",
        *(
            f"{line['description']}: {money_text(line['amount'], line['currency'])}"
            for line in _lines(invoice)
        ),
        "",
        f"Total {money_text(invoice['total'], invoice['currency'])}",
    ]
    return Response(pdf_of(lines), mimetype="application/pdf")


def _lines(invoice: Json) -> list[Json]:
    data: list[Json] = invoice["lines"]["data"]
    return data
