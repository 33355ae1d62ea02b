"""One fact of a timeline, on a page of its own or in the drawer beside the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from projections.timeline import EVERYTHING, TimelineRow
from web.pages.blueprint import pages
from web.pages.timeline_filter import Asked, address_of, mark_of, place_of
from web.pages.timeline_sight import Sight, sight_of_tree, sight_of_workspace


@pages.get("/trees/<uuid:tree_id>/timeline/<place>")
def fact_of_tree(tree_id: UUID, place: str) -> ResponseReturnValue:
    return _page(sight_of_tree(tree_id), place)


@pages.get("/w/<uuid:workspace_id>/timeline/<place>")
def fact_of_workspace(workspace_id: UUID, place: str) -> ResponseReturnValue:
    return _page(sight_of_workspace(workspace_id), place)


def _page(sight: Sight, place: str) -> ResponseReturnValue:
    request_for = sight.asked()
    row = _row_or_404(sight, place)
    kept: dict[str, Any] = request_for.given | request_for.begins
    return render_template(
        "timeline_fact.html" if request_for.alone else "timeline_fact_page.html",
        line=sight.line(row),
        sight=sight,
        newer_url=_beside(sight, request_for, kept, after=row.place),
        older_url=_beside(sight, request_for, kept, before=row.place),
        story_url=sight.url(story=row.story),
        as_of_url=url_for("pages.overview", workspace_id=sight.workspace_id, as_of=row.position),
        compare_url=_compare_url(sight, row),
        back_url=_back_url(sight, request_for, kept, row),
    )


def _row_or_404(sight: Sight, text: str) -> TimelineRow:
    """The fact at a place, if it is of this timeline."""
    place = place_of(text) or abort(404)
    found = sight.page(EVERYTHING, before=(place[0], place[1] + 1), limit=1).rows
    if not found or found[0].place != place:
        abort(404)
    return found[0]


def _beside(sight: Sight, request_for: Asked, kept: dict[str, Any], **part: Any) -> str | None:
    """The next fact of the same filter, one way or the other; None if none is near."""
    rows = sight.page(request_for.which, limit=1, **part).rows
    return sight.url_of(address_of(rows[0].place), **kept) if rows else None


def _back_url(sight: Sight, request_for: Asked, kept: dict[str, Any], row: TimelineRow) -> str:
    """The page of the list from which one came; without one, a page that begins with this fact."""
    begins = {} if request_for.begins else {"before": address_of((row.position, row.behind + 1))}
    return sight.url(**(kept | begins), _anchor=mark_of(row.place))


def _compare_url(sight: Sight, row: TimelineRow) -> str | None:
    """What this fact changed: the screens before it against the screens with it."""
    if row.position <= 1:
        return None
    moments: dict[str, Any] = {"from": row.position - 1, "to": row.position}
    return url_for("pages.compare_moments", workspace_id=sight.workspace_id, **moments)
