"""What a key may read of calls: those of its own workspace, page by page, and each with what was said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import Response, abort

from domain.calls.call import Ending, Kind
from projections.calls import PAGE_MAX, CallFilter, Place
from projections.catalogue import CALLS
from web.access import db
from web.api.blueprint import api
from web.api.call_answers import encode, line_of
from web.api.gates import workspace_of_key
from web.api.usage import instant_of, invalid, parameters
from web.calls import cursor_of, place_of, said_on

STATES = ("running", "ended", "abandoned")

T = TypeVar("T")


@api.get("/calls")
def list_calls() -> Response:
    """The calls of the key's workspace, those that began last first."""
    workspace_id = workspace_of_key().workspace_id
    given = parameters("agent_id", "kind", "state", "outcome", "from", "to", "limit", "before")
    limit = _limit(given.get("limit"))
    which = CallFilter(
        agent_id=_id(given.get("agent_id")),
        kind=_one_of("kind", given.get("kind"), [*Kind]),
        outcome=_one_of("outcome", given.get("outcome"), [*Ending]),
        status=_one_of("state", given.get("state"), STATES),
        since=instant_of("from", given["from"]) if "from" in given else None,
        until=instant_of("to", given["to"]) if "to" in given else None,
    )
    rows = CALLS.in_workspace(db(), workspace_id, which, before=_place(given.get("before")), limit=limit + 1)
    more = cursor_of(rows[limit - 1]) if len(rows) > limit else None
    return _said({"calls": [line_of(row) for row in rows[:limit]], "next": more})


@api.get("/calls/<uuid:call_id>")
def read_call(call_id: UUID) -> Response:
    """One call, with what was said on it as long as the workspace keeps that."""
    workspace_id = workspace_of_key().workspace_id
    row = CALLS.call_in_workspace(db(), workspace_id, call_id) or abort(404)
    said = said_on(row)
    return _said(
        {
            **line_of(row),
            "caller": said.caller,
            "transcript": said.transcript,
            "recording_url": said.recording_url,
            "fields": dict(said.fields),
            "texts": said.state,
        }
    )


def _place(text: str | None) -> Place | None:
    hint = "Give `next` of the page before, as it is."
    return _read("before", text, place_of, "is no place in this list", hint)


def _id(text: str | None) -> UUID | None:
    return _read("agent_id", text, UUID, "is no id of an agent", "GET /api/v1/agents lists them.")


def _limit(text: str | None) -> int:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= PAGE_MAX:
            raise ValueError
        return int(text)

    found = _read("limit", text, read, f"is not 1 to {PAGE_MAX}", f"Without it, it is {PAGE_MAX}.")
    return found or PAGE_MAX


def _one_of(name: str, text: str | None, words: list[str] | tuple[str, ...]) -> str | None:
    if text is not None and text not in words:
        raise invalid(name, f"`{name}` is one of {', '.join(words)}.", "Leave it out for all of them.")
    return text


def _read(name: str, text: str | None, read: Callable[[str], T], wrong: str, hint: str) -> T | None:
    try:
        return read(text) if text is not None else None
    except ValueError:
        raise invalid(name, f"`{name}` {wrong}.", hint) from None


def _said(answer: object) -> Response:
    return Response(encode(answer), 200, mimetype="application/json")
