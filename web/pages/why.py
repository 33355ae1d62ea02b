"""Why did this happen? The story of a fact, from its first cause on, as far as one may know it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for

from domain.permissions import Permission
from projections.catalogue import TIMELINE
from projections.timeline import TimelineRow
from web.access import anchor_or_404, db, place_or_404
from web.pages.blueprint import pages
from web.pages.here import here_or_404, leads_tree
from web.pages.hidden_facts import hidden_from
from web.pages.story_told import StoryTold, story_told
from web.pages.timeline_filter import address_of, place_of
from web.pages.timeline_lines import ENDS


@pages.get("/trees/<uuid:tree_id>/why/<place>")
def why(tree_id: UUID, place: str) -> str:
    anchor_id = anchor_or_404(tree_id, Permission.SEE_TREE).workspace_id
    row = _row_or_404(place)
    if row.tree_id != tree_id and (row.tree_id is not None or row.workspace_id != anchor_id):
        abort(404)

    return _page(row, story_told(row.story, about=row), "timeline_of_tree", {"tree_id": tree_id})


@pages.get("/w/<uuid:workspace_id>/why/<place>")
def why_here(workspace_id: UUID, place: str) -> str:
    here = here_or_404(workspace_id, Permission.SEE_TIMELINE)
    hidden = hidden_from(place_or_404(workspace_id, Permission.SEE_TIMELINE), db())
    row = _row_or_404(place)
    if row.workspace_id != workspace_id or hidden.hides(row.name, row.tree_id):
        abort(404)

    knows = here.leads if row.tree_id is None else leads_tree(row.tree_id)
    story = story_told(row.story, about=row, inside=None if knows else workspace_id, hidden=hidden)
    return _page(row, story, "timeline_of_workspace", {"workspace_id": workspace_id})


@pages.app_context_processor
def _for_links() -> dict[str, Any]:
    return {"why_url": why_url}


def why_url(row: TimelineRow) -> str:
    """Where a line of a timeline is explained: in the same tree or workspace as that timeline."""
    ids = request.view_args or {}
    if "tree_id" in ids:
        return url_for("pages.why", tree_id=ids["tree_id"], place=address_of(row.place))
    return url_for("pages.why_here", workspace_id=ids["workspace_id"], place=address_of(row.place))


def _page(row: TimelineRow, story: StoryTold, timeline: str, ids: dict[str, Any]) -> str:
    line = next((one for one in story.lines if one.asked_about), None)
    ended = row.name in ENDS and story.story.name is not None
    return render_template(
        "why.html",
        story=story,
        asked=line.sentence if line else None,
        back_url=url_for(f"pages.{timeline}", **ids),
        whole_url=url_for(f"pages.{timeline}", **ids, story=row.story) if story.story.name else None,
        downgrade_url=url_for("pages.downgrade", tree_id=row.tree_id) if ended else None,
    )


def _row_or_404(text: str) -> TimelineRow:
    place = place_of(text) or abort(404)
    return TIMELINE.at(db(), place) or abort(404)
