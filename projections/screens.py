"""Screens: which rows does each of them show, of a workspace and to whom, at an instant?

The pages ask the same questions one by one; here they are answered together, for programs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.tree import TreeStatus
from projections.catalogue import (
    DAILY_USAGE,
    DASHBOARD,
    INVOICE_HISTORY,
    MEMBERS,
    POOLED_USAGE,
    SUBSCRIPTIONS,
    VISIBILITY,
)
from projections.dashboard import DashboardRow
from projections.pooled_usage import CycleUsage
from projections.projection import Db
from projections.running import cycles_of_tree, usage_in_workspace, usage_of_pool
from projections.subscriptions import SubscriptionRow

Shown = dict[str, Any]  # by name: a row, rows, or None where there is none


class Screen(StrEnum):
    OVERVIEW = "overview"
    WORKSPACES = "workspaces"
    MEMBERS = "members"
    BILLING = "billing"
    POOL = "pool"
    INVOICES = "invoices"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A workspace as somebody asks for it; `leads` who may see the whole tree, as far as there is one."""

    db: Db
    row: DashboardRow
    leads: bool
    at: datetime

    @property
    def of_tree(self) -> bool:
        return self.leads and self.row.parent_id is None

    @property
    def subscription(self) -> SubscriptionRow | None:
        return SUBSCRIPTIONS.of_tree(self.db, self.row.tree_id) if self.row.tree_id and self.of_tree else None

    @property
    def trees(self) -> list[SubscriptionRow]:
        """Which it pays or paid for; as somebody's child, those that ended."""
        found = SUBSCRIPTIONS.of_anchor(self.db, self.row.workspace_id)
        is_child = self.row.parent_id is not None
        return [tree for tree in found if not is_child or tree.status == TreeStatus.ENDED]


def shown(db: Db, screen: Screen, workspace_id: UUID, at: datetime, *, leads: bool) -> Shown | None:
    """None if there is no such workspace then, or no such screen of it for who asks."""
    row = DASHBOARD.in_workspace(db, workspace_id)
    if row is None:
        return None
    asked = Asked(db=db, row=row, leads=leads, at=at)
    if screen in OF_TREE and not asked.of_tree:
        return None
    return SCREENS[screen](asked)


def _overview(asked: Asked) -> Shown:
    subscription = asked.subscription
    if subscription is None:
        own = usage_in_workspace(asked.db, asked.row, asked.at)
        return {"workspace": asked.row, "own_usage": own}
    usage = usage_of_pool(asked.db, subscription, asked.at)
    return {
        "workspace": asked.row,
        "subscription": subscription,
        "usage": usage,
        "workspaces": DASHBOARD.of_tree(asked.db, subscription.tree_id),
        "draws": POOLED_USAGE.of_tree(asked.db, subscription.tree_id, usage.cycle_started_at),
    }


def _workspaces(asked: Asked) -> Shown:
    tree_id = asked.row.tree_id
    rows = DASHBOARD.of_tree(asked.db, tree_id) if tree_id else []
    children = [row.workspace_id for row in rows if row.parent_id is not None]
    visible = VISIBILITY.in_workspaces(asked.db, children)
    return {
        "subscription": asked.subscription,
        "workspaces": rows,
        "visibility": [{"workspace_id": one, **levels.levels()} for one, levels in visible.items()],
        "visibility_defaults": VISIBILITY.defaults_of_tree(asked.db, tree_id).levels() if tree_id else None,
    }


def _members(asked: Asked) -> Shown:
    return {
        "members": MEMBERS.in_workspace(asked.db, asked.row.workspace_id),
        "invitations": MEMBERS.invited_to(asked.db, asked.row.workspace_id),
    }


def _billing(asked: Asked) -> Shown:
    active = next((tree for tree in asked.trees if tree.status == TreeStatus.ACTIVE), None)
    return {
        "subscriptions": asked.trees,
        "own_usage": usage_in_workspace(asked.db, asked.row, asked.at),
        "cycles": cycles_of_tree(asked.db, active, asked.at) if active else [],
        **_invoices(asked),
    }


def _pool(asked: Asked) -> Shown:
    subscription = asked.subscription
    if subscription is None:
        own = usage_in_workspace(asked.db, asked.row, asked.at)
        days = DAILY_USAGE.of_tree(asked.db, own.pool_id, own.cycle.started_at)
        return {"cycle": None, "own_usage": own, "draws": [], "days": days}
    cycle: CycleUsage = usage_of_pool(asked.db, subscription, asked.at)
    return {
        "cycle": cycle,
        "own_usage": None,
        "draws": POOLED_USAGE.of_tree(asked.db, subscription.tree_id, cycle.cycle_started_at),
        "days": DAILY_USAGE.of_tree(asked.db, subscription.tree_id, cycle.cycle_started_at),
    }


def _invoices(asked: Asked) -> Shown:
    found = [invoice for tree in asked.trees for invoice in INVOICE_HISTORY.of_tree(asked.db, tree.tree_id)]
    newest_first = sorted(found, key=lambda invoice: invoice.created_at, reverse=True)
    return {
        "invoices": [
            {
                "invoice": one,
                "lines": INVOICE_HISTORY.lines_of_tree(asked.db, one.tree_id, one.invoice_id),
                "course": INVOICE_HISTORY.course_of_tree(asked.db, one.tree_id, one.invoice_id),
            }
            for one in newest_first
        ]
    }


SCREENS: dict[Screen, Callable[[Asked], Shown]] = {
    Screen.OVERVIEW: _overview,
    Screen.WORKSPACES: _workspaces,
    Screen.MEMBERS: _members,
    Screen.BILLING: _billing,
    Screen.POOL: _pool,
    Screen.INVOICES: _invoices,
}
OF_TREE = frozenset({Screen.WORKSPACES, Screen.BILLING, Screen.POOL})
