"""Access: who asks, what exists for them, why a command is done, and what one request reads."""

from __future__ import annotations

from uuid import uuid4

from flask import Flask

from domain.permissions import Permission, may
from web.access.cause import REQUEST_ID, because, name_the_request, new_id
from web.access.form_tokens import FORM_TOKEN, check_form_token, form_token
from web.access.gate import (
    anchor_or_404,
    place_of,
    place_or_404,
    places_of,
    reaches_what_it_led,
    read_place,
)
from web.access.reading import (
    ask_stripe,
    db,
    end_reading,
    followed,
    live,
    look_back,
    look_no_further,
    looking_back,
    now,
    person_or_none,
    present,
    read_again,
    read_as,
    read_by,
    read_everybody,
    read_of,
)
from web.access.routes import let_in
from web.access.who import COOKIE, is_staff, person

__all__ = [
    "COOKIE",
    "FORM_TOKEN",
    "REQUEST_ID",
    "anchor_or_404",
    "ask_stripe",
    "because",
    "db",
    "followed",
    "form_token",
    "is_staff",
    "live",
    "look_back",
    "look_no_further",
    "looking_back",
    "new_id",
    "now",
    "person",
    "person_or_none",
    "place_of",
    "place_or_404",
    "places_of",
    "present",
    "reaches_what_it_led",
    "read_again",
    "read_as",
    "read_by",
    "read_everybody",
    "read_of",
    "read_place",
    "register",
]


def register(app: Flask) -> None:
    app.before_request(name_the_request)
    app.before_request(check_form_token)
    app.before_request(let_in)
    app.teardown_request(end_reading)
    app.context_processor(
        lambda: {
            "form_token": form_token,
            "new_request_id": uuid4,
            "may": may,
            "Permission": Permission,
            "looking_back": looking_back,
        }
    )
