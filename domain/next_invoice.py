"""What will the next invoice of a subscription hold, as far as the rules tell before it comes?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.plans import PLANS, OverageBand, Plan, cents_of_micros, overage_bands


@dataclass(frozen=True, kw_only=True)
class NextInvoice:
    """The plan in advance, for the cycle that begins then; overage for the one that ends."""

    at: datetime
    plan: Plan | None  # None: there is no next cycle
    changes_plan: bool
    ends_at: datetime | None  # a scheduled end, which may be later than this invoice
    overage_events: int

    @property
    def plan_cents(self) -> int:
        return self.plan.price_cents if self.plan else 0

    @property
    def tiers(self) -> list[tuple[OverageBand, int]]:
        """Each with its cents on the invoice."""
        return tiers_of(self.overage_events)

    @property
    def overage_cents(self) -> int:
        return invoiced_cents(self.overage_events)

    @property
    def total_cents(self) -> int:
        return self.plan_cents + self.overage_cents

    @property
    def is_nothing(self) -> bool:
        """No invoice will come, unless something more is used until then."""
        return self.plan is None and not self.overage_events


def tiers_of(overage_events: int) -> list[tuple[OverageBand, int]]:
    """As on an invoice, where each tier is a line of its own and is rounded by itself."""
    return [(band, cents_of_micros(band.cost_micros)) for band in overage_bands(overage_events)]


def invoiced_cents(overage_events: int) -> int:
    return sum(cents for _, cents in tiers_of(overage_events))


def next_invoice(
    *,
    plan: str,
    next_plan: str | None,
    next_plan_at: datetime | None,
    cycle_ends_at: datetime,
    ends_at: datetime | None,
    overage_events: int,
) -> NextInvoice:
    ends = ends_at is not None and ends_at <= cycle_ends_at
    changes = not ends and next_plan_at is not None and next_plan_at <= cycle_ends_at
    charged = None if ends else PLANS[next_plan if changes and next_plan else plan]
    return NextInvoice(
        at=ends_at if ends and ends_at is not None else cycle_ends_at,
        plan=charged,
        changes_plan=changes,
        ends_at=ends_at,
        overage_events=overage_events,
    )
