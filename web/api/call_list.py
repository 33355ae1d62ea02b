"""What a key may read of calls: those of its own workspace, page by page, and each with what was said."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort

from domain.calls.call import Ending, Kind
from projections.calls import PAGE_MAX, CallFilter, Place
from projections.catalogue import CALLS
from web.access import db
from web.api.blueprint import api
from web.api.call_answers import line_of
from web.api.gates import workspace_of_key
from web.api.managing import said
from web.api.query import id_in, instant_in, invalid, one_of, parameters
from web.calls import cursor_of, place_of, said_on
from web.texts import number_in

STATES = ("running", "ended", "abandoned")
OR_ALL = "Leave it out for all of them."


@api.get("/calls")
def list_calls() -> Response:
    """The calls of the key's workspace, those that began last first."""
    workspace_id = workspace_of_key().workspace_id
    given = parameters("agent_id", "kind", "state", "outcome", "from", "to", "limit", "before")
    limit = _limit(given.get("limit"))
    which = CallFilter(
        agent_id=id_in(given, "agent_id", "an agent", "GET /api/v1/agents lists them."),
        kind=one_of(given, "kind", [*Kind], OR_ALL),
        outcome=one_of(given, "outcome", [*Ending], OR_ALL),
        status=one_of(given, "state", STATES, OR_ALL),
        since=instant_in(given, "from"),
        until=instant_in(given, "to"),
    )
    rows = CALLS.in_workspace(db(), workspace_id, which, before=_place(given.get("before")), limit=limit + 1)
    more = cursor_of(rows[limit - 1]) if len(rows) > limit else None
    return said({"calls": [line_of(row) for row in rows[:limit]], "next": more})


@api.get("/calls/<uuid:call_id>")
def read_call(call_id: UUID) -> Response:
    """One call, with what was said on it as long as the workspace keeps that."""
    workspace_id = workspace_of_key().workspace_id
    row = CALLS.call_in_workspace(db(), workspace_id, call_id) or abort(404)
    told = said_on(row)
    return said(
        {
            **line_of(row),
            "caller": told.caller,
            "transcript": told.transcript,
            "recording_url": told.recording_url,
            "fields": dict(told.fields),
            "texts": told.state,
        }
    )


def _place(text: str | None) -> Place | None:
    try:
        return place_of(text) if text is not None else None
    except ValueError:
        hint = "Give `next` of the page before, as it is."
        raise invalid("before", "`before` is no place in this list.", hint) from None


def _limit(text: str | None) -> int:
    limit = PAGE_MAX if text is None else number_in(text)
    if limit is None or not 1 <= limit <= PAGE_MAX:
        raise invalid("limit", f"`limit` is not 1 to {PAGE_MAX}.", f"Without it, it is {PAGE_MAX}.")
    return limit
