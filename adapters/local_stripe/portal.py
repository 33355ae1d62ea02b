"""The customer portal: sessions whose address is the key to them."""

from __future__ import annotations

import hashlib
import hmac

from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, missing_object, unsupported
from adapters.local_stripe.shapes import PORTAL_SESSION, blank
from adapters.local_stripe.store import Json

OPEN_SECONDS = 3_600
SUPPORTED = frozenset({"configuration", "customer", "return_url"})
TOKEN_LENGTH = 40


def open_session(account: Account, params: Json) -> Json:
    for name in params.keys() - SUPPORTED:
        raise unsupported(name)
    customer = account.find("customer", params.get("customer", ""), param="customer")
    if "configuration" not in params:
        raise Refusal("The account has no default portal configuration; pass one.", param="configuration")
    configuration = account.find(
        "billing_portal.configuration", params["configuration"], param="configuration"
    )
    session_id = account.new_id("bps")
    return account.save(
        blank(
            PORTAL_SESSION,
            id=session_id,
            configuration=configuration["id"],
            created=account.now(),
            customer=customer["id"],
            return_url=params.get("return_url", configuration["default_return_url"]),
            url=f"/p/session/{session_id}.{_proof(account, session_id)}",
        )
    )


def session_of(account: Account, token: str) -> Json:
    """The session whose address this is, while it is open."""
    session_id, _, proof = token.partition(".")
    if not hmac.compare_digest(proof, _proof(account, session_id)):
        raise missing_object("billing_portal.session", token)
    session = account.find("billing_portal.session", session_id)
    if session["created"] + OPEN_SECONDS < account.now():
        raise Refusal("This link has expired", status=410)
    return session


def _proof(account: Account, session_id: str) -> str:
    """Nobody guesses an address from the ids, which count up."""
    return hmac.new(account.secret.encode(), session_id.encode(), hashlib.sha256).hexdigest()[:TOKEN_LENGTH]
