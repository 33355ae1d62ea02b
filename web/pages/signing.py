"""Signing in, up and out: a link comes by mail, for the browser that asked for it."""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, abort, after_this_request, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.plans import AGENCY, FREE
from web import cookies, signed_in
from web.access import new_id, now
from web.client import client_of_request
from web.errors import TooMany
from web.pages.blueprint import pages
from web.pages.forms import No, choice_of, email_of, name_of, path_of_ours, shows_again
from web.pages.single_sign_on import REQUIRED_TEXT, mail_does_not_do, through_the_provider, to_provider
from web.services import services

OFFERED = (FREE, AGENCY)
ASKED_SECONDS = 15 * 60  # as long as a link works
ASKED_BYTES = 32
A_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
TOO_MANY = "Too many links were asked for, for this address or from where you are."

ONCE = "it works once, for 15 minutes, and in the browser where you asked for it"
SIGN_IN_TEXT = f"""\
Open this link to sign in; {ONCE}:

{{link}}

If you did not ask for it, ignore this mail: nothing happens without the link.
"""
UNKNOWN_TEXT = """\
Somebody asked to sign in with this address, and nobody at Heartwood has it. If it was you, use the address
that you were invited with, or open a workspace of your own:

{link}

If it was not you, ignore this mail.
"""
SIGN_UP_TEXT = f"""\
Open this link to open your workspace; {ONCE}:

{{link}}

If you did not ask for it, ignore this mail: nothing is opened without the link.
"""


@pages.get("/sign-in")
def sign_in(no: No | None = None) -> ResponseReturnValue:
    wanted = path_of_ours(request.values.get("next", "/"))
    return render_template("sign_in.html", wanted=wanted, no=no)


@pages.post("/sign-in")
@shows_again(sign_in)
def send_sign_in_link() -> ResponseReturnValue:
    email = email_of("email")
    if (leads_on := to_provider(email)) is not None:
        return leads_on
    return _send_sign_in(email, {"kind": "sign_in", "next": path_of_ours(request.form.get("next", "/"))})


@pages.get("/sign-up")
def sign_up(no: No | None = None) -> ResponseReturnValue:
    return render_template("sign_up.html", plans=OFFERED, no=no)


@pages.post("/sign-up")
@shows_again(sign_up)
def send_sign_up_link() -> ResponseReturnValue:
    intent = {
        "kind": "sign_up",
        "name": name_of("name", "your name"),
        "workspace": name_of("workspace", "a name for the workspace"),
        "workspace_id": str(new_id("workspace")),  # two mails of one form open one workspace
        "plan": choice_of("plan", [plan.name for plan in OFFERED]),
    }
    return _send_sign_up(email_of("email"), intent)


# The mails.


def _send_sign_in(email: str, intent: dict[str, Any]) -> ResponseReturnValue:
    """Whether the address is known is told to its owner alone: there is a mail either way."""
    _count_asking(email)
    # Made for a stranger, too, who is never told it: so that both answers take the same time.
    link = _link(email, intent)
    person_id = services().vault.person_of_email(email)
    if mail_does_not_do(email, person_id):
        text = REQUIRED_TEXT.format(link=services().url + url_for("pages.sign_in"))
    elif person_id is not None:
        text = SIGN_IN_TEXT.format(link=link)
    else:
        text = UNKNOWN_TEXT.format(link=services().url + url_for("pages.sign_up"))
    services().mail.send(to=email, subject="Sign in to Heartwood", text=text)
    return render_template("check_mail.html", text="A mail with a link is on its way to this address.")


def _send_sign_up(email: str, intent: dict[str, Any]) -> ResponseReturnValue:
    _count_asking(email)
    text = SIGN_UP_TEXT.format(link=_link(email, intent))
    services().mail.send(to=email, subject="Open your workspace at Heartwood", text=text)
    return render_template("check_mail.html", text="A link that opens your workspace is on its way.")


SEND = {"sign_in": _send_sign_in, "sign_up": _send_sign_up}


def _count_asking(email: str) -> None:
    """Before it is looked whether the address is known: the answer is the same for all."""
    if seconds := services().attempts.ask(email=email, client=client_of_request(), now=now()):
        raise TooMany(TOO_MANY, seconds)


def _link(email: str, intent: dict[str, Any]) -> str:
    token = services().links.make(email=email, now=now(), browser=_asking(), intent=intent)
    return str(services().url + url_for("pages.link", token=token))


# The browser.


def _asking() -> str:
    """A secret of the browser that asks; all links that it asks for meanwhile have the same."""
    sent = cookies.given(cookies.ASKED)
    secret = sent if A_SECRET.fullmatch(sent) else secrets.token_urlsafe(ASKED_BYTES)

    @after_this_request
    def _(response: Response) -> Response:
        cookies.give(response, cookies.ASKED, secret, seconds=ASKED_SECONDS)
        return response

    return secret


def begin_session(person_id: UUID, *, by_mail: bool = True) -> None:
    """From here on this request is theirs, and so are the next ones of this browser; unless only a mail has
    proved who they are, and their agency asks for its single sign-on."""
    if by_mail and (elsewhere := through_the_provider(person_id)) is not None:
        abort(elsewhere)
    signed_in.begin(person_id, now())


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    signed_in.end()
    return redirect(url_for("pages.sign_in"), code=HTTPStatus.SEE_OTHER)
