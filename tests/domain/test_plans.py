"""What overage costs, to the micro, and that what was sold stays readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plans import (
    AGENCY,
    ENTERPRISE,
    FREE,
    MICROS_PER_CENT,
    OVERAGE_TIERS,
    PLANS,
    PRO,
    SSO,
    cents_of_micros,
    overage_bands,
    overage_cost_micros,
)

EVENTS = st.integers(min_value=0, max_value=50_000_000)

COSTS = [  # events above the pool, exact micros, cents on the invoice
    (0, 0, 0),
    (1, 5_000, 1),  # half a cent is rounded up
    (2, 10_000, 1),
    (49_999, 249_995_000, 25_000),
    (50_000, 250_000_000, 25_000),
    (50_001, 250_004_000, 25_000),
    (60_000, 290_000_000, 29_000),
    (250_000, 1_050_000_000, 105_000),
    (250_001, 1_050_003_000, 105_000),
    (1_000_000, 3_300_000_000, 330_000),
    (1_000_001, 3_300_003_000, 330_000),
    (10_000_000, 30_300_000_000, 3_030_000),
]


@pytest.mark.parametrize(("events", "micros", "cents"), COSTS)
def test_what_overage_costs(events, micros, cents):
    assert overage_cost_micros(events) == micros
    assert cents_of_micros(micros) == cents


@pytest.mark.parametrize(
    ("events", "bands"),
    [
        (0, []),
        (1, [(1, 5_000)]),
        (50_000, [(50_000, 5_000)]),
        (50_001, [(50_000, 5_000), (1, 4_000)]),
        (250_000, [(50_000, 5_000), (200_000, 4_000)]),
        (1_000_000, [(50_000, 5_000), (200_000, 4_000), (750_000, 3_000)]),
        (1_000_001, [(50_000, 5_000), (200_000, 4_000), (750_000, 3_000), (1, 3_000)]),
    ],
)
def test_which_events_fall_into_which_band(events, bands):
    assert [(band.events, band.rate_micros) for band in overage_bands(events)] == bands


@given(events=EVENTS)
def test_the_bands_hold_every_event_once(events):
    bands = overage_bands(events)

    assert sum(band.events for band in bands) == events
    assert sum(band.cost_micros for band in bands) == overage_cost_micros(events)
    assert all(band.events > 0 for band in bands)


@given(one=EVENTS, other=EVENTS)
def test_more_events_never_cost_less(one, other):
    less, more = sorted((one, other))

    assert overage_cost_micros(less) <= overage_cost_micros(more)
    if less < more:
        assert overage_cost_micros(less) < overage_cost_micros(more)


@given(events=EVENTS)
def test_an_event_more_costs_one_of_the_rates_of_the_table(events):
    more = overage_cost_micros(events + 1) - overage_cost_micros(events)

    assert more in {tier.rate_micros for tier in OVERAGE_TIERS}


@given(micros=st.integers(min_value=0, max_value=10**15))
def test_cents_are_within_half_a_cent_of_the_micros(micros):
    off = cents_of_micros(micros) * MICROS_PER_CENT - micros

    assert -MICROS_PER_CENT // 2 < off <= MICROS_PER_CENT // 2


@pytest.mark.parametrize(
    ("plan", "price_cents", "pool_events", "workspaces_max", "seats_max", "stops", "may_be_agency"),
    [
        (FREE, 0, 500, 1, 5, True, False),
        (PRO, 4_900, 10_000, 1, 25, False, False),
        (AGENCY, 24_900, 25_000, 5, 50, False, True),
        (ENTERPRISE, 149_000, 250_000, 50, 200, False, True),
    ],
    ids=lambda given: getattr(given, "name", None),
)
def test_what_each_plan_gives(
    plan, price_cents, pool_events, workspaces_max, seats_max, stops, may_be_agency
):
    assert PLANS[plan.name] is plan
    limits = (plan.price_cents, plan.pool_events, plan.workspaces_max, plan.seats_max)
    assert limits == (price_cents, pool_events, workspaces_max, seats_max)
    assert (plan.stops_at_limit, plan.may_be_agency) == (stops, may_be_agency)


def test_free_alone_has_no_feature_to_lose():
    assert {plan.name for plan in PLANS.values() if not plan.features} == {"free"}


def test_enterprise_is_by_contract_and_alone_has_single_sign_on():
    assert {plan.name for plan in PLANS.values() if plan.is_sold} == {"pro", "agency", "agency_voice"}
    assert {plan.name for plan in PLANS.values() if SSO in plan.features} == {"enterprise"}
