"""Which session does a request belong to, and how does one begin and end?"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, request

from web import cookies
from web.browsers import in_words
from web.services import services


def session_or_none(now: datetime) -> Any:
    """The session of this browser: adapters.sessions.Session."""
    if "session_found" not in g:
        token = cookies.given(cookies.SESSION)
        g.session_found, fresh = services().sessions.of_token(token, now) if token else (None, None)
        if fresh is not None:
            g.session_token = fresh
    return g.session_found


def begin(person_id: UUID, now: datetime) -> None:
    """From here on this request is theirs, and so are the next ones of this browser.

    The token is new, always: what the browser came with may be known to others, and ends.
    """
    end()
    browser = in_words(request.headers.get("User-Agent", ""))
    g.session_token = services().sessions.begin(person_id, now, browser)
    g.person_id = person_id
    g.pop("session_found", None)


def end() -> None:
    """Nobody is signed in in this browser any more."""
    if token := cookies.given(cookies.SESSION):
        services().sessions.end(token)
    g.person_id = g.session_found = None
    g.session_token = ""
