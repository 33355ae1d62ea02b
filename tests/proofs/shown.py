"""What the followed screens show of a tree."""

from __future__ import annotations

from projections.catalogue import DASHBOARD, SUBSCRIPTIONS
from tests.house import House
from tests.proofs.groves import Grown


def workspaces_shown(house: House, tree: Grown) -> tuple[int, str | None]:
    """How many the screens show in the tree, and the state of its subscription."""
    with house.database.reading() as db:
        subscription = SUBSCRIPTIONS.of_tree(db, tree.tree_id)
        return len(DASHBOARD.of_tree(db, tree.tree_id)), subscription.status if subscription else None
