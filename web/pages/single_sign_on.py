"""Single sign-on, before anybody is signed in: who is sent to a provider, and whom a link in a mail lets in.

What a page says depends on the mail domain alone, so it tells nobody whether an address is known.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from domain.permissions import Role
from domain.single_sign_on import Fault, ProviderFault, domain_of
from projections.catalogue import ACCESS, SIGN_ON
from projections.single_sign_on import SignOnRow
from web import cookies
from web.access import db, new_id, now, read_again, read_as, read_by
from web.client import client_of_request
from web.errors import TooMany
from web.pages.forms import path_of_ours
from web.services import services

RETURN_PATH = "/sign-in/provider/returned"
ATTEMPT_SECONDS = 600
TOO_MANY = "Too many sign-ins were begun from where you are."
REQUIRED_TEXT = """\
Somebody asked for a link to sign in with this address. Its people sign in through their company's
single sign-on, so there is no link in this mail. Open this page, and type the address:

{link}

If it was not you, ignore this mail: nothing happens.
"""
WORDS = {
    Fault.NOT_ALLOWED: "The sign-in page of your company is at an address that we do not call.",
    Fault.AWAY: "The sign-in page of your company does not answer just now.",
    Fault.UNSUITABLE: "The sign-in page of your company does not answer as it should.",
    Fault.REFUSED: "Your company's sign-in did not confirm that it was you.",
    Fault.UNTRUSTED: "What your company's sign-in says of you cannot be trusted: it proves nothing to us.",
}


def _claimed(email: str) -> SignOnRow | None:
    """Whichever agency has claimed the mail domain of an address: it is all that there is to name so far."""
    domain = domain_of(email)
    read_by(domain)
    return SIGN_ON.of_domain(db(), domain)


def to_provider(email: str) -> ResponseReturnValue | None:
    """Send a browser to the provider of this mail domain, if an agency has claimed it.

    By a page that leads on and not by a redirect: our forms may lead to no other site.
    """
    row = _claimed(email)
    if row is None or request.form.get("by") == "mail":
        return None
    if seconds := services().attempts.lead_on(client=client_of_request(), now=now()):
        raise TooMany(TOO_MANY, seconds)
    read_again()  # the provider may take its time, and a snapshot held meanwhile would make others wait
    wanted = path_of_ours(request.form.get("next", "/"))
    try:
        url, sealed = services().providers.begin(row.provider, row.tree_id, email, wanted)
    except ProviderFault as fault:
        return not_signed_in(WORDS[fault.fault], status=503, email=email)
    page = render_template(
        "to_provider.html", url=url, host=urlsplit(url).hostname, email=email, wanted=wanted
    )
    response = make_response(page)
    cookies.give(response, cookies.SIGN_ON, sealed, seconds=ATTEMPT_SECONDS)
    return response


def not_signed_in(text: str, *, status: int, email: str = "", hint: str = "") -> ResponseReturnValue:
    page = render_template("not_signed_in.html", text=text, hint=hint, email=email)
    return page, status


# Mail.


def mail_does_not_do(email: str, person_id: UUID | None) -> bool:
    """Whether this person has to come through the provider; asked the same way for a stranger.

    It binds the people of the agency, whose mail domain it is. The anchor's owners have a way back in for
    when the provider is away.
    """
    row = _claimed(email)
    if row is None or not row.required:
        return False
    places = places_in(row, person_id or new_id("nobody"))
    return bool(places) and not any(
        place.parent_id is None and place.role_here == Role.OWNER for place in places
    )


def places_in(row: SignOnRow, person_id: UUID) -> list[Any]:
    """The workspaces of an agency that a person may see, who is not signed in."""
    read_as(person_id)
    return [place for place in ACCESS.places_of(db(), person_id) if place.tree_id == row.tree_id]


def through_the_provider(person_id: UUID) -> Response | None:
    """Where somebody has to go whom only a mail has proved to be there; None if that does."""
    read_again()  # they may have joined the agency in this very request
    if not mail_does_not_do(services().vault.person(person_id).email, person_id):
        return None
    flash("Almost done: sign in through your company's single sign-on. Type your address.")
    return redirect(url_for("pages.sign_in"), code=303)
