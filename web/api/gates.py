"""Which workspace does a key speak for, and what may it read and change there?

A key of a child speaks for the client: it reads and changes what the agency shows them, and no more. A key of
an anchor reads the agency, too; for any other key there is none.
"""

from __future__ import annotations

from uuid import UUID

from flask import abort

from domain.facts_shown import hidden_names
from domain.permissions import Permission, Standing, may
from domain.visibility import EVERYTHING, NEEDS, Area, Level, Visibility
from projections.catalogue import ACCESS, DASHBOARD, VISIBILITY
from projections.dashboard import DashboardRow
from projections.hidden import NOTHING, Hidden
from web.access import db, read_of
from web.api.authorized import caller
from web.api.known_keys import Caller
from web.errors import ApiError

NOT_YET = "This workspace was opened a moment ago and cannot be read yet."


def workspace_of_key() -> DashboardRow:
    """Of a key with the scope `read`, as the followed screens show it, like all that is answered with it; the
    key only lets in."""
    who = caller("read")
    if not _shown(who.workspace_id).reaches(Area.DASHBOARD, Level.VIEW):
        abort(404)
    return _with_its_tree(_row(who))


def anchor_of_key() -> DashboardRow:
    """The workspace of a key with the scope `read`, if it leads an agency."""
    return _anchor_of(caller("read"))


def manager_of_anchor() -> tuple[Caller, DashboardRow]:
    """Who asks, with the scope `manage`, and their workspace, if it leads an agency."""
    who = caller("manage")
    anchor = _anchor_of(who)
    _refuse_test_key(who)
    return who, anchor


def reader_of_key(*permissions: Permission) -> DashboardRow:
    """The workspace of a key with the scope `read`, if one of these is shown to it."""
    who = caller("read")
    return _row(who) if any(shows_key(who.workspace_id, one) for one in permissions) else abort(404)


def manager_of_key(permission: Permission) -> tuple[Caller, DashboardRow]:
    """Who asks, with the scope `manage`, and their workspace, in which this is theirs to change."""
    who = caller("manage")
    if not shows_key(who.workspace_id, permission):
        abort(404)
    area, needed = NEEDS[permission]
    if not _shown(who.workspace_id).reaches(area, needed):
        raise ApiError(
            403,
            "view_only",
            "The agency lets this workspace look at this, and not change it.",
            "Ask the agency, which sets what its clients may change.",
        )
    _refuse_test_key(who)
    return who, _row(who)


def shows_key(workspace_id: UUID, permission: Permission) -> bool:
    """Whether what this is about may be looked at by a key of the workspace."""
    area, _ = NEEDS[permission]
    return _shown(workspace_id).reaches(area, Level.VIEW)


def hidden_from_key(row: DashboardRow) -> Hidden:
    """Which facts a key of this workspace does not hear of: one of a child reads as its auditor does."""
    place = ACCESS.workspace(db(), row.workspace_id)
    if place is None or place.parent_id is None:
        return NOTHING
    who, shown = frozenset({Standing.CHILD_AUDITOR}), _shown(row.workspace_id)

    def may_read(permission: Permission) -> bool:
        return may(who, permission) and shown.lets(permission)

    return Hidden(names=hidden_names(may_read))


def _shown(workspace_id: UUID) -> Visibility:
    place = ACCESS.workspace(db(), workspace_id)
    is_child = place is not None and place.parent_id is not None
    return VISIBILITY.in_workspace(db(), workspace_id) if is_child else EVERYTHING


def _refuse_test_key(who: Caller) -> None:
    if not who.counts:
        hint = "Make a live key with the scope 'manage'."
        raise ApiError(403, "live_key_needed", "A test key changes nothing.", hint)


def _anchor_of(who: Caller) -> DashboardRow:
    row = _row(who)
    return abort(404) if row.tree_id is None or row.parent_id is not None else _with_its_tree(row)


def _with_its_tree(row: DashboardRow) -> DashboardRow:
    if row.parent_id is None:
        read_of(*ACCESS.led_by(db(), row.workspace_id))
    return row


def _row(who: Caller) -> DashboardRow:
    return DASHBOARD.in_workspace(db(), who.workspace_id) or abort(503, NOT_YET)
