"""Which browser was given a form: no other site can send one in its name."""

from __future__ import annotations

import hmac
import secrets

from flask import abort, request, session

FORM_TOKEN = "form_token"


def form_token() -> str:
    """A secret of this browser that every form carries, so that no other site can send it."""
    if FORM_TOKEN not in session:
        session[FORM_TOKEN] = secrets.token_urlsafe(24)
    token: str = session[FORM_TOKEN]
    return token


def check_form_token() -> None:
    if request.method != "POST" or request.blueprint != "pages":
        return
    given, expected = request.form.get(FORM_TOKEN), session.get(FORM_TOKEN)
    if not given or not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        abort(400, "This form has expired. Nothing was changed; go back, reload the page and try again.")
