"""The next invoice: the plan that follows, and each tier of the overage so far, as it will be invoiced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.next_invoice import NextInvoice, invoiced_cents, next_invoice

END = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
LATER = END + timedelta(days=10)
EARLIER = END - timedelta(days=10)

TIERS = [  # events above the pool, and cents on the invoice
    (0, 0),
    (1, 1),
    (49_999, 25_000),
    (50_000, 25_000),
    (50_001, 25_000),
    (50_002, 25_001),
    (60_000, 29_000),
    (250_000, 105_000),
    (250_001, 105_000),
    (1_000_000, 330_000),
    (1_000_001, 330_000),
    (10_000_000, 3_030_000),
]


def the_next(overage_events: int = 0, **given: Any) -> NextInvoice:
    known: dict[str, Any] = {"plan": "agency", "next_plan": None, "next_plan_at": None, "ends_at": None}
    return next_invoice(**known | given, cycle_ends_at=END, overage_events=overage_events)


@pytest.mark.parametrize(("events", "cents"), TIERS)
def test_each_tier_is_a_line_that_is_rounded_by_itself(events: int, cents: int) -> None:
    invoice = the_next(events)

    assert invoiced_cents(events) == invoice.overage_cents == cents
    assert invoice.total_cents == 24_900 + cents
    assert sum(band.events for band, _ in invoice.tiers) == events


@pytest.mark.parametrize(
    ("given", "plan", "changes", "at"),
    [
        ({}, "agency", False, END),
        ({"next_plan": "pro", "next_plan_at": END}, "pro", True, END),
        ({"next_plan": "pro", "next_plan_at": LATER}, "agency", False, END),
        ({"ends_at": END}, None, False, END),
        ({"ends_at": EARLIER}, None, False, EARLIER),
        ({"ends_at": LATER}, "agency", False, END),
        ({"ends_at": END, "next_plan": "pro", "next_plan_at": END}, None, False, END),
    ],
)
def test_which_plan_it_is_for(given: dict[str, Any], plan: str | None, changes: bool, at: datetime) -> None:
    invoice = the_next(**given)

    assert (invoice.plan.name if invoice.plan else None, invoice.changes_plan, invoice.at) == (
        plan,
        changes,
        at,
    )


def test_after_the_end_there_is_nothing_unless_there_is_overage() -> None:
    assert the_next(ends_at=END).is_nothing
    assert not the_next(60_000, ends_at=END).is_nothing
    assert the_next(60_000, ends_at=END).total_cents == 29_000
    assert not the_next().is_nothing
