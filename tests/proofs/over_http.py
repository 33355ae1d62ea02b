"""A browser at a running Heartwood: what it is answered, and what it sends again until it is answered."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from threading import Event
from typing import Any
from urllib.parse import urlencode

from tests.story.browser import Page
from web.access import COOKIE

ANSWER_SECONDS = 20.0
PATIENCE_SECONDS = 120.0
WAIT_SECONDS = 0.1

# What it looks like when nobody answers, or not to the end.
NO_ANSWER = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Answer:
    status_code: int
    text: str


class HttpBrowser:
    """One at a time asks with it. `began_at` is when the last request began."""

    def __init__(self, port: int, session: str) -> None:
        self.port = port
        self.cookies = {COOKIE: session}
        self.began_at = 0.0

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, Any]) -> Answer:
        return self._ask("POST", path, urlencode(fields))

    def sent(self, page: str, action: str, gone: Event, **filled: Any) -> bool:
        """Fill in the form of a page and send it, the very same again and again, until it is accepted;
        False if nobody waits for it any more."""
        deadline, fields = time.monotonic() + PATIENCE_SECONDS, dict[str, Any]()
        while not gone.is_set():
            assert time.monotonic() < deadline, f"{action} was not accepted in time"
            try:
                fields = fields or self._form(page, action) | filled
                answer = self.post(action, fields)
                if answer.status_code == http.HTTPStatus.SEE_OTHER:
                    return True
                assert answer.status_code >= http.HTTPStatus.INTERNAL_SERVER_ERROR, answer.text
            except NO_ANSWER:
                pass
            gone.wait(WAIT_SECONDS)
        return False

    def _form(self, page: str, action: str) -> dict[str, Any]:
        answer = self.get(page)
        if answer.status_code != http.HTTPStatus.OK:
            raise http.client.HTTPException(answer.status_code)
        forms = Page(page, answer.status_code, answer.text).forms
        return next(form.fields for form in forms if form.action == action)

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        self.began_at = time.monotonic()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for given in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: one.value for name, one in SimpleCookie(given).items()}
            return Answer(answer.status, answer.read().decode())
        finally:
            connection.close()
