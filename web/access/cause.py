"""Why a command of this request is done, and which request it is however often it is sent."""

from __future__ import annotations

from uuid import UUID, uuid4, uuid5

from flask import abort, g, request

from domain.because import Because
from web.access.reading import now
from web.access.who import person

REQUEST_ID = "request_id"


def new_id(what: str) -> UUID:
    """The id of something that this request makes: the same form, sent again, makes the same thing."""
    return uuid5(g.request_id, what)


def because(person_id: UUID | None = None) -> Because:
    """Why a command of this request is done: the person, and the request that began the story.

    `person_id` is someone whom a link has just proved to be there, but who is not signed in yet.
    """
    return Because(
        actor=f"person:{person_id or person()}",
        cause=f"request:{g.request_id}",
        story=f"request:{g.request_id}",
        at=now(),
    )


def name_the_request() -> None:
    """A form that makes something is one request however often it is sent; with other content, from
    another browser or to another address it is another one."""
    g.request_id = uuid4()
    if request.method != "POST" or request.blueprint != "pages" or REQUEST_ID not in request.form:
        return
    try:
        of_form = UUID(request.form[REQUEST_ID])
    except ValueError:
        abort(400, "This form was changed on its way. Nothing was recorded; reload the page and try again.")
    g.request_id = uuid5(of_form, f"{request.path} {sorted(request.form.items(multi=True))}")
