"""How is an amount shared out among those who caused it, to the cent?"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID


def shares_of(amount_cents: int, drawn: Mapping[UUID, int]) -> dict[UUID, int]:
    """Cents for each, in proportion to what it drew; together they are the whole amount.

    Everybody gets the whole cents of their proportion. The cents that are left over go one by one to the
    largest remainders; of equal remainders to who drew more, and of equal draws to the smaller id.
    """
    total = sum(drawn.values())
    assert amount_cents >= 0
    assert all(events >= 0 for events in drawn.values())
    assert total or not amount_cents, "an amount that nobody caused can be shared out to nobody"
    if not total:
        return dict.fromkeys(drawn, 0)
    shares = {one: amount_cents * events // total for one, events in drawn.items()}
    left = amount_cents - sum(shares.values())
    first = sorted(drawn, key=lambda one: (-(amount_cents * drawn[one] % total), -drawn[one], one))
    for one in first[:left]:
        shares[one] += 1
    return shares
