"""What a dearer plan costs for the rest of a cycle, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.plans import AGENCY, PRO
from domain.proration import proration

BEGUN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ENDS = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "credit_cents", "charge_cents"),
    [
        (timedelta(), 4_900, 24_900),
        (timedelta(days=15), 2_450, 12_450),
        (timedelta(days=10, seconds=1), 3_267, 16_600),
        (timedelta(days=30), 0, 0),
        (timedelta(days=31), 0, 0),  # Stripe has not renewed it yet
        (timedelta(days=-1), 4_900, 24_900),  # Stripe's clock is ahead of ours
    ],
)
def test_of_each_plan_the_rest_of_the_cycle_counts(after, credit_cents, charge_cents):
    found = proration(PRO, AGENCY, started_at=BEGUN, ends_at=ENDS, at=BEGUN + after)

    assert (found.credit_cents, found.charge_cents) == (credit_cents, charge_cents)
    assert found.due_cents == charge_cents - credit_cents
