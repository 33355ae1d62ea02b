"""Saved views of a timeline: kept, named anew and removed by the person whose they are."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue

from web.access import new_id, now, person
from web.pages.blueprint import pages
from web.pages.forms import Invalid, name_of
from web.pages.here import leads_tree
from web.pages.timeline_filter import filter_of
from web.pages.timeline_sight import Sight, sight_of_tree, sight_of_workspace
from web.services import services

VIEW_NAME_MAX = 60  # characters
QUERY_MAX = 2_000


@pages.post("/views")
def keep_view() -> ResponseReturnValue:
    sight = _sight_or_404()
    name, query = _name(), _query(sight)

    kept = services().views.keep(new_id("view"), person(), sight.subject_id, name=name, query=query, at=now())

    if not kept:
        abort(409, "You keep as many views of this timeline as one can. Remove one of them first.")
    return _back(sight, query, f"The view “{name}” is kept.")


@pages.post("/views/<uuid:view_id>/name")
def rename_view(view_id: UUID) -> ResponseReturnValue:
    view, sight = _own_or_404(view_id)
    name = _name()

    services().views.rename(view, person(), name)

    return _back(sight, view.query, f"The view is called “{name}” now.")


@pages.post("/views/<uuid:view_id>/remove")
def remove_view(view_id: UUID) -> ResponseReturnValue:
    view, sight = _own_or_404(view_id)

    services().views.remove(view_id, person())

    return _back(sight, "", f"The view “{view.name}” is gone.")


def views_of(sight: Sight) -> list[tuple[Any, str]]:
    """What the one who asks keeps of a timeline, and where each view leads."""
    found = services().views.of_person(person(), sight.subject_id)
    return [(view, _address(sight, view.query)) for view in found]


def _own_or_404(view_id: UUID) -> tuple[Any, Sight]:
    """A view of theirs, of a timeline that they still may see."""
    view = services().views.one(view_id, person()) or abort(404)
    return view, _sight_of(view.subject_id)


def _sight_or_404() -> Sight:
    try:
        return _sight_of(UUID(request.form.get("of", "")))
    except ValueError:
        abort(422, "A view is kept of the timeline of an agency or of a workspace.")


def _sight_of(subject_id: UUID) -> Sight:
    if leads_tree(subject_id):
        return sight_of_tree(subject_id)
    return sight_of_workspace(subject_id)


def _name() -> str:
    try:
        return name_of("view", "a name for the view", longest=VIEW_NAME_MAX)
    except Invalid as invalid:
        abort(422, invalid.message)


def _query(sight: Sight) -> str:
    """The filter, written in one way, if there is such a filter."""
    text = request.form.get("query", "")
    if len(text) > QUERY_MAX:
        abort(422, "This filter is too long to keep.")
    _, given = filter_of(dict(parse_qsl(text)), without=sight.without)
    return urlencode(given)


def _address(sight: Sight, query: str) -> str:
    return f"{sight.url()}?{query}" if query else sight.url()


def _back(sight: Sight, query: str, text: str) -> ResponseReturnValue:
    flash(text)
    return redirect(_address(sight, query), code=HTTPStatus.SEE_OTHER)
