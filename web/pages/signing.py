"""Signing in, up and out: by a link in a mail, which works once."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.plans import AGENCY, FREE, PLANS
from web import signed_in
from web.access import because, followed, new_id, now, person_or_none
from web.pages.blueprint import pages
from web.pages.checkout import to_checkout
from web.pages.forms import No, choice_of, email_of, name_of, path_of_ours, shows_again
from web.services import services

OFFERED = (FREE, AGENCY)

SIGN_IN_TEXT = """\
Open this link to sign in; it works once, and for 15 minutes:

{link}

If you did not ask for it, ignore this mail: nothing happens without the link.
"""
UNKNOWN_TEXT = """\
Somebody asked to sign in with this address, and nobody at Heartwood has it. If it was you, use the address
that you were invited with, or open a workspace of your own:

{link}

If it was not you, ignore this mail.
"""
SIGN_UP_TEXT = """\
Open this link to open your workspace; it works once, and for 15 minutes:

{link}

If you did not ask for it, ignore this mail: nothing is opened without the link.
"""


@pages.get("/sign-in")
def sign_in(no: No | None = None) -> ResponseReturnValue:
    wanted = path_of_ours(request.values.get("next", "/"))
    return render_template("sign_in.html", wanted=wanted, no=no)


@pages.post("/sign-in")
@shows_again(sign_in)
def send_sign_in_link() -> ResponseReturnValue:
    """Whether the address is known is told to its owner alone: there is a mail either way."""
    email = email_of("email")
    # Made for a stranger, too, who is never told it: so that both answers take the same time.
    link = _link(email, {"kind": "sign_in", "next": path_of_ours(request.form.get("next", "/"))})
    if services().vault.person_of_email(email) is not None:
        text = SIGN_IN_TEXT.format(link=link)
    else:
        text = UNKNOWN_TEXT.format(link=services().url + url_for("pages.sign_up"))
    services().mail.send(to=email, subject="Sign in to Heartwood", text=text)
    return render_template("check_mail.html", text="A mail with a link is on its way to this address.")


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
    email = email_of("email")
    text = SIGN_UP_TEXT.format(link=_link(email, intent))
    services().mail.send(to=email, subject="Open your workspace at Heartwood", text=text)
    return render_template("check_mail.html", text="A link that opens your workspace is on its way.")


def _link(email: str, intent: dict[str, Any]) -> str:
    token = services().links.make(email=email, now=now(), browser=None, intent=intent)
    return str(services().url + url_for("pages.link", token=token))


# The link. Opening it uses nothing up, because scanners of mail open links too.


@pages.get("/sign-in/<token>")
def link(token: str) -> ResponseReturnValue:
    return render_template("link.html", token_of_link=token)


@pages.post("/sign-in/<token>")
def use_link(token: str) -> ResponseReturnValue:
    _, found = services().links.use(token, now(), "")
    finish = _FINISH[found.intent.get("kind", "sign_in")] if found else _gone
    return finish(found)


def _gone(_: Any) -> ResponseReturnValue:
    """For who is in already, as after a second click, the way goes on."""
    if person_or_none() is not None:
        return redirect(url_for("pages.home"), code=HTTPStatus.SEE_OTHER)
    return render_template("link_gone.html"), HTTPStatus.GONE


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


def begin_session(person_id: UUID) -> None:
    """From here on this request is theirs, and so are the next ones of this browser."""
    signed_in.begin(person_id, now())


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    signed_in.end()
    return redirect(url_for("pages.sign_in"), code=HTTPStatus.SEE_OTHER)
