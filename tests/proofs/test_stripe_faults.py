"""Stripe fails at any call of a subscription's life: nothing is lost, done twice, or stuck."""

from __future__ import annotations

import os

import pytest

from adapters.local_stripe.faults import KINDS
from tests.house import House
from tests.proofs.paying import OVER, Paying

SDK_ATTEMPTS = 3  # the SDK asks again by itself; a fault that matters outlives that
LONG = os.environ.get("HEARTWOOD_LONG") == "1"  # every fault at every call, instead of one of them at each


def calls_of(house: House) -> int:
    """How many calls of the API there have been."""
    return int(house.stripe.store.setting("requests", 0))


def lived(house: House, kind: str | None = None, after: int = 0) -> tuple[Paying, int]:
    one = Paying(house)
    before = calls_of(house)
    if kind is not None:
        house.stripe.break_calls(kind, after=after, calls=SDK_ATTEMPTS)
    one.live()
    house.stripe.mend_calls()
    return one, calls_of(house) - before


def test_a_life_without_faults_is_what_one_expects(house: House) -> None:
    one, _ = lived(house)

    outcome = one.outcome()
    assert outcome["tree"][:2] == ("ended", "free")
    assert outcome["subscriptions"] == ["canceled"]
    assert [quantity for quantity, _ in outcome["metered"]] == [OVER]
    assert outcome["facts"]["Tree.PlanChanged"] == 1


@pytest.mark.timeout(1_800)
def test_whatever_fails_at_whichever_call_it_ends_the_same(house: House) -> None:
    one, calls = lived(house)
    expected = one.outcome()
    other: dict[str, object] = {}

    for number in range(calls):
        for kind in KINDS if LONG else [KINDS[number % len(KINDS)]]:
            broken, _ = lived(house, kind, number)
            if broken.outcome() != expected:
                other[f"{kind} at call {number}"] = broken.outcome()

    assert calls > 40
    assert other == {}
