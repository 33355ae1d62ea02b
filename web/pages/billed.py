"""Billed: what does an invoice hold, and which workspaces caused its overage?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import abort

from domain.permissions import Permission
from domain.shares import shares_of
from domain.tree import TreeStatus
from projections.catalogue import DASHBOARD, INVOICE_HISTORY, POOLED_USAGE
from projections.history.names import NAMELESS
from projections.invoice_history import CourseRow, InvoiceLineRow, InvoiceRow
from projections.pooled_usage import CycleUsage
from projections.subscriptions import SubscriptionRow
from web.access import db
from web.pages.here import Here, own_or_404
from web.pages.trees import trees_of
from web.pools import names_in_tree

Invoice = tuple[InvoiceRow, list[InvoiceLineRow]]


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one workspace drew in the cycle, and its part of the overage."""

    workspace_id: UUID
    name: str
    is_deleted: bool
    events: int
    share_cents: int


@dataclass(frozen=True, kw_only=True)
class OverageBilled:
    """The tiers of one cycle's overage on an invoice, and whose they are."""

    cycle: CycleUsage
    lines: list[InvoiceLineRow]
    shares: list[Share]

    @property
    def events(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def amount_cents(self) -> int:
        return sum(line.amount_cents for line in self.lines)

    def events_before(self, line: InvoiceLineRow) -> int:
        """Above the pool and in the tiers before this one."""
        return sum(one.quantity for one in self.lines if one.line < line.line)


@dataclass(frozen=True, kw_only=True)
class Billed:
    here: Here
    invoice: InvoiceRow
    lines: list[InvoiceLineRow]
    course: list[CourseRow]
    overages: list[OverageBilled]

    def overage_of(self, line: InvoiceLineRow) -> OverageBilled | None:
        return next((overage for overage in self.overages if line in overage.lines), None)


def billed_or_404(
    workspace_id: UUID, invoice_id: str, permission: Permission = Permission.SEE_INVOICES
) -> Billed:
    """An invoice of any tree that this workspace was the anchor of."""
    here, trees = billed_trees_or_404(workspace_id, permission)
    invoice = next((one for one in invoices_of(trees) if one.invoice_id == invoice_id), None)
    return _billed(here, invoice) if invoice else abort(404)


def billed_trees_or_404(
    workspace_id: UUID, permission: Permission = Permission.SEE_INVOICES
) -> tuple[Here, list[SubscriptionRow]]:
    """The trees that this workspace was the anchor of, for who may read what they were billed.

    One that another agency has adopted keeps what it was billed before: its own owners, admins and
    auditors read it, and whoever leads that agency does not.
    """
    here = own_or_404(workspace_id, permission)
    trees = trees_billed(here)
    if here.is_child and not trees:
        abort(404)
    return here, trees


def trees_billed(here: Here) -> list[SubscriptionRow]:
    return [
        tree for tree in trees_of(here.workspace_id) if not here.is_child or tree.status == TreeStatus.ENDED
    ]


def with_lines(invoices: Sequence[InvoiceRow]) -> list[Invoice]:
    lines = INVOICE_HISTORY.lines_of_invoices(db(), [one.invoice_id for one in invoices])
    return [(one, lines[one.invoice_id]) for one in invoices]


def cycle_of_line(line: InvoiceLineRow, cycles: Sequence[CycleUsage]) -> CycleUsage | None:
    """Which cycle's overage a line bills; `cycles` are the newest first, should two of them overlap."""
    at = line.period_started_at
    return next((one for one in cycles if one.cycle_started_at <= at < one.cycle_ends_at), None)


def invoices_of(trees: list[SubscriptionRow]) -> list[InvoiceRow]:
    """The newest first."""
    found = [invoice for tree in trees for invoice in INVOICE_HISTORY.of_tree(db(), tree.tree_id)]
    return sorted(found, key=lambda invoice: invoice.created_at, reverse=True)


def _billed(here: Here, invoice: InvoiceRow) -> Billed:
    lines = INVOICE_HISTORY.lines_of_tree(db(), invoice.tree_id, invoice.invoice_id)
    return Billed(
        here=here,
        invoice=invoice,
        lines=lines,
        course=INVOICE_HISTORY.course_of_tree(db(), invoice.tree_id, invoice.invoice_id),
        overages=_overages(invoice.tree_id, [line for line in lines if line.is_overage]),
    )


def _overages(tree_id: UUID, lines: list[InvoiceLineRow]) -> list[OverageBilled]:
    """Usually of one cycle; an overage of no cycle that is known is left without shares."""
    by_cycle: dict[datetime, list[InvoiceLineRow]] = {}
    cycles = POOLED_USAGE.cycles_of_tree(db(), tree_id) if lines else []
    for line in lines:
        if cycle := cycle_of_line(line, cycles):
            by_cycle.setdefault(cycle.cycle_started_at, []).append(line)
    return [
        OverageBilled(cycle=cycle, lines=found, shares=_shares(tree_id, cycle, found))
        for cycle in cycles
        if (found := by_cycle.get(cycle.cycle_started_at))
    ]


def _shares(tree_id: UUID, cycle: CycleUsage, lines: list[InvoiceLineRow]) -> list[Share]:
    rows = POOLED_USAGE.of_tree(db(), tree_id, cycle.cycle_started_at)
    drawn = {row.workspace_id: row.events for row in rows}
    amount_cents = sum(line.amount_cents for line in lines)
    if amount_cents < 0 or not sum(drawn.values()):  # nothing that anybody here has caused
        return []
    cents, names = shares_of(amount_cents, drawn), names_in_tree(tree_id)
    return [
        Share(
            workspace_id=one,
            name=names.get(one, NAMELESS),
            is_deleted=DASHBOARD.in_workspace(db(), one) is None,
            events=events,
            share_cents=cents[one],
        )
        for one, events in drawn.items()
    ]
