"""Which facts of a workspace does the person who asks not read there?"""

from __future__ import annotations

from domain.facts_shown import hidden_names
from domain.permissions import Permission, may
from projections.hidden import Hidden
from projections.history.names import trees_ever_of
from projections.places import Place
from projections.projection import Db
from web.pages.here import leads_tree, shown_to


def hidden_from(place: Place, there: Db) -> Hidden:
    """By the rights of today, also of what was; what an agency knows of a workspace stays with it when the
    workspace leaves it."""
    shown = shown_to(place)

    def may_read(permission: Permission) -> bool:
        return may(place.standings, permission) and shown.lets(permission)

    names = hidden_names(may_read)
    if not may_read(Permission.SEE_TREE):
        return Hidden(names=names)
    trees = trees_ever_of(there, place.workspace_id)
    led = frozenset(tree_id for tree_id in trees if leads_tree(tree_id))
    return Hidden(names=names, led=None if led == trees else led)
