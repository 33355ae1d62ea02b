"""The gate: does what somebody names exist for them?

What one may not see does not exist: the answer to a stranger is the same 404 as for a true miss.
"""

from __future__ import annotations

from uuid import UUID

from flask import abort

from domain.permissions import Permission, may
from projections.access import Place
from projections.catalogue import ACCESS
from web.access.reading import db
from web.access.who import person


def place_or_404(workspace_id: UUID, permission: Permission = Permission.SEE_WORKSPACE) -> Place:
    """The workspace, if the person who asks may do this there; 404 otherwise, never 403."""
    place = ACCESS.place_of(db(), person(), workspace_id)
    if place is None or not may(place.standings, permission):
        abort(404)
    return place


def anchor_or_404(tree_id: UUID, permission: Permission = Permission.SEE_TREE) -> Place:
    """The anchor of a tree, also of one that has ended, for those who may act on the whole of it."""
    person()
    anchor_id = ACCESS.anchor_of(db(), tree_id)
    if anchor_id is None:
        abort(404)
    return place_or_404(anchor_id, permission)
