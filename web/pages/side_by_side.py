"""Overage side by side: do what we counted, what Stripe holds and what was billed agree, to the event?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from projections.catalogue import INVOICE_HISTORY, POOLED_USAGE
from projections.history.wording import counted as numbered
from projections.invoice_history import InvoiceRow
from projections.pooled_usage import CycleUsage
from projections.subscriptions import SubscriptionRow
from web.access import db
from web.usage import cycles_of_tree, usage_of_pool

SAME = timedelta(seconds=1)  # Stripe knows whole seconds
BILLED = frozenset({"draft", "open", "paid", "uncollectible"})


class Verdict(StrEnum):
    AGREE = "agree"
    ON_ITS_WAY = "on its way"
    DIFFER = "differ"


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """The overage of one cycle; `invoice` is that of the cycle, `invoiced` its events above the pool."""

    cycle: CycleUsage
    is_running: bool
    invoice: InvoiceRow | None
    invoiced: int | None

    @property
    def counted(self) -> int:
        return self.cycle.overage_events

    @property
    def verdict(self) -> Verdict:
        return self._told[0]

    @property
    def said(self) -> str:
        """By how much they differ, and what happens next."""
        return self._told[1]

    @property
    def _told(self) -> tuple[Verdict, str]:
        """The first difference on the way from our count to the invoice."""
        for told in (self._until_reported(), self._at_stripe(), self._on_the_invoice()):
            if told is not None:
                return told
        nothing = self.counted == 0
        return Verdict.AGREE, "Nothing is above the pool." if nothing else "They agree, to the event."

    def _until_reported(self) -> tuple[Verdict, str] | None:
        cycle = self.cycle
        if unclaimed := self.counted - cycle.claimed:
            next_step = "they are reported within the hour."
            return Verdict.ON_ITS_WAY, f"{_events(unclaimed)} not reported yet: {next_step}"
        if under_way := cycle.claimed - cycle.reported:
            next_step = "they are sent again until Stripe has taken them."
            return Verdict.ON_ITS_WAY, f"{_events(under_way)} on the way to Stripe: {next_step}"
        return None

    def _at_stripe(self) -> tuple[Verdict, str] | None:
        held, reported = self.cycle.held, self.cycle.reported
        if held is None:
            next_step = "It is compared by itself."
            return (Verdict.ON_ITS_WAY, f"Stripe’s meter was not read yet. {next_step}") if reported else None
        if held > reported:
            return Verdict.DIFFER, f"Stripe holds {_events(held - reported)} too many. Please tell support."
        if held == reported:
            return None
        if self.invoiced == self.counted:
            return None  # what was billed was held, whatever the meter showed when it was read
        lacks = f"Stripe’s meter showed {_events(reported - held)} fewer when it was read"
        if self._is_final:
            return Verdict.DIFFER, f"{lacks}. The invoice is final, so they are not billed any more."
        return Verdict.ON_ITS_WAY, f"{lacks}. What it still lacks after an hour is reported once more."

    def _on_the_invoice(self) -> tuple[Verdict, str] | None:
        if self.is_running or self.invoiced == self.counted or (self.invoice is None and not self.counted):
            return None
        if self.invoice is None or self.invoiced is None:
            return Verdict.ON_ITS_WAY, "The invoice of this cycle has not come yet."
        missing = self.counted - self.invoiced
        differs = f"The invoice has {_events(abs(missing))} too {'few' if missing > 0 else 'many'}"
        if not self._is_final:
            return Verdict.ON_ITS_WAY, f"{differs}. It is a draft, and is brought up to date."
        return Verdict.DIFFER, f"{differs}, and is final. Please tell support."

    @property
    def _is_final(self) -> bool:
        return self.invoice is not None and self.invoice.status != "draft"


def side_by_side(
    trees: Sequence[SubscriptionRow], active: SubscriptionRow | None, invoices: Sequence[InvoiceRow]
) -> list[SideBySide]:
    """Every cycle of all trees that this workspace was the anchor of, the newest first."""
    found = []
    for tree in trees:
        running = usage_of_pool(tree).cycle_started_at if tree == active else None
        cycles = cycles_of_tree(tree) if tree == active else POOLED_USAGE.cycles_of_tree(db(), tree.tree_id)
        of_tree = [invoice for invoice in invoices if invoice.tree_id == tree.tree_id]
        found += [_beside(cycle, of_tree, cycle.cycle_started_at == running) for cycle in cycles]
    return sorted(found, key=lambda one: one.cycle.cycle_started_at, reverse=True)


def _beside(cycle: CycleUsage, invoices: Sequence[InvoiceRow], is_running: bool) -> SideBySide:
    of_cycle = [one for one in invoices if one.status in BILLED and _is_of(one, cycle)]
    lines = [
        line
        for invoice in of_cycle
        for line in INVOICE_HISTORY.lines_of_tree(db(), invoice.tree_id, invoice.invoice_id)
        if line.is_overage
    ]
    return SideBySide(
        cycle=cycle,
        is_running=is_running,
        invoice=of_cycle[0] if of_cycle else None,
        invoiced=sum(line.quantity for line in lines) if of_cycle else None,
    )


def _is_of(invoice: InvoiceRow, cycle: CycleUsage) -> bool:
    """Stripe bills usage in arrears: the invoice that ends a cycle has the cycle as its period."""
    if invoice.period_ends_at == invoice.period_started_at:
        return False  # the first one, or one of a change within a cycle
    return abs(invoice.period_started_at - cycle.cycle_started_at) < SAME


def _events(number: int) -> str:
    return numbered(number, "event")
