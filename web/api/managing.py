"""What requests that change things have in common: body, names, the id of what is made, and answers."""

from __future__ import annotations

import math
from http import HTTPStatus
from uuid import UUID, uuid4, uuid5

import msgspec
from flask import Response

from domain.refusals import Refusal, Refused
from web.access import now
from web.api.body import B, idempotency_key
from web.api.known_keys import Caller
from web.api.parsing import object_in, sent
from web.api.query import invalid
from web.errors import STATUS, ApiError
from web.services import services
from web.texts import is_one_line, on_one_line


def body_of(kind: type[B]) -> B:
    """The body of this request, each member typed and bounded."""
    return sent(lambda raw: object_in(raw, kind))


def line_in(field: str, text: str) -> str:
    """A name or a title, as it is kept."""
    found = on_one_line(text)
    if not found or not is_one_line(found):
        message = f"{field} is blank, or holds control characters or line breaks."
        raise invalid(field, message, "Send it on one line.")
    return found


def made_id(workspace_id: UUID, what: str) -> UUID:
    """The id of something that this request makes: the same one whenever it is sent with the same
    Idempotency-Key."""
    key = idempotency_key()
    return uuid4() if key is None else uuid5(workspace_id, f"{what}:{key}")


def conflict() -> ApiError:
    return ApiError(
        409,
        "idempotency_conflict",
        "This idempotency key was used for something else.",
        "Use a new key for what is new; the first one is kept.",
        "Idempotency-Key",
    )


def no_such_agent() -> ApiError:
    hint = "GET /api/v1/agents lists them."
    return ApiError(422, "unknown_agent", "This workspace has no such agent.", hint, "agent_id")


def refused_to(who: Caller, refused: Refused) -> ApiError:
    """A budget that is used up says when the next cycle begins."""
    status = STATUS.get(refused.refusal, HTTPStatus.CONFLICT)
    headers: dict[str, str] = {}
    if refused.refusal is Refusal.BUDGET_EXCEEDED:
        ends_at = services().recording.terms(who.workspace_id, because=who.because()).cycle.ends_at
        headers["Retry-After"] = str(math.ceil((ends_at - now()).total_seconds()))
    return ApiError(int(status), refused.refusal.value, refused.message, refused.hint, headers=headers)


def said(answer: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status, mimetype="application/json")
