"""Which of the trees that a workspace was the anchor of is meant."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from domain.refusals import Refusal, Refused
from domain.tree import TreeStatus
from projections.catalogue import SUBSCRIPTIONS
from projections.subscriptions import SubscriptionRow
from web.access import db

Trees = Sequence[SubscriptionRow]  # the one chosen last first


def trees_of(workspace_id: UUID) -> list[SubscriptionRow]:
    return SUBSCRIPTIONS.of_anchor(db(), workspace_id)


def active_in(trees: Trees) -> SubscriptionRow | None:
    return _first(trees, TreeStatus.ACTIVE)


def awaiting_in(trees: Trees) -> SubscriptionRow | None:
    """The one to pay for; while another is paid for, nobody waits for it."""
    return None if active_in(trees) else _first(trees, TreeStatus.AWAITING_PAYMENT)


def current_in(trees: Trees, otherwise: Refusal) -> SubscriptionRow:
    """The one that is paid for, or else the newest, whatever became of it: it says itself what it refuses."""
    if not trees:
        raise Refused(otherwise)
    return active_in(trees) or trees[0]


def agency_tree_id(workspace_id: UUID) -> UUID:
    """Of what an agency changes in itself; refused where the workspace never was the anchor of one."""
    return current_in(trees_of(workspace_id), Refusal.NO_AGENCY_PLAN).tree_id


def paid_in(trees: Trees) -> SubscriptionRow:
    """The newest one that was ever paid for, whatever became of it: it says itself what it refuses."""
    paid = [tree for tree in trees if tree.subscription_id]
    return current_in(paid, Refusal.NOT_SUBSCRIBED)


def _first(trees: Trees, status: TreeStatus) -> SubscriptionRow | None:
    return next((tree for tree in trees if tree.status == status), None)
