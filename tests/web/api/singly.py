"""Requests as they come to the lane, and answers as they leave it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from domain.tracking import Asked
from tests.web.api.asking import EVENT, Program
from web.api.singles import Singles
from web.api.track import told


def request(program: Program, body: Any = EVENT, *, raw: bytes | None = None, **headers: str) -> bytes:
    """As a client writes it."""
    whole = json.dumps(body).encode() if raw is None else raw
    fields = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": str(len(whole)),
        **program.headers,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST /api/v1/track HTTP/1.1\r\n{head}\r\n".encode() + whole


def read(singles: Singles, *requests: bytes) -> list[Asked]:
    """All of these are for the lane."""
    asked = [singles.read(one) for one in requests]
    assert None not in asked
    return [one for one in asked if one is not None]


def parts(answer: Any) -> tuple[int, dict[str, str], Any]:
    """Status, fields and body of an answer as it is sent."""
    assert isinstance(answer, bytes)
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    assert fields.pop("Content-Length") == str(len(body))
    return int(first.split()[1]), fields, json.loads(body)


def kinds(answers: Sequence[Any]) -> list[int | None]:
    """The status of each answer; None where an error has to be told."""
    return [parts(one)[0] if isinstance(one, bytes) else None for one in answers]


def repeated(program: Program, raw: bytes, decided: Any) -> Any:
    """The request, sent on to a thread with what was decided of it."""
    assert not isinstance(decided, bytes)
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    with told(decided):
        return program.client.post("/api/v1/track", data=body, headers=fields)
