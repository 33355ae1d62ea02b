"""The gate: who asks, and whether what they name exists for them.

What one may not see does not exist: the answer to a stranger is the same 404 as for a true miss.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import Flask, abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from domain.because import Because
from domain.permissions import Permission, may
from projections.access import Place
from projections.catalogue import ACCESS
from web import cookies, signed_in
from web.services import services

COOKIE = cookies.SESSION  # without HTTPS; `cookies.name_for` says what it is called with it
FORM_TOKEN = "form_token"
REQUEST_ID = "request_id"


def register(app: Flask) -> None:
    app.before_request(_name_the_request)
    app.before_request(_check_form_token)
    app.teardown_request(_end_reading)
    app.context_processor(
        lambda: {"form_token": form_token, "new_request_id": uuid4, "may": may, "Permission": Permission}
    )


def db() -> Any:
    """The snapshot that this request reads: every query of it sees the same instant."""
    if "reading" not in g:
        g.reading = services().reading()
        g.db = g.reading.__enter__()
    return g.db


def read_again() -> None:
    """End the snapshot, so that the next query sees what a command of this request recorded."""
    _end_reading(None)


def followed() -> None:
    """Wait until the screens show what was just recorded, without holding what was read before."""
    read_again()
    services().followed()


def ask_stripe() -> Any:
    """Billing, which leaves the house: a snapshot held meanwhile would make a rebuild wait for Stripe."""
    read_again()
    return services().billing


def now() -> datetime:
    """The instant of this request: all that it answers and records is of the same moment."""
    if "now" not in g:
        g.now = services().clock()
    found: datetime = g.now
    return found


def new_id(what: str) -> UUID:
    """The id of something that this request makes: the same form, sent again, makes the same thing."""
    return uuid5(g.request_id, what)


def person_or_none() -> UUID | None:
    """Who is signed in."""
    if "person_id" not in g:
        here = signed_in.session_or_none(now())
        g.person_id = here.person_id if here else None
    found: UUID | None = g.person_id
    return found


def person() -> UUID:
    """Who is signed in; anybody else is sent to the sign-in page."""
    found = person_or_none()
    if found is None:
        wanted = request.full_path if request.method == "GET" else "/"
        abort(redirect(url_for("pages.sign_in", next=wanted.rstrip("?"))))
    return found


def place_or_404(workspace_id: UUID, permission: Permission = Permission.SEE_WORKSPACE) -> Place:
    """The workspace, if the person who asks may do this there; 404 otherwise, never 403."""
    place = ACCESS.place_of(db(), person(), workspace_id)
    if place is None or not may(place.standings, permission):
        abort(404)
    return place


def anchor_or_404(tree_id: UUID, permission: Permission = Permission.SEE_TREE) -> Place:
    """The anchor of a tree, also of one that has ended, for those who may act on the whole of it."""
    person()
    anchor_id = ACCESS.anchor_of(db(), tree_id)
    if anchor_id is None:
        abort(404)
    return place_or_404(anchor_id, permission)


def because(person_id: UUID | None = None) -> Because:
    """Why a command of this request is done: the person, and the request that began the story.

    `person_id` is someone whom a link has just proved to be there, but who is not signed in yet.
    """
    return Because(
        actor=f"person:{person_id or person()}",
        cause=f"request:{g.request_id}",
        story=f"request:{g.request_id}",
        at=now(),
    )


def form_token() -> str:
    """A secret of this browser that every form carries, so that no other site can send it."""
    if FORM_TOKEN not in session:
        session[FORM_TOKEN] = secrets.token_urlsafe(24)
    token: str = session[FORM_TOKEN]
    return token


def _check_form_token() -> Response | None:
    if request.method != "POST" or request.blueprint != "pages":
        return None
    given, expected = request.form.get(FORM_TOKEN, ""), session.get(FORM_TOKEN, "")
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        abort(400, "This form has expired. Nothing was changed; go back, reload the page and try again.")
    return None


def _name_the_request() -> None:
    """A form that makes something is one request however often it is sent; with other content, from
    another browser or to another address it is another one."""
    g.request_id = uuid4()
    if request.method != "POST" or request.blueprint != "pages" or REQUEST_ID not in request.form:
        return
    try:
        of_form = UUID(request.form[REQUEST_ID])
    except ValueError:
        abort(400, "This form was changed on its way. Nothing was recorded; reload the page and try again.")
    g.request_id = uuid5(of_form, f"{request.path} {sorted(request.form.items(multi=True))}")


def _end_reading(_: BaseException | None) -> None:
    g.pop("db", None)
    if reading := g.pop("reading", None):
        reading.__exit__(None, None, None)
