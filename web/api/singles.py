"""Single events in their plain form: those that come together are read, recorded and answered together.

To track one event is what is asked most, and most of what that costs is not the event but a request of the
framework, and a thread that waits for its turn. So what is plain, and becomes what it asks for, is read and
answered here. Everything else goes the way of all requests, which alone knows each error and its words; it is
told what was decided meanwhile, so that nothing is decided twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4
from wsgiref.handlers import format_date_time

from flask import Flask, Response

from domain.tracking import Asked
from web.api.authorized import rate_limit
from web.api.body import key_in
from web.api.known_keys import KNOWN_KEYS, KnownKeys
from web.api.parsing import plain_event
from web.api.track import SCOPE, STATUS, tracked_one
from web.errors import ApiError
from web.plain_request import plain_request
from web.services import HEARTWOOD, Services

PATH = "/api/v1/track"
JSON = frozenset({b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"})
LINES = {
    kind: f"HTTP/1.1 {status} {HTTPStatus(status).phrase.upper()}\r\n".encode()
    for kind, status in STATUS.items()
}


class Singles:
    """On the services of an application, and with its words."""

    first_line = f"POST {PATH} HTTP/1.1".encode()

    def __init__(self, app: Flask) -> None:
        self.services: Services = app.extensions[HEARTWOOD]
        self.keys: KnownKeys = app.extensions[KNOWN_KEYS]
        self.fields = _common_fields(app)

    def read(self, received: bytes) -> Asked | None:
        """What a plain request asks to record; None for any other, Incomplete if its rest is missing.

        Nothing is waited for: a key that was not seen here before is looked up where others do not wait.
        """
        found = plain_request(received, self.first_line)
        if found is None or found.fields.get(b"content-type") not in JSON:
            return None
        who = self.keys.remembered(found.fields.get(b"authorization", b"").decode("ascii"))
        event = plain_event(found.body)
        if who is None or event is None or SCOPE not in who.scopes:
            return None
        given = found.fields.get(b"idempotency-key")
        try:
            key = None if given is None else key_in(given.decode("ascii"))
        except ApiError:
            return None
        at = self.services.clock()
        item, because = tracked_one(event, key, at), who.because_of(uuid4(), at)
        return Asked(
            key_id=who.key_id, workspace_id=who.workspace_id, items=[item], because=because, counts=who.counts
        )

    def answers(self, asked: Sequence[Asked]) -> list[Any]:
        """To each request its answer, to the last byte; where an error has to be told, what the ingest
        answered or raised."""
        try:
            answered = self.services.ingest.of_keys(asked)
        except Exception as error:
            answered = [error] * len(asked)
        date = format_date_time(self.services.clock().timestamp()).encode()
        return [self._said(one, date) or one for one in answered]

    def _said(self, answered: Any, date: bytes) -> bytes | None:
        if isinstance(answered, BaseException) or not answered.outcomes:
            return None
        (outcome,) = answered.outcomes
        if outcome.kind not in LINES:
            return None
        return b"%bDate: %b\r\n%b%bContent-Length: %d\r\n\r\n%b" % (
            LINES[outcome.kind],
            date,
            self.fields,
            _lines(rate_limit(answered.taken)),
            len(outcome.answer),
            outcome.answer,
        )


def _common_fields(app: Flask) -> bytes:
    """What the application says with each answer to a program, whatever it is."""
    with app.test_request_context(PATH, method="POST"):
        response = app.process_response(Response(mimetype="application/json"))
    fields = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    return _lines({"Server": "gunicorn", "Connection": "keep-alive"} | fields)


def _lines(fields: Mapping[str, str]) -> bytes:
    return "".join([f"{name}: {value}\r\n" for name, value in fields.items()]).encode("ascii")
