"""A tracked event: as it was received, what counted it, and the form that voids it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from domain.fact import Fact
from domain.permissions import Permission
from domain.visibility import Area
from projections.history.names import actor_words, members_ever_in, person_in
from web.access import because, db, followed
from web.pages.blueprint import pages
from web.pages.forms import No, done, name_of, shows_again
from web.pages.here import Here, here_or_404
from web.pages.timeline_lines import THE_AGENCY
from web.services import services

REASON_MAX = 500  # characters


@pages.get("/w/<uuid:workspace_id>/events/<uuid:event_id>")
def tracked_event(workspace_id: UUID, event_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_EVENTS, area=Area.DASHBOARD)
    event = _event_or_404(workspace_id, event_id)
    sent = {name: value for name, value in event.body.items() if name != "frozen"}
    return render_template(
        "tracked_event.html",
        here=here,
        event=event,
        sent=_fields(sent),
        frozen=_fields(event.body.get("frozen") or {}),
        voided_by=_actor(here, event.voided) if event.voided else None,
        reason=_reason(workspace_id, event.voided) if event.voided else None,
        reason_max=REASON_MAX,
        no=no,
    )


@pages.post("/w/<uuid:workspace_id>/events/<uuid:event_id>/void")
@shows_again(tracked_event)
def void_event(workspace_id: UUID, event_id: UUID) -> ResponseReturnValue:
    """Whoever comes second changes nothing, and reads what the first one said."""
    here_or_404(workspace_id, Permission.VOID_EVENTS)
    event = _event_or_404(workspace_id, event_id)
    reason = name_of("reason", "a reason", longest=REASON_MAX)
    ids = {"workspace_id": workspace_id, "event_id": event_id}
    digest = services().vault.keep_text(workspace_id, reason) if event.voided is None else ""

    first = services().tracked.void(db(), event, digest, because=because())

    followed()
    if not first:
        return done("The event was voided before; nothing was changed.", "pages.tracked_event", **ids)
    return done("The event is voided, and no longer counted.", "pages.tracked_event", **ids)


def _event_or_404(workspace_id: UUID, event_id: UUID) -> Any:  # adapters.tracked_events.TrackedEvent
    event = services().tracked.event(db(), workspace_id, event_id)
    if event is None:
        abort(404)
    return event


def _fields(values: dict[str, Any]) -> list[tuple[str, str]]:
    """What JSON holds, one line a member; texts without their quotes."""
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in sorted(values.items())
    ]


def _actor(here: Here, voided: Fact) -> str:
    """Who acts in a client's workspace without being of it is the agency."""
    actor = voided.event.actor
    if not here.leads and person_in(actor) not in members_ever_in(db(), here.workspace_id):
        return THE_AGENCY
    return actor_words(actor, lambda person_id: services().vault.person(person_id).name)


def _reason(workspace_id: UUID, voided: Fact) -> str:
    text: str = services().vault.text(workspace_id, voided.event.reason_digest)
    return text
