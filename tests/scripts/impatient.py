"""A web server as ours, in a hurry, with an application that says what it was sent."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Event
from typing import Any

from scripts.web_server import EvenWorker

SLOW_SECONDS = 2.5
LARGE_BYTES = 64 * 1024 * 1024


class Impatient(EvenWorker):
    request_seconds_max = 1.0
    answer_seconds_max = 8.0


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/slow":
        Event().wait(SLOW_SECONDS)
    if environ["PATH_INFO"] == "/large":
        start_response("200 OK", [("Content-Length", str(LARGE_BYTES))])
        return [b"x" * LARGE_BYTES]
    body = environ["wsgi.input"].read()
    told = f"{len(body)} {environ['wsgi.url_scheme']} {environ['REMOTE_ADDR']}".encode()
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]
