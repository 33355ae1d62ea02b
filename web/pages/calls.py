"""Calls of a workspace: which there were, what each cost, and what was said to whoever may read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.calls.call import Ending, Kind
from domain.permissions import Permission
from projections.calls import CallFilter, CallRow, Place
from projections.catalogue import CALLS
from web.access import db, live, present
from web.calls import cursor_of, deleted_after, place_of, said_on, said_on_each
from web.pages.agents_here import agents_of
from web.pages.blueprint import pages
from web.pages.here import Here, here_or_404
from web.pages.narrowing import bad_request, id_in, one_of, since_in, until_in

CALLS_SHOWN = 50
WITHIN = ("agent", "kind", "outcome", "since", "until")
ADDRESS = "/w/<uuid:workspace_id>/calls"


@pages.get(ADDRESS)
def calls(workspace_id: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_CALLS)
    given = {name: request.args[name] for name in WITHIN if request.args.get(name)}
    which = filter_of(given)
    rows = CALLS.in_workspace(db(), workspace_id, which, before=_before(), limit=CALLS_SHOWN + 1)
    shown = rows[:CALLS_SHOWN]
    return render_template(
        "calls.html",
        here=here,
        calls=shown,
        callers=_callers(here, shown),
        agents=agents_of(here),
        may_read=here.may(Permission.SEE_TRANSCRIPTS),
        outcome_words=[(one.value, one.value.replace("_", " ")) for one in Ending],
        given=given,
        older_url=_older_url(workspace_id, given, shown) if len(rows) > CALLS_SHOWN else None,
        begins_later=bool(request.args.get("before")),
        first_url=url_for("pages.calls", workspace_id=workspace_id, **given),  # type: ignore[arg-type]
        table_url=url_for("pages.calls_csv", workspace_id=workspace_id, **given),  # type: ignore[arg-type]
    )


@pages.get(f"{ADDRESS}/<uuid:call_id>")
def call(workspace_id: UUID, call_id: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_CALLS)
    row = CALLS.call_in_workspace(db(), workspace_id, call_id) or abort(404)
    retention = CALLS.retention(live(), workspace_id)
    return render_template(
        "call.html",
        here=here,
        call=row,
        said=said_on(row) if here.may(Permission.SEE_TRANSCRIPTS) else None,
        agents=agents_of(here),
        retention=retention,
        was_due=deleted_after(retention.days, row.started_at, present()),
    )


def filter_of(given: dict[str, str]) -> CallFilter:
    return CallFilter(
        agent_id=id_in(given, "agent", "an agent"),
        kind=one_of(given, "kind", [*Kind]),
        outcome=one_of(given, "outcome", [*Ending]),
        since=since_in(given),
        until=until_in(given),
    )


def _callers(here: Here, shown: list[CallRow]) -> dict[UUID, str]:
    """For whoever may read what was said."""
    if not here.may(Permission.SEE_TRANSCRIPTS):
        return {}
    return {call_id: said.caller for call_id, said in said_on_each(shown).items() if said.caller}


def _before() -> Place | None:
    text = request.args.get("before")
    try:
        return place_of(text) if text else None
    except ValueError:
        bad_request("The page before which to begin is no place in this list.")


def _older_url(workspace_id: UUID, given: dict[str, str], shown: list[CallRow]) -> str:
    more: dict[str, Any] = {**given, "before": cursor_of(shown[-1])}
    return url_for("pages.calls", workspace_id=workspace_id, **more)
