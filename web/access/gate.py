"""The gate: does what somebody names exist for them?

What one may not see does not exist: the answer to a stranger is the same 404 as for a true miss. It is
asked of the present, also by who looks back: whoever was removed sees nothing of the past either.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import abort, g

from domain.permissions import Permission, may
from projections.catalogue import ACCESS
from projections.places import Place
from web.access.reading import live, present, read_of
from web.access.who import is_staff, person


def place_of(workspace_id: UUID) -> Place | None:
    """The workspace as the one who asks stands in it just now; None also if it is not theirs to see.

    Asked once of a snapshot: whoever reads again asks again.
    """
    known: dict[tuple[UUID, UUID], Place | None] = g.setdefault("places", {})
    asked = person(), workspace_id
    if asked not in known:
        known[asked] = _if_staff(ACCESS.place_of(live(), *asked, present()))
    return known[asked]


def places_of() -> list[Place]:
    """Every workspace that the one who asks may see just now."""
    found = (_if_staff(place) for place in ACCESS.places_of(live(), person(), present()))
    return [place for place in found if place is not None]


def _if_staff(place: Place | None) -> Place | None:
    """A look is worth something only while who looks works in support."""
    if place is None or not place.looks or is_staff():
        return place
    ordinary = replace(place, looks=False)
    return ordinary if ordinary.standings else None


def place_or_404(workspace_id: UUID, permission: Permission = Permission.SEE_WORKSPACE) -> Place:
    """The workspace, if the person who asks may do this there; 404 otherwise, never 403."""
    place = place_of(workspace_id)
    if place is None or not may(place.standings, permission):
        abort(404)
    read_place(place)
    return place


def read_place(place: Place) -> None:
    """Whoever may see the whole tree reads the rows of all that is or was part of it. Whoever sees the
    invoices of a workspace by a role in itself reads what it led before it came into this tree."""
    if place.workspace_id in g.setdefault("places_read", set()):
        return
    g.places_read.add(place.workspace_id)
    leads = {place.anchor_id} if may(place.standings, Permission.SEE_TREE) else set()
    if may(place.own_standings, Permission.SEE_INVOICES):
        leads.add(place.workspace_id)
    read_of(place.workspace_id, *(one for led in sorted(leads) for one in ACCESS.led_by(live(), led)))


def anchor_or_404(tree_id: UUID, permission: Permission) -> Place:
    """The anchor of a tree, also of one that has ended, for those who may act on the whole of it."""
    person()
    anchor_id = ACCESS.anchor_of(live(), tree_id)
    # Asked also for a tree that never was, so that it takes as long as one that is somebody else's.
    place = place_or_404(anchor_id or tree_id, permission)
    return place if anchor_id and reaches_what_it_led(place) else abort(404)


def reaches_what_it_led(place: Place) -> bool:
    """What a workspace led before it came into a tree is its own: who leads it from above has no part."""
    return place.parent_id is None or may(place.own_standings, Permission.SEE_INVOICES)
