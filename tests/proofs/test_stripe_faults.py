"""Stripe fails at any call of a subscription's life: nothing is lost, done twice, or stuck."""

from __future__ import annotations

import os
from functools import partial
from itertools import product

import pytest

from adapters.local_stripe.faults import KINDS
from tests.adapters.billed import names, sdk
from tests.house import House
from tests.proofs.paying import OVER, OVER_AT_THE_END, Paying

SDK_ATTEMPTS = 3  # the SDK asks again by itself; a fault that matters outlives that
LASTING = (SDK_ATTEMPTS, 2 * SDK_ATTEMPTS)  # outlives the page, or the first try of the errand as well
LONG = os.environ.get("HEARTWOOD_LONG") == "1"  # all of them at every call, not one at each that comes up
STEP = 1 if LONG else 9


def calls_of(house: House) -> int:
    """How many calls of the API there have been."""
    return int(house.stripe.store.setting("requests", 0))


def lived(house: House, kind: str | None = None, after: int = 0, calls: int = 1) -> tuple[Paying, int]:
    one = Paying(house)
    before = calls_of(house)
    if kind is not None:
        house.stripe.break_calls(kind, after=after, calls=calls)
    one.live()
    house.stripe.mend_calls()
    return one, calls_of(house) - before


def test_a_life_without_faults_is_what_one_expects(house: House) -> None:
    one, _ = lived(house)

    outcome = one.outcome()
    assert outcome["tree"][:2] == ("ended", "free")
    assert outcome["subscriptions"] == ["canceled"]
    assert [quantity for quantity, _ in outcome["metered"]] == [OVER_AT_THE_END, OVER]
    assert outcome["facts"]["Tree.PlanChanged"] == 1
    assert outcome["facts"]["Tree.PlanChangeScheduled"] == outcome["facts"]["Tree.PlanChangeWithdrawn"] == 2
    assert outcome["facts"]["Tree.CancellationScheduled"] == outcome["facts"]["Tree.Reactivated"] == 1
    assert outcome["facts"]["Tree.CycleStarted"] == 1


def test_a_cancellation_is_done_though_stripe_fails_after_it_let_go_of_the_schedule(house: House) -> None:
    one, billing = Paying(house), house.wiring.billing
    one.buy()
    one.press(partial(billing.change_plan, plan="agency"))
    one.press(partial(billing.change_plan, plan="pro"))
    subscription_id = house.agency.tree(one.tree_id).subscription_id
    path = f"/v1/subscriptions/{subscription_id}"
    house.stripe.break_calls("error", method="POST", path=path, calls=2 * SDK_ATTEMPTS)

    one.press(billing.cancel)

    after = names(house, one.tree_id)[-3:]
    assert after == ["Tree.CancellationRequested", "Tree.PlanChangeWithdrawn", "Tree.CancellationScheduled"]
    assert sdk(house).v1.subscriptions.retrieve(str(subscription_id)).cancel_at is not None


@pytest.mark.timeout(7_200)
def test_whatever_fails_at_whichever_call_it_ends_the_same(house: House) -> None:
    one, calls = lived(house)
    expected = one.outcome()
    faults = list(product(KINDS, LASTING))
    other: dict[str, object] = {}

    for number in range(0, calls, STEP):
        for kind, lasting in faults if LONG else [faults[number // STEP * 3 % len(faults)]]:
            broken, _ = lived(house, kind, number, lasting)
            if broken.outcome() != expected:
                other[f"{kind} at {lasting} calls from {number} on"] = broken.outcome()

    assert calls > 60
    assert other == {}
