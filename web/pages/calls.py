"""Calls of a workspace: which there were, what each cost, and what was said to whoever may read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.calls.call import Ending, Kind
from domain.instants import instant_in
from domain.permissions import Permission
from projections.calls import CallFilter, CallRow, Place
from projections.catalogue import CALLS
from web.access import db, live, present
from web.calls import cursor_of, deleted_after, place_of, said_on, said_on_each
from web.pages.agents_here import agents_of
from web.pages.blueprint import pages
from web.pages.here import Here, here_or_404

CALLS_SHOWN = 50
WITHIN = ("agent", "kind", "outcome", "since", "until")
NO_DAY = "Give since and until as a day such as 2026-11-21, or as an instant such as 2026-11-21T14:05Z."
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
    """What the address asks for; what it has no business to ask is an error, not ignored."""
    try:
        agent_id = UUID(given["agent"]) if "agent" in given else None
    except ValueError:
        _no("The filter agent is no id of an agent.")
    return CallFilter(
        agent_id=agent_id,
        kind=_word("kind", given, [*Kind]),
        outcome=_word("outcome", given, [*Ending]),
        since=_instant(given.get("since")),
        until=_instant(given.get("until"), day_after=True),
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
        _no("The page before which to begin is no place in this list.")


def _older_url(workspace_id: UUID, given: dict[str, str], shown: list[CallRow]) -> str:
    more: dict[str, Any] = {**given, "before": cursor_of(shown[-1])}
    return url_for("pages.calls", workspace_id=workspace_id, **more)


def _word(name: str, given: dict[str, str], words: list[str]) -> str | None:
    if name in given and given[name] not in words:
        _no(f"The filter {name} is one of {', '.join(words)}.")
    return given.get(name)


def _instant(text: str | None, *, day_after: bool = False) -> datetime | None:
    try:
        return instant_in(text, day_after=day_after) if text else None
    except ValueError:
        _no(NO_DAY)


def _no(message: str) -> NoReturn:
    abort(400, message)
