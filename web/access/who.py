"""Who asks: the person behind the cookie of this browser."""

from __future__ import annotations

from uuid import UUID

from flask import abort, g, redirect, request, url_for

from web import cookies
from web.access.reading import person_or_none
from web.services import services

COOKIE = cookies.SESSION  # without HTTPS; `cookies.name_for` says what it is called with it


def is_staff() -> bool:
    """Whether who asks works in support."""
    if "is_staff" not in g:
        g.is_staff = services().is_staff(person())
    found: bool = g.is_staff
    return found


def person() -> UUID:
    """Who is signed in; anybody else is sent to the sign-in page."""
    found = person_or_none()
    if found is None:
        wanted = request.full_path if request.method == "GET" else "/"
        abort(redirect(url_for("pages.sign_in", next=wanted.rstrip("?"))))
    return found
