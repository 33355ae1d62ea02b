"""An operation: what a program may ask of one route of the API, and what it may be answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a program may ask; what is not asked with a body is asked with nothing."""

    summary: str
    scope: str
    answers: dict[int, tuple[str, type]]  # status: when, and what
    example: Any
    nos: tuple[int, ...] = ()  # beside those that every operation may answer
    body: type | None = None
    bodies: dict[str, Any] | None = None  # examples by name, the shortest first
    query: type | None = None  # its fields are the parameters
    idempotent_by_header: bool = False


ALWAYS = (401, 403, 404, 405, 429, 500, 503)
WITH_BODY = (400, 413, 415, 422)


def reads(summary: str, when: str, answer: type, example: Any, **more: Any) -> Operation:
    return Operation(summary=summary, scope="read", answers={200: (when, answer)}, example=example, **more)


def manages(summary: str, answers: dict[int, tuple[str, type]], example: Any, **more: Any) -> Operation:
    return Operation(summary=summary, scope="manage", answers=answers, example=example, **more)
