"""Who asks: the person behind the cookie of this browser."""

from __future__ import annotations

from uuid import UUID

from flask import abort, g, redirect, request, url_for

from web.access.reading import now
from web.services import services

COOKIE = "heartwood_session"


def person_or_none() -> UUID | None:
    """Who is signed in."""
    if "person_id" not in g:
        token = request.cookies.get(COOKIE, "")
        g.person_id = services().sessions.person_of(token, now()) if token else None
    found: UUID | None = g.person_id
    return found


def person() -> UUID:
    """Who is signed in; anybody else is sent to the sign-in page."""
    found = person_or_none()
    if found is None:
        wanted = request.full_path if request.method == "GET" else "/"
        abort(redirect(url_for("pages.sign_in", next=wanted.rstrip("?"))))
    return found
