"""Steps of whoever looks back: which event had happened last, and where the ones beside it are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.moments import Moment
from domain.permissions import Permission, may
from projections import steps
from projections.catalogue import SUBSCRIPTIONS
from projections.hidden import NOTHING, Hidden
from projections.history.names import AsOf, members_ever_in
from projections.history.telling import line_of_row, sentence
from projections.timeline import Place, TimelineRow
from web.access import live, place_of
from web.pages.here import leads_tree
from web.pages.hidden_facts import hidden_from
from web.pages.timeline_filter import address_of
from web.pages.timeline_lines import SeenFromInside, names_of


@dataclass(frozen=True, kw_only=True)
class Steps:
    """`said` is a sentence without its full stop; addresses are what `as_of` asks for."""

    moment: Moment
    said: str | None
    said_at: datetime | None
    address: str | None
    number: int
    total: int
    before: str | None
    after: str | None


def steps_of(workspace_id: UUID, moment: Moment) -> Steps:
    stand = steps.stand_at(live(), _whose(workspace_id), moment.place, _hidden(workspace_id))
    return Steps(
        moment=moment,
        said=_told(workspace_id, stand.last) if stand.last else None,
        said_at=stand.last.at if stand.last else None,
        address=address_of(stand.last.place) if stand.last else None,
        number=stand.number,
        total=stand.total,
        before=address_of(stand.before) if stand.before else None,
        after=address_of(stand.after) if stand.after else None,
    )


def place_of_step(workspace_id: UUID, number: int) -> str | None:
    place: Place | None = steps.place_of_step(live(), _whose(workspace_id), number, _hidden(workspace_id))
    return address_of(place) if place else None


def _whose(workspace_id: UUID) -> Collection[UUID]:
    """A child's steps are its own. Whoever looks back from an anchor steps through its trees, and not through
    what workspaces did that have left them."""
    place = place_of(workspace_id)
    if place is None or place.parent_id is not None or not may(place.standings, Permission.SEE_TREE):
        return [workspace_id]
    return [workspace_id, *(tree.tree_id for tree in SUBSCRIPTIONS.of_anchor(live(), workspace_id))]


def _hidden(workspace_id: UUID) -> Hidden:
    place = place_of(workspace_id)
    return hidden_from(place, live()) if place else NOTHING


def _told(workspace_id: UUID, row: TimelineRow) -> str:
    """In the words of the timeline, and to a child's people without a name of the agency's."""
    line = line_of_row(row)
    names, given = names_of([row], there=live())
    place = place_of(workspace_id)
    leads = place is not None and may(place.standings, Permission.SEE_TREE)
    if leads and (row.tree_id is None or leads_tree(row.tree_id)):
        return sentence(line, AsOf(names=names, given=given, position=row.position))
    insiders = members_ever_in(live(), workspace_id)
    return sentence(line, SeenFromInside(names=names, given=given, position=row.position, insiders=insiders))
