"""What the owner of the account sees and clicks: who pays for what, what was told, and the network."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from adapters.local_stripe import disputes, faults, notices
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.deeds import BEHAVIORS
from adapters.local_stripe.items import is_licensed
from adapters.local_stripe.knobs import CHOICES, fits
from adapters.local_stripe.payments import card_of
from adapters.local_stripe.store import Json

if TYPE_CHECKING:
    from adapters.local_stripe.engine import LocalStripe

SEE_OTHER = 303
STEPS = {"hour": 3_600, "day": 86_400, "month": 31 * 86_400}
ROWS_MAX = 100
SECTIONS = {
    "/": "Subscriptions",
    "/customers": "Customers",
    "/invoices": "Invoices",
    "/disputes": "Disputes",
    "/events": "Events",
    "/network": "Network",
}


def add_dashboard(hosted: Blueprint, engine: LocalStripe) -> None:
    routes = (
        ("GET", "/", _subscriptions),
        ("GET", "/customers", _customers),
        ("GET", "/invoices", _invoices),
        ("GET", "/disputes", _disputes),
        ("GET", "/events", _events),
        ("GET", "/network", _network),
        ("POST", "/do", _do),
        ("POST", "/clock", _move_clock),
        ("POST", "/knobs", _turn_knobs),
        ("POST", "/faults", _break),
        ("POST", "/faults/clear", _mend),
    )
    for method, path, view in routes:
        name = f"dashboard{view.__name__}"
        hosted.add_url_rule(path, name, partial(view, engine), methods=[method])


def _page(engine: LocalStripe, name: str, **shown: object) -> str:
    return render_template(f"hosted/{name}.html", sections=SECTIONS, here=request.path, steps=STEPS, **shown)


def _subscriptions(engine: LocalStripe) -> str:
    with engine.store.transaction():
        found = engine.store.newest_first("subscription", limit=ROWS_MAX)
        customers = {one["customer"]: engine.account.any_of("customer", one["customer"]) for one in found}
        prices = [_sold(engine, price) for price in engine.store.newest_first("price") if _is_plan(price)]
    return _page(
        engine,
        "subscriptions",
        subscriptions=[{**one, "plan": _plan_item(one)} for one in found],
        customers=customers,
        prices=prices,
        titles={price["id"]: price["title"] for price in prices},
        behaviors=BEHAVIORS,
    )


def _is_plan(price: Json) -> bool:
    return bool(price["active"] and is_licensed(price))


def _sold(engine: LocalStripe, price: Json) -> Json:
    return {**price, "title": engine.account.find("product", price["product"])["name"]}


def _plan_item(subscription: Json) -> Json:
    items: list[Json] = subscription["items"]["data"]
    return next((item for item in items if is_licensed(item["price"])), items[0])


def _customers(engine: LocalStripe) -> str:
    with engine.store.transaction():
        found = engine.store.newest_first("customer", limit=ROWS_MAX)
    return _page(engine, "customers", customers=[{**one, "card": card_of(one)} for one in found])


def _invoices(engine: LocalStripe) -> str:
    with engine.store.transaction():
        found = engine.store.newest_first("invoice", limit=ROWS_MAX)
        payments = engine.store.newest_first("invoice_payment", limit=ROWS_MAX)
        charged = {payment["invoice"]: payment["_charge"] for payment in payments}
        disputed = {one["charge"] for one in engine.store.newest_first("dispute")}
    payable = {invoice_id for invoice_id, charge in charged.items() if charge not in disputed}
    return _page(engine, "invoices", invoices=found, disputable=payable, reasons=disputes.REASONS)


def _disputes(engine: LocalStripe) -> str:
    with engine.store.transaction():
        found = engine.store.newest_first("dispute", limit=ROWS_MAX)
    return _page(engine, "disputes", disputes=found)


def _events(engine: LocalStripe) -> str:
    with engine.store.transaction():
        found = engine.store.newest_first("event", limit=ROWS_MAX)
        states = notices.states(engine.account, [event["id"] for event in found])
        waiting = notices.waiting(engine.account)
    return _page(engine, "events", events=found, states=states, waiting=waiting)


def _network(engine: LocalStripe) -> str:
    with engine.store.transaction():
        broken = faults.all_of(engine.account)
    return _page(engine, "network", knobs=engine.knobs(), choices=CHOICES, faults=broken, kinds=faults.KINDS)


# What its buttons do.


def _back() -> Response:
    to = request.form.get("back", "/")
    return redirect(to if to in SECTIONS else "/", SEE_OTHER)


def _do(engine: LocalStripe) -> Response:
    given = request.form.to_dict()
    given.pop("back", None)
    engine.do(given.pop("deed", ""), given.pop("id", ""), **given)
    return _back()


def _move_clock(engine: LocalStripe) -> Response:
    engine.leap(engine.now() + timedelta(seconds=STEPS.get(request.form.get("step", ""), 0)))
    return _back()


def _turn_knobs(engine: LocalStripe) -> Response:
    """A box that is not ticked is not sent at all, so what is missing is off."""
    turned: dict[str, int | str] = {}
    for name, now in engine.knobs().items():
        said = request.form.get(name, "")
        turned[name] = bool(said) if isinstance(now, bool) else said if isinstance(now, str) else _count(said)
        if not fits(name, turned[name]):
            raise Refusal(f"Not a value for {name}: {said}", param=name)
    engine.turn_knobs(**turned)
    return redirect("/network", SEE_OTHER)


def _break(engine: LocalStripe) -> Response:
    form = request.form
    engine.break_calls(
        form.get("kind", ""),
        path=form.get("path") or "/v1/",
        after=_count(form.get("after", "0")),
        calls=_count(form["calls"]) if form.get("calls") else None,
        seconds=_count(form.get("seconds", "0")),
    )
    return redirect("/network", SEE_OTHER)


def _mend(engine: LocalStripe) -> Response:
    engine.mend_calls()
    return redirect("/network", SEE_OTHER)


def _count(text: str) -> int:
    """What is no number is none that fits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
