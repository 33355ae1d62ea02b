"""The way back from a provider: the person whom it vouches for is signed in, and nobody else."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from domain.single_sign_on import AddressRefused, NotLetIn, ProviderFault, address_in
from projections.catalogue import SIGN_ON
from projections.single_sign_on import SignOnRow
from web import cookies
from web.access import db, read_again, read_of
from web.pages.blueprint import pages
from web.pages.forms import View, path_of_ours
from web.pages.signing import begin_session
from web.pages.single_sign_on import (
    RETURN_PATH,
    WORDS,
    not_signed_in,
    places_in,
)
from web.services import services

PARAMETER_MAX = 4_096  # characters
NOT_BEGUN = "This sign-in was not begun in this browser, was used already, or is older than ten minutes."
NO_LONGER = "Your company's single sign-on was changed or ended meanwhile."
SAID_NO = "Your company's sign-in did not let you in."
ADDRESS = {
    NotLetIn.NO_ADDRESS: "Your company's sign-in told us no e-mail address of yours.",
    NotLetIn.NOT_VERIFIED: "Your company's sign-in does not vouch for your e-mail address.",
    NotLetIn.OTHER_DOMAIN: "Your company's sign-in told us an address of another mail domain than its own.",
}
UNKNOWN = "You have signed in at your company, and no workspace here knows your address."
ASK = "Ask an owner or admin of your agency for an invitation, to the address that you signed in with."
TELL = "Tell whoever runs your company's sign-in."


def once(view: View) -> View:
    """Whatever comes of it, the same attempt is not made twice."""

    @wraps(view)
    def returned() -> Any:
        response = make_response(view())
        cookies.take_back(response, cookies.SIGN_ON)
        return response

    return returned


@pages.get(RETURN_PATH)
@once
def returned_from_provider() -> ResponseReturnValue:
    sealed, state = cookies.given(cookies.SIGN_ON), request.args.get("state", "")
    attempt = services().providers.attempt(sealed, state) if sealed and state else None
    if attempt is None or any(len(one) > PARAMETER_MAX for one in request.args.values()):
        return not_signed_in(NOT_BEGUN, status=HTTPStatus.BAD_REQUEST)
    read_of(UUID(attempt.tree_id))
    row = SIGN_ON.of_tree(db(), UUID(attempt.tree_id))
    if row is None or row.issuer != attempt.issuer:
        return not_signed_in(NO_LONGER, status=HTTPStatus.CONFLICT)
    if "error" in request.args:
        return not_signed_in(SAID_NO, status=HTTPStatus.FORBIDDEN)
    try:
        address = _address(row, attempt)
    except ProviderFault as fault:
        return not_signed_in(WORDS[fault.fault], status=HTTPStatus.BAD_GATEWAY, hint=TELL)
    except AddressRefused as refused:
        return not_signed_in(ADDRESS[refused.why], status=HTTPStatus.FORBIDDEN, hint=TELL)
    person_id = services().vault.person_of_email(address)
    if person_id is None or not places_in(row, person_id):
        return not_signed_in(UNKNOWN, status=HTTPStatus.FORBIDDEN, hint=ASK)
    begin_session(person_id, by_mail=False)
    return redirect(path_of_ours(attempt.wanted), code=HTTPStatus.SEE_OTHER)


def _address(row: SignOnRow, attempt: Any) -> str:
    """The address that the provider vouches for; no snapshot is held while it is asked."""
    read_again()
    digest = row.client_secret_digest
    claims = services().providers.finish(
        row.provider,
        services().vault.text(row.tree_id, digest) if digest else None,
        attempt,
        request.args.get("code", ""),
        request.args.get("iss"),
    )
    return address_in(claims, row.domains)
