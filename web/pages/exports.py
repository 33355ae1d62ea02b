"""Exports: who leads a workspace takes its history out, with what proves it, and all who lead see that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from domain.export import FETCHED_WITHIN
from domain.permissions import Permission
from projections.catalogue import TIMELINE
from projections.history.names import actor_words, person_in
from projections.timeline import TimelineFilter, TimelineRow
from web.access import because, db, followed, new_id, now, person
from web.pages.blueprint import pages
from web.pages.forms import Invalid, No, done, shows_again
from web.pages.here import lead_or_404
from web.services import services

ADDRESS = "/w/<uuid:workspace_id>/settings/exports"
SHOWN_MAX = 50
ASKED_MAX = 10  # of one workspace, while they can be fetched: each is made of the whole history
TOO_OFTEN = (
    "So many exports were asked for within the hour that there is no other one yet. Fetch one of them."
)
TOO_MANY = "Others are fetching their exports just now."


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An export as it is told to people; `url` is there for who asked for it, for a while."""

    who: str
    at: datetime
    events: int | None
    leaves_sha256: str | None
    url: str | None


@pages.get(ADDRESS)
def exports(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.EXPORT_HISTORY)
    shown = _shown(workspace_id)
    return render_template(
        "exports.html",
        here=here,
        exports=shown,
        waits=any(one.events is None and now() < one.at + FETCHED_WITHIN for one in shown),
        minutes=int(FETCHED_WITHIN.total_seconds()) // 60,
        no=no,
    )


@pages.post(ADDRESS)
@shows_again(exports)
def ask_for_export(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.EXPORT_HISTORY)
    export_id = new_id("export")
    if len(_asked_lately(workspace_id) - {export_id}) >= ASKED_MAX:
        raise Invalid("export", TOO_OFTEN)

    services().agency.ask_for_export(export_id, workspace_id, person(), because=because())

    followed()
    text = "The export is asked for. It can be fetched here as soon as the heads of the logs are signed."
    return done(text, "pages.exports", workspace_id=workspace_id)


@pages.get(f"{ADDRESS}/<uuid:export_id>")
def fetch_export(workspace_id: UUID, export_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.EXPORT_HISTORY)
    export = services().agency.export(export_id)
    if export.workspace_id != workspace_id or not export.is_there_for(person(), now()):
        abort(404)

    zipped = services().exports.zipped(export) or abort(503, TOO_MANY)

    name = services().exports.file_name(workspace_id, export.created_on)
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(zipped, mimetype="application/zip", headers=told)


def _asked_lately(workspace_id: UUID) -> set[UUID]:
    lately = TimelineFilter(name="Export.Asked", since=now() - FETCHED_WITHIN)
    found = TIMELINE.in_workspace(db(), workspace_id, lately, limit=ASKED_MAX + 1)
    return {row.stream for row in found.rows}


def _shown(workspace_id: UUID) -> list[Shown]:
    """The newest first."""
    asked, made = (
        TIMELINE.in_workspace(db(), workspace_id, TimelineFilter(name=name), limit=SHOWN_MAX).rows
        for name in ("Export.Asked", "Export.Made")
    )
    people = services().vault.people([one for row in asked if (one := person_in(row.actor))])
    finished = {row.stream: row for row in made}
    return [_told(row, finished.get(row.stream), people) for row in asked]


def _told(asked: TimelineRow, made: TimelineRow | None, people: Mapping[UUID, Any]) -> Shown:
    fetched = made is not None and person_in(asked.actor) == person() and now() < asked.at + FETCHED_WITHIN
    url = url_for("pages.fetch_export", workspace_id=asked.workspace_id, export_id=asked.stream)
    return Shown(
        who=actor_words(asked.actor, lambda person_id: people[person_id].name),
        at=asked.at,
        events=made.fields["events"] if made else None,
        leaves_sha256=made.fields["leaves_sha256"] if made else None,
        url=url if fetched else None,
    )
