"""Proration: what a dearer plan costs for the rest of a cycle that another plan was paid for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.plans import Plan

SECOND = timedelta(seconds=1)  # to which Stripe prorates


@dataclass(frozen=True, kw_only=True)
class Proration:
    """What of the old plan is given back, and what the new one costs until the cycle ends."""

    credit_cents: int
    charge_cents: int

    @property
    def due_cents(self) -> int:
        return self.charge_cents - self.credit_cents


def proration(
    plan_from: Plan, plan_to: Plan, *, started_at: datetime, ends_at: datetime, at: datetime
) -> Proration:
    """As of `at`, which may lie behind the end of a cycle that Stripe has not renewed yet."""
    whole = (ends_at - started_at) // SECOND
    rest = min(max((ends_at - at) // SECOND, 0), whole)
    return Proration(
        credit_cents=_share(plan_from.price_cents, rest, whole),
        charge_cents=_share(plan_to.price_cents, rest, whole),
    )


def _share(cents: int, rest: int, whole: int) -> int:
    """Half a cent is rounded up."""
    return (2 * cents * rest + whole) // (2 * whole)
