"""Timeline: what happened in an agency or in one workspace, for whoever may know it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from projections.catalogue import SUBSCRIPTIONS
from projections.history.kinds import kind
from projections.timeline import Place, TimelineFilter, TimelinePage, TimelineRow
from web.access import db
from web.pages.blueprint import pages
from web.pages.timeline_filter import Asked, address_of
from web.pages.timeline_lines import names_of
from web.pages.timeline_sight import Sight, sight_of_tree, sight_of_workspace
from web.pages.timeline_views import views_of

PAGE_LINES = 50


@pages.get("/trees/<uuid:tree_id>/timeline")
def timeline_of_tree(tree_id: UUID) -> ResponseReturnValue:
    sight = sight_of_tree(tree_id)
    return _page(
        sight,
        sight.asked(),
        downgrade_url=url_for("pages.downgrade", tree_id=tree_id),
        ended=_has_ended(tree_id),
    )


@pages.get("/w/<uuid:workspace_id>/timeline")
def timeline_of_workspace(workspace_id: UUID) -> ResponseReturnValue:
    sight = sight_of_workspace(workspace_id)
    return _page(sight, sight.asked())


@pages.get("/w/<uuid:workspace_id>/people/<uuid:person_id>/timeline")
def timeline_of_person(workspace_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """What somebody did in a workspace, and what names them. Whoever is not of it is nobody here."""
    sight = sight_of_workspace(workspace_id)
    theirs = TimelineFilter(person_id=person_id)
    if not (sight.whole or person_id in sight.insiders) or not sight.page(theirs, limit=1).rows:
        abort(404)
    request_for = sight.asked()
    if request_for.which.person_id not in (None, person_id):
        abort(400, "This is the timeline of one person only; leave the filter person out.")
    return _page(
        sight,
        replace(
            request_for,
            which=replace(request_for.which, person_id=person_id),
            given=request_for.given | {"person": str(person_id)},
        ),
    )


def _has_ended(tree_id: UUID) -> bool:
    subscription = SUBSCRIPTIONS.of_tree(db(), tree_id)
    return subscription is not None and subscription.ended_at is not None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows of what was found, and where the pages beside it begin."""

    rows: list[TimelineRow]
    older: dict[str, str] | None
    newer: dict[str, str] | None
    stopped: bool  # before there were enough: what is beyond was not looked at yet


def shown_of(found: TimelinePage, request_for: Asked) -> Shown:
    rows, more = found.rows, len(found.rows) > PAGE_LINES
    newer: Place | None
    older: Place | None
    if request_for.after:
        rows = rows[-PAGE_LINES:]
        newer = rows[0].place if more else found.stopped
        older = rows[-1].place if rows else (request_for.after[0], request_for.after[1] + 1)
    else:
        rows = rows[:PAGE_LINES]
        older = rows[-1].place if more else found.stopped
        newer = rows[0].place if rows and request_for.before else None
    return Shown(
        rows=rows,
        older={"before": address_of(older)} if older else None,
        newer={"after": address_of(newer)} if newer else None,
        stopped=found.stopped is not None and not more,
    )


def _page(sight: Sight, request_for: Asked, **more: Any) -> ResponseReturnValue:
    found = sight.page(
        request_for.which, before=request_for.before, after=request_for.after, limit=PAGE_LINES + 1
    )
    shown = shown_of(found, request_for)
    kept = request_for.given | ({} if request_for.alone else request_for.begins)
    context = {"sight": sight, "given": request_for.given, "kept": kept, "shown": shown}
    if request_for.alone:
        if not shown.rows:
            return "", 204
        lines = sight.lines(shown.rows, *names_of(shown.rows))
        return render_template("timeline_rows.html", lines=lines, **context)
    actors, about = sight.actors, _known(sight, request_for.which.person_id)
    names, named_so = names_of(
        shown.rows, digests=sight.digests, actors=actors, people=[about] if about else []
    )
    whose = sight.name or f"the agency of {names.workspace(sight.workspace_id)}"
    return render_template(
        "timeline.html",
        lines=sight.lines(shown.rows, names, named_so),
        title=f"Timeline of {names.person(about)} in {whose}" if about else f"Timeline of {whose}",
        kinds=_by_words((one, kind(one)) for one in sight.kinds),
        actors=_by_words((actor, names.actor(actor)) for actor in actors),
        workspaces=_by_words((one, names.workspace(one)) for one in sight.digests),
        older_url=address(request_for, shown.older),
        newer_url=address(request_for, shown.newer),
        newest_url=None if request_for.at_newest else address(request_for, {}),
        # Where what is new is asked for: only the newest page has an end that grows.
        tail_url=address(request_for, {"part": "alone"}) if request_for.at_newest else None,
        views=views_of(sight),
        **context,
        **more,
    )


def _known(sight: Sight, person_id: UUID | None) -> UUID | None:
    """Whom the filter names, if this timeline tells of them: nobody else's name is looked up."""
    if person_id is None or not sight.page(TimelineFilter(person_id=person_id), limit=1).rows:
        return None
    return person_id


def _by_words(choices: Any) -> list[tuple[Any, str]]:
    return sorted(choices, key=lambda one: one[1].casefold())


def address(request_for: Asked, more: dict[str, str] | None) -> str | None:
    """The same timeline with the same filter, somewhere else in it."""
    if more is None:
        return None
    given: dict[str, Any] = {**request_for.given, **(request.view_args or {}), **more}
    if "person_id" in given:
        given.pop("person", None)
    return url_for(request.endpoint or "", **given)
