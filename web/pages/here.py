"""Here: the workspace that a page is about, as the one who asks may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from flask import abort, g

from domain.permissions import SEEING, Permission, Standing, may
from domain.plans import PLANS, Plan
from domain.visibility import EVERYTHING, Area, Level, Visibility, binds
from projections.catalogue import ACCESS, DASHBOARD, VISIBILITY
from projections.dashboard import DashboardRow
from projections.history.wording import instant
from projections.places import Place
from web.access import (
    db,
    live,
    look_no_further,
    looking_back,
    place_of,
    place_or_404,
    reaches_what_it_led,
    read_again,
    read_place,
)
from web.services import services

BEFORE = "“{name}” was not there at that moment. It was opened on {opened_at}; look back to a later one."
NOT_YET = "This workspace was opened a moment ago, and its pages are on their way. Reload in a second."


@dataclass(frozen=True, kw_only=True)
class Here:
    """What the workspace is comes from the followed screens, like all else on a page, so a page never
    shows half of a change; the gate only lets in."""

    row: DashboardRow
    name: str
    standings: frozenset[Standing]
    above: frozenset[Standing]  # in the anchor, or here if it stands alone
    shown: Visibility  # to the one who asks
    only_looks: bool = False  # back: what was cannot be changed any more

    @property
    def workspace_id(self) -> UUID:
        return self.row.workspace_id

    @property
    def anchor_id(self) -> UUID:
        return self.row.parent_id or self.row.workspace_id

    @property
    def is_child(self) -> bool:
        return self.row.parent_id is not None

    @property
    def plan(self) -> Plan:
        return PLANS[self.row.plan]

    @property
    def leads(self) -> bool:
        """May see the whole tree, or all of the workspace that stands alone."""
        return may(self.above, Permission.SEE_TREE)

    @property
    def may_switch_to_anchor(self) -> bool:
        return self.is_child and self.leads

    @property
    def may_create_children(self) -> bool:
        return may(self.above, Permission.CREATE_CHILD) and self.has_agency and not self.only_looks

    @property
    def has_agency(self) -> bool:
        return self.row.tree_id is not None and self.plan.may_be_agency

    def may(self, permission: Permission) -> bool:
        """In the past nobody does anything."""
        return self.could(permission) and (not self.only_looks or permission in SEEING)

    def could(self, permission: Permission) -> bool:
        return may(self.standings, permission) and self.shown.lets(permission)

    @property
    def sees_agents(self) -> bool:
        return self.could(Permission.SEE_PROMPTS) or self.could(Permission.SEE_CONFIGURATION)

    def shows(self, area: Area | str, level: Level | str = Level.VIEW) -> bool:
        return self.shown.reaches(Area(area), Level(level))


# The gates of pages.


def here_or_404(
    workspace_id: UUID,
    permission: Permission = Permission.SEE_WORKSPACE,
    *,
    area: Area | None = None,
    level: Level = Level.VIEW,
) -> Here:
    """For whoever may do this here, and to whom the agency shows the area that the page is about."""
    here = here_of(place_or_404(workspace_id, permission))
    if not here.may(permission) or (area is not None and not here.shows(area, level)):
        abort(404)
    return here


def lead_or_404(workspace_id: UUID, permission: Permission) -> Here:
    """An anchor, or a workspace that stands alone, for those who lead it; a child has no such page."""
    here = here_or_404(workspace_id, permission)
    if here.is_child or not here.leads:
        abort(404)
    return here


def own_or_404(workspace_id: UUID, permission: Permission) -> Here:
    """For those who may do it by what they are in this very workspace, whichever agency it is part of."""
    place = place_or_404(workspace_id, permission)
    if not may(place.own_standings, permission):
        abort(404)
    return here_of(place)


def leads_tree(tree_id: UUID) -> bool:
    """Whether the one who asks may read the history of a tree, also of one that has ended."""
    anchor_id = ACCESS.anchor_of(live(), tree_id)
    place = place_of(anchor_id) if anchor_id else None
    if place is None or not may(place.standings, Permission.SEE_TREE) or not reaches_what_it_led(place):
        return False
    read_place(place)
    return True


def look_again() -> None:
    """Forget what this request has read, after a command of it changed something."""
    g.pop("here", None)
    read_again()


def here_of(place: Place) -> Here:
    if "here" not in g or g.here.workspace_id != place.workspace_id:
        read_place(place)
        row = DASHBOARD.in_workspace(db(), place.workspace_id)
        if row is None:
            _not_there(place.workspace_id)
        g.here = Here(
            row=row,
            name=services().vault.text(row.workspace_id, row.name_digest),
            standings=place.standings,
            above=_above(place, row),
            shown=shown_to(place),
            only_looks=looking_back() is not None,
        )
    found: Here = g.here
    return found


def _not_there(workspace_id: UUID) -> NoReturn:
    look_no_further()
    row = DASHBOARD.in_workspace(live(), workspace_id)
    if row is None:
        abort(503, NOT_YET)
    name = services().vault.text(row.workspace_id, row.name_digest)
    abort(400, BEFORE.format(name=name, opened_at=instant(row.opened_at)))


def shown_to(place: Place) -> Visibility:
    if not binds(place.standings, is_child=place.parent_id is not None):
        return EVERYTHING
    return VISIBILITY.in_workspace(live(), place.workspace_id)


def _above(place: Place, row: DashboardRow) -> frozenset[Standing]:
    """Asked of the anchor that the screens name, since the gate may be a moment ahead of them."""
    anchor: Place | None = place
    if row.parent_id is not None:
        anchor = place_of(row.parent_id)
    elif not reaches_what_it_led(place):  # it stood alone at the moment that is looked back to
        return place.own_standings
    if anchor is None:
        return frozenset()
    read_place(anchor)
    return anchor.standings
