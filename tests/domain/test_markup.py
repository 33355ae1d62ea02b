"""What is asked of a client is what calls cost and the markup on it, to the cent, half a cent up."""

from __future__ import annotations

import pytest

from domain.markup import billed_cents


@pytest.mark.parametrize(
    ("micros", "hundredths", "cents"),
    [
        (0, 2_000, 0),
        (1_000_000, 0, 100),
        (1_000_000, 2_000, 120),
        (4_999, 0, 0),
        (5_000, 0, 1),
        (14_999, 0, 1),
        (15_000, 0, 2),
        (10_000, 5_000, 2),
        (10_000, 4_999, 1),
        (333_333, 1_250, 37),  # 37.4999…
        (333_334, 1_250, 38),  # 37.5000…
        (1_000_000, 100_000, 1_100),
        (-5_000, 0, 0),
        (-5_001, 0, -1),
    ],
)
def test_half_a_cent_is_rounded_up(micros, hundredths, cents):
    assert billed_cents(micros, hundredths) == cents
