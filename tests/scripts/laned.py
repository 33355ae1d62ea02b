"""A web server as ours, with an application that says what it was asked on the lane and what in a thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Event
from typing import Any

from scripts.web_server import EvenWorker
from web.api.track import DECIDED
from web.plain_request import plain_request

SLOW_SECONDS = 1.0
STALLED_SECONDS = 3.0  # longer than a connection is kept that says nothing
LARGE_BYTES = 64 * 1024 * 1024
ANSWER = b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: %d\r\n\r\n%b"


class Echo:
    """Says of each request how many came together; some bodies ask for something else."""

    first_line = b"POST /lane HTTP/1.1"

    def read(self, received: bytes) -> bytes | None:
        found = plain_request(received, self.first_line)
        return None if found is None or found.body == b"elsewhere" else found.body

    def answers(self, asked: Sequence[bytes]) -> list[Any]:
        if b"fault" in asked:
            raise ValueError(b"a fault of the lane")
        if b"slow" in asked:
            Event().wait(SLOW_SECONDS)
        if b"stalled" in asked:
            Event().wait(STALLED_SECONDS)
        return [self._answer(body, len(asked)) for body in asked]

    def _answer(self, body: bytes, together: int) -> Any:
        if body == b"decided":
            return "decided on the lane"
        said = b"x" * LARGE_BYTES if body == b"large" else b"lane %d %b" % (together, body)
        return ANSWER % (len(said), said)


class Laned(EvenWorker):
    request_seconds_max = 2.0

    def traffic(self) -> Echo:
        return Echo()


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    told = f"thread {DECIDED.get()} ".encode() + body
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]
