"""Overage on its way to Stripe: by what it grew, into the cycle in which it arose, and once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.adapters.billed import fill, names, stripe_away
from tests.house import House


@pytest.fixture
def tree_id(house: House) -> UUID:
    return house.agency_of(house.person("Ana"))[0]


def test_overage_is_claimed_and_reported_by_what_it_grew(house, tree_id):
    anchor_id = house.agency.tree(tree_id).anchor_id

    for _ in range(2):
        fill(house, anchor_id, 15_000)
        house.wiring.overages.claim_all()
        house.wiring.overages.claim_all()
        house.wiring.deliver_due()
        house.clock.advance(minutes=1)

    claims = [fact.event for fact in house.services.evidence.of_stream(tree_id) if "Claimed" in fact.name]
    assert [(claim.events, claim.events_total) for claim in claims] == [(5_000, 5_000)]
    assert names(house, tree_id).count("Tree.OverageReported") == 1
    assert house.agency.tree(tree_id).overage_unreported == {}


def test_while_stripe_is_away_overage_is_kept_and_reported_once_it_is_back(house, tree_id):
    fill(house, house.agency.tree(tree_id).anchor_id, 26_000)
    house.wiring.overages.claim_all()

    with stripe_away(house):
        house.wiring.deliver_due()
        unreported = dict(house.agency.tree(tree_id).overage_unreported)
    house.clock.advance(seconds=2)
    house.wiring.deliver_due()

    assert list(unreported.values()) == [1_000]
    assert house.agency.tree(tree_id).overage_unreported == {}
    assert names(house, tree_id).count("Tree.OverageReported") == 1


def test_a_claim_of_a_cycle_that_is_over_is_reported_into_that_cycle(house, tree_id):
    tree = house.agency.tree(tree_id)
    fill(house, tree.anchor_id, 26_000)
    house.clock.at = tree.cycle_ends_at + timedelta(minutes=10)
    house.stripe.advance(house.clock.at)

    house.wiring.overages.claim_all()
    house.deliver_notices()
    house.advance_to(tree.cycle_ends_at + timedelta(hours=2))

    last = house.wiring.gateway.invoices(tree.subscription_id)[0]
    assert sorted(line.amount_cents for line in last.lines) == [500, 24_900]
    assert house.agency.tree(tree_id).cycle_started_at == tree.cycle_ends_at
