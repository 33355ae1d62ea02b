"""Overage side by side: do what we counted, what Stripe holds and what was billed agree, to the event?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from projections.catalogue import POOLED_USAGE
from projections.history.wording import counted as numbered
from projections.invoice_history import InvoiceRow
from projections.pooled_usage import CycleUsage
from projections.subscriptions import SubscriptionRow
from web.access import db, now
from web.pages.billed import Invoice, cycle_of_line

BILLED_WITHIN = timedelta(hours=2)  # Stripe opens an invoice about an hour after the cycle
BILLED = frozenset({"draft", "open", "paid", "uncollectible"})


class Verdict(StrEnum):
    AGREE = "agree"
    ON_ITS_WAY = "on its way"
    DIFFER = "differ"


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """The overage of one cycle; `invoice` is the newest with lines of it, `invoiced` all their events."""

    cycle: CycleUsage
    over_for: timedelta | None  # None while it runs
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
        for told in (self._never(), self._until_reported(), self._at_stripe(), self._on_the_invoice()):
            if told is not None:
                return told
        nothing = self.counted == 0
        return Verdict.AGREE, "Nothing is above the pool." if nothing else "They agree, to the event."

    def _never(self) -> tuple[Verdict, str] | None:
        """Neither a report nor an invoice comes any more."""
        if self.over_for is None or self.over_for <= BILLED_WITHIN:
            return None
        if self.invoiced is not None or not self.counted:
            return None
        lacks = f"The cycle is over, and no invoice has its {_events(self.counted)} above the pool"
        return Verdict.DIFFER, f"{lacks}: not billed. Please tell support."

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
        if self.over_for is None or self.invoiced == self.counted:
            return None
        if self.invoiced is None:
            if not self.counted:
                return None
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
    trees: Sequence[SubscriptionRow],
    invoices: Sequence[Invoice],
    *,
    active: SubscriptionRow | None,
    usage: CycleUsage | None,
) -> list[SideBySide]:
    """Every cycle of all trees that this workspace was the anchor of, the newest first; `usage` is that
    of the active tree's running cycle, which Stripe may not have named yet."""
    found: list[SideBySide] = []
    for tree in trees:
        running = usage if tree == active else None
        cycles = POOLED_USAGE.cycles_of_tree(db(), tree.tree_id)
        if running is not None:
            others = (one for one in cycles if one.cycle_started_at != running.cycle_started_at)
            cycles = [running, *others]
        found += _of_tree(tree, cycles, running, invoices)
    return sorted(found, key=lambda one: one.cycle.cycle_started_at, reverse=True)


def _of_tree(
    tree: SubscriptionRow,
    cycles: Sequence[CycleUsage],
    running: CycleUsage | None,
    invoices: Sequence[Invoice],
) -> list[SideBySide]:
    billed: dict[datetime, list[tuple[InvoiceRow, int]]] = {one.cycle_started_at: [] for one in cycles}
    for invoice, lines in invoices:
        if invoice.tree_id != tree.tree_id or invoice.status not in BILLED:
            continue
        for line in lines:
            if line.is_overage and (cycle := cycle_of_line(line, cycles)):
                billed[cycle.cycle_started_at].append((invoice, line.quantity))
    found = []
    for cycle in cycles:
        of_cycle = billed[cycle.cycle_started_at]
        ended_at = min(cycle.cycle_ends_at, tree.ended_at or cycle.cycle_ends_at)
        found.append(
            SideBySide(
                cycle=cycle,
                over_for=None if cycle is running else now() - ended_at,
                invoice=of_cycle[0][0] if of_cycle else None,
                invoiced=sum(events for _, events in of_cycle) if of_cycle else None,
            )
        )
    return found


def _events(number: int) -> str:
    return numbered(number, "event")
