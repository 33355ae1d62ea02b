"""What a buyer sees and clicks: checkout, portal and invoices, without a script."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from adapters.local_stripe import portal
from adapters.local_stripe.account import instant
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.hosted.pdf import pdf_of
from adapters.local_stripe.invoices import INVOICES_OF
from adapters.local_stripe.lines import money_text
from adapters.local_stripe.store import Json

if TYPE_CHECKING:
    from adapters.local_stripe.engine import LocalStripe

SEE_OTHER = 303
STEPS = {"hour": 3_600, "day": 86_400, "month": 31 * 86_400}
SUBSCRIPTIONS_OF = "AND json_extract(body, '$.customer') = ?"


def pages(engine: LocalStripe) -> Blueprint:
    hosted = Blueprint("hosted", __name__, template_folder="templates")
    hosted.before_request(_must_be_clicked_here)
    hosted.register_error_handler(Refusal, _sorry)
    hosted.context_processor(partial(_words, engine))
    routes = (
        ("GET", "/", _front),
        ("POST", "/clock", _move_clock),
        ("GET", "/c/pay/<checkout_id>", _checkout),
        ("POST", "/c/pay/<checkout_id>", _pay),
        ("GET", "/p/session/<token>", _portal),
        ("POST", "/p/session/<token>/cancel", _cancel),
        ("POST", "/p/session/<token>/reactivate", _reactivate),
        ("GET", "/i/<invoice_id>", _invoice),
        ("GET", "/i/<invoice_id>/pdf", _pdf),
    )
    for method, path, view in routes:
        hosted.add_url_rule(path, view.__name__.strip("_"), partial(view, engine), methods=[method])
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


def _front(engine: LocalStripe) -> str:
    with engine.store.transaction():
        found = engine.store.newest_first("subscription")
        customers = {one["customer"]: engine.account.find("customer", one["customer"]) for one in found}
        waiting = engine.store.rows("SELECT count(*) FROM deliveries WHERE state = 'waiting'")[0][0]
    return render_template(
        "hosted/front.html", subscriptions=found, customers=customers, waiting=waiting, steps=STEPS
    )


def _move_clock(engine: LocalStripe) -> AnyResponse:
    engine.leap(engine.now() + timedelta(seconds=STEPS.get(request.form.get("step", ""), 0)))
    return redirect("/", SEE_OTHER)


def _checkout(engine: LocalStripe, checkout_id: str) -> str:
    session = engine.account.find("checkout.session", checkout_id)
    if session["status"] != "open":
        raise Refusal(f"This checkout is {session['status']}.", status=410)
    items = [_item(engine, item) for item in session["_items"]]
    return render_template("hosted/checkout.html", session=session, items=items)


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
    return redirect(engine.pay(checkout_id, request.form.get("email") or None), SEE_OTHER)


def _portal(engine: LocalStripe, token: str) -> str:
    session = _session(engine, token)
    found = engine.store.newest_first("subscription", SUBSCRIPTIONS_OF, session["customer"])
    return render_template(
        "hosted/portal.html",
        session=session,
        token=token,
        customer=engine.account.find("customer", session["customer"]),
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
    engine.cancel_in_portal(_theirs(engine, token))
    return redirect(f"/p/session/{token}", SEE_OTHER)


def _reactivate(engine: LocalStripe, token: str) -> AnyResponse:
    engine.reactivate_in_portal(_theirs(engine, token))
    return redirect(f"/p/session/{token}", SEE_OTHER)


def _theirs(engine: LocalStripe, token: str) -> str:
    session = _session(engine, token)
    subscription = engine.account.find("subscription", request.form.get("subscription", ""))
    if subscription["customer"] != session["customer"]:
        abort(404)
    return str(subscription["id"])


def _session(engine: LocalStripe, token: str) -> Json:
    with engine.store.transaction():
        return portal.session_of(engine.account, token)


def _invoice(engine: LocalStripe, invoice_id: str) -> str:
    return render_template("hosted/invoice.html", invoice=engine.account.find("invoice", invoice_id))


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
