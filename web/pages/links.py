"""The link in the mail: it lets somebody in, in the browser that asked for it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from domain.plans import PLANS
from web import cookies
from web.access import because, followed, new_id, now, person_or_none
from web.client import client_of_request
from web.errors import TooMany
from web.pages.blueprint import pages
from web.pages.checkout import to_checkout
from web.pages.forms import path_of_ours
from web.pages.signing import SEND, begin_session
from web.services import services

TOO_MANY = "Too many links were tried from where you are."


@pages.get("/sign-in/<token>")
def link(token: str) -> ResponseReturnValue:
    """Opening it uses nothing up, because scanners of mail open links too."""
    _count_try()

    standing, _ = services().links.look(token, now(), cookies.given(cookies.ASKED))

    return _SHOWN[standing](token)


@pages.post("/sign-in/<token>")
def use_link(token: str) -> ResponseReturnValue:
    _count_try()

    standing, found = services().links.use(token, now(), cookies.given(cookies.ASKED))

    return (
        _FINISH[found.intent.get("kind", "sign_in")](found)
        if standing == "works"
        else _SHOWN[standing](token)
    )


@pages.post("/sign-in/<token>/again")
def ask_again(token: str) -> ResponseReturnValue:
    """The same for the browser that asks now; the first link goes on working where it was asked for."""
    _count_try()

    standing, found = services().links.look(token, now(), cookies.given(cookies.ASKED))

    if standing != "elsewhere":
        return redirect(url_for("pages.link", token=token), code=HTTPStatus.SEE_OTHER)
    return SEND[found.intent.get("kind", "sign_in")](found.email, found.intent)


def _count_try() -> None:
    if seconds := services().attempts.try_link(client=client_of_request(), now=now()):
        raise TooMany(TOO_MANY, seconds)


def _works(token: str) -> ResponseReturnValue:
    return render_template("link.html", token_of_link=token)


def _elsewhere(token: str) -> ResponseReturnValue:
    return render_template("link_elsewhere.html", token_of_link=token), HTTPStatus.CONFLICT


def _gone(_: Any) -> ResponseReturnValue:
    """For who is in already, as after a second click, the way goes on."""
    if person_or_none() is not None:
        return redirect(url_for("pages.home"), code=HTTPStatus.SEE_OTHER)
    return render_template("link_gone.html"), HTTPStatus.GONE


_SHOWN = {"works": _works, "elsewhere": _elsewhere, "gone": _gone}


def _finish_sign_in(found: Any) -> ResponseReturnValue:
    person_id = services().vault.person_of_email(found.email)
    if person_id is None:
        return _gone(found)
    begin_session(person_id)
    return redirect(path_of_ours(found.intent.get("next", "/")), code=HTTPStatus.SEE_OTHER)


def _finish_sign_up(found: Any) -> ResponseReturnValue:
    person_id = services().vault.remember(found.intent["name"], found.email, new_id("person"))
    workspace_id = UUID(found.intent["workspace_id"])
    name_digest = services().vault.keep_text(workspace_id, found.intent["workspace"])
    services().agency.sign_up(workspace_id, person_id, name_digest, because=because(person_id))
    begin_session(person_id)
    followed()
    if PLANS[found.intent["plan"]].price_cents:
        return to_checkout(workspace_id, found.intent["plan"])
    return redirect(url_for("pages.overview", workspace_id=workspace_id), code=HTTPStatus.SEE_OTHER)


_FINISH = {"sign_in": _finish_sign_in, "sign_up": _finish_sign_up}
