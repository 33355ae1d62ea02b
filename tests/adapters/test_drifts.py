"""Drifts: where Stripe and we differ and nothing is to be guessed, it is shown until it is gone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.adapters.billed import custom_price, fill, names, sdk, stripe_has
from tests.adapters.lost import (
    cancelled_unheard,
    drifts,
    forgotten,
    meter,
    reconcile,
    runs,
    second_subscription,
)
from tests.house import House


def test_a_second_subscription_is_a_drift_until_it_is_gone(house: House) -> None:
    tree_id, _ = house.agency_of(house.person("Ana"))
    second = second_subscription(house, tree_id)
    reconcile(house)
    house.clock.advance(days=1)
    reconcile(house)
    found = drifts(house)

    stripe_has(house, second, status="canceled", ended_at=int(house.clock().timestamp()))
    reconcile(house)

    (drift,) = found
    assert (drift.kind, drift.tree_id, drift.subject) == ("second_subscription", tree_id, second)
    assert drift.since == house.clock() - timedelta(days=1)
    assert drifts(house) == []
    assert [run.drifts for run in runs(house)] == [0, 1]  # and nothing of the night between
    assert house.agency.tree(tree_id).status == "active"


def test_a_tree_on_a_subscription_that_stripe_does_not_know_is_a_drift(house: House) -> None:
    tree_id, _ = house.agency_of(house.person("Ana"))
    subscription_id = str(house.agency.tree(tree_id).subscription_id)
    with house.stripe.store.transaction():
        house.stripe.store.write("DELETE FROM objects WHERE id = ?", subscription_id)

    reconcile(house)

    assert [(one.kind, one.tree_id, one.subject) for one in drifts(house)] == [
        ("subscription_unknown", tree_id, subscription_id)
    ]
    assert house.agency.tree(tree_id).status == "active"


@pytest.mark.parametrize("metadata", [{}, {"tree_id": str(uuid4())}])
def test_a_subscription_that_does_not_name_its_tree_any_more_is_a_drift(
    house: House, metadata: dict[str, str]
) -> None:
    tree_id, _ = house.agency_of(house.person("Ana"))
    subscription_id = str(house.agency.tree(tree_id).subscription_id)
    ended_at = int(house.clock().timestamp())
    stripe_has(house, subscription_id, metadata=metadata, status="canceled", ended_at=ended_at)

    reconcile(house)

    assert [(one.kind, one.tree_id, one.subject) for one in drifts(house)] == [
        ("subscription_unknown", tree_id, subscription_id)
    ]
    assert house.agency.tree(tree_id).status == "active"


def test_a_subscription_that_lives_on_after_the_end_is_a_drift(house: House) -> None:
    tree_id, _ = house.agency_of(house.person("Ana"))
    subscription_id = str(house.agency.tree(tree_id).subscription_id)
    stripe_has(house, subscription_id, status="unpaid")
    reconcile(house)

    stripe_has(house, subscription_id, status="active")
    reconcile(house)

    assert house.agency.tree(tree_id).status == "ended"
    assert [(one.kind, one.subject) for one in drifts(house)] == [("billed_after_end", subscription_id)]


def test_a_subscription_of_another_installation_or_product_is_no_matter_of_ours(house: House) -> None:
    tree_id, _ = house.agency_of(house.person("Ana"))
    for number, metadata in enumerate(({"tree_id": str(uuid4())}, {})):
        with house.stripe.store.transaction():
            kept = house.stripe.account.find("subscription", str(house.agency.tree(tree_id).subscription_id))
            house.stripe.account.save({**kept, "id": f"sub_other{number}", "metadata": metadata})

    reconcile(house)

    assert drifts(house) == []


def test_one_that_cannot_be_followed_does_not_keep_the_others_from_being_mended(house: House) -> None:
    ana = house.person("Ana")
    odd_id, _ = house.pays_for_agency(house.workspace(ana), ana)
    forgotten(house)
    (odd,) = sdk(house).v1.subscriptions.list().data
    custom_price(house, odd.id)
    tree_id = cancelled_unheard(house)

    reconcile(house)

    assert names(house, tree_id)[-1] == "Tree.CancellationScheduled"
    assert [(one.kind, one.tree_id) for one in drifts(house)] == [("not_compared", odd_id)]


@pytest.mark.parametrize(("at_stripe", "kind"), [(2_100, "held_too_much"), (1_900, "held_too_little")])
def test_a_meter_that_differs_after_the_invoice_is_a_drift_until_it_agrees(
    house: House, at_stripe: int, kind: str
) -> None:
    tree_id, anchor_id = house.agency_of(house.person("Ana"))
    fill(house, anchor_id, 27_000)
    house.wiring.overages.claim_all()
    house.wiring.deliver_due()
    house.advance_to(house.agency.tree(tree_id).cycle_ends_at + timedelta(hours=3))
    meter(house, at_stripe)
    reconcile(house)
    found = drifts(house)
    shown = house.wiring.health()

    meter(house, 2_000)
    reconcile(house)

    (drift,) = found
    assert (drift.kind, drift.tree_id) == (kind, tree_id)
    assert (drift.events_ours, drift.events_theirs) == (2_000, at_stripe)
    assert (shown["why"], shown["drift"]) == (["drift"], {"overages": 1})
    assert drifts(house) == []
    assert house.wiring.health()["status"] == "ok"
