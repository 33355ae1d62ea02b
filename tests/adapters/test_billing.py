"""Billing: what Stripe is asked for, what is kept when it is away, and that nothing is done twice."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest

from adapters.postgres.locks import held
from domain.billing import BillingFault
from domain.refusals import Refused
from tests.adapters.billed import cancel, checkout, chosen, names, reactivate, stripe_away, told
from tests.house import House
from tests.waiting import until


@pytest.fixture
def ana(house: House) -> UUID:
    return house.person("Ana")


@pytest.fixture
def tree_id(house: House, ana: UUID) -> UUID:
    return house.agency_of(ana)[0]


# Checkout.


def test_a_second_click_leads_to_the_same_checkout(house, ana):
    tree_id = chosen(house, ana)

    first = checkout(house, tree_id, ana)
    house.clock.advance(minutes=20)

    assert checkout(house, tree_id, ana) == first


def test_a_second_checkout_for_another_buyer_is_not_opened_beside_the_first(house, ana):
    tree_id = chosen(house, ana)
    first = checkout(house, tree_id, ana)

    with pytest.raises(BillingFault):
        checkout(house, tree_id, house.person("Adam"), "adam@example.com")

    assert checkout(house, tree_id, ana) == first


def test_an_hour_later_the_way_to_pay_is_open_still(house, ana):
    tree_id = chosen(house, ana)
    checkout(house, tree_id, ana)
    house.clock.advance(days=2)

    house.stripe.pay(checkout(house, tree_id, ana).rsplit("/", 1)[1])
    house.deliver_notices()

    assert house.agency.tree(tree_id).status == "active"


def test_what_is_paid_for_is_not_sold_again(house, ana, tree_id):
    with pytest.raises(Refused, match="already_subscribed"):
        checkout(house, tree_id, ana)


def test_the_buyer_who_is_back_before_the_notice_has_the_plan_and_the_notice_adds_nothing(house, ana):
    tree_id = chosen(house, ana)
    checkout_id = checkout(house, tree_id, ana).rsplit("/", 1)[1]
    house.stripe.pay(checkout_id)

    back = house.wiring.billing.returned(checkout_id, ana, because=house.because(f"person:{ana}"))
    recorded = names(house, tree_id)
    house.deliver_notices()

    assert back == tree_id
    assert names(house, tree_id) == recorded == ["Tree.Founded", "Tree.SubscriptionStarted"]


@pytest.mark.parametrize("checkout_id", ["cs_test_none", "", "../subscriptions", "cs_test_1?x=1", "x" * 999])
def test_a_checkout_that_is_not_brings_nobody_a_plan(house, ana, checkout_id):
    because = house.because(f"person:{ana}")

    assert house.wiring.billing.returned(checkout_id, ana, because=because) is None


def test_a_stranger_with_the_address_of_a_checkout_changes_nothing(house, ana):
    tree_id, eve = chosen(house, ana), house.person("Eve")
    checkout_id = checkout(house, tree_id, ana).rsplit("/", 1)[1]
    house.stripe.pay(checkout_id)

    back = house.wiring.billing.returned(checkout_id, eve, because=house.because(f"person:{eve}"))

    assert back is None
    assert names(house, tree_id) == ["Tree.Founded"]


def test_a_checkout_that_is_not_paid_brings_nobody_a_plan(house, ana):
    tree_id = chosen(house, ana)
    checkout_id = checkout(house, tree_id, ana).rsplit("/", 1)[1]

    back = house.wiring.billing.returned(checkout_id, ana, because=house.because(f"person:{ana}"))

    assert back is None
    assert names(house, tree_id) == ["Tree.Founded"]


# Cancel and reactivate.


def test_cancelling_is_asked_for_done_at_stripe_and_noted(house, ana, tree_id):
    cancel(house, tree_id, ana)

    asked, scheduled = house.services.evidence.of_stream(tree_id)[-2:]
    assert (asked.name, scheduled.name) == ("Tree.CancellationRequested", "Tree.CancellationScheduled")
    assert asked.event.actor == scheduled.event.actor == f"person:{ana}"
    assert scheduled.event.cause == f"fact:{tree_id}/{asked.version}"
    assert scheduled.event.story == asked.event.story
    assert told(house, "customer.subscription.updated") == 1


def test_while_stripe_is_away_a_cancellation_is_a_clear_fault_and_nothing_is_scheduled(house, ana, tree_id):
    with stripe_away(house), pytest.raises(BillingFault):
        cancel(house, tree_id, ana)

    assert names(house, tree_id)[-1] == "Tree.CancellationRequested"  # that she asked is true
    assert house.agency.tree(tree_id).ends_at is None
    assert told(house, "customer.subscription.updated") == 0


def test_when_stripe_is_back_asking_again_works_and_nothing_happens_twice(house, ana, tree_id):
    with stripe_away(house), pytest.raises(BillingFault):
        cancel(house, tree_id, ana)

    cancel(house, tree_id, ana)
    house.deliver_notices()

    assert names(house, tree_id).count("Tree.CancellationScheduled") == 1
    assert told(house, "customer.subscription.updated") == 1
    with pytest.raises(Refused, match="already_scheduled"):
        cancel(house, tree_id, ana)


def test_what_stripe_did_without_our_hearing_the_answer_is_noted_by_asking_again(house, ana, tree_id):
    subscription_id = house.agency.tree(tree_id).subscription_id
    house.wiring.gateway.schedule_cancellation(subscription_id, idempotency_key="an answer that was lost")

    cancel(house, tree_id, ana)

    assert house.agency.tree(tree_id).ends_at is not None
    assert told(house, "customer.subscription.updated") == 1


def test_a_reactivation_fails_clearly_and_works_when_stripe_is_back(house, ana, tree_id):
    cancel(house, tree_id, ana)
    ends_at = house.agency.tree(tree_id).ends_at

    with stripe_away(house), pytest.raises(BillingFault):
        reactivate(house, tree_id, ana)
    while_away = house.agency.tree(tree_id).ends_at
    reactivate(house, tree_id, ana)
    house.deliver_notices()

    assert while_away == ends_at
    assert house.agency.tree(tree_id).ends_at is None
    assert names(house, tree_id).count("Tree.Reactivated") == 1


def test_back_and_forth_each_time_does_what_was_asked(house, ana, tree_id):
    for _ in range(3):
        cancel(house, tree_id, ana)
        reactivate(house, tree_id, ana)
    house.deliver_notices()

    counts = [names(house, tree_id).count(f"Tree.{one}") for one in ("CancellationScheduled", "Reactivated")]
    assert counts == [3, 3]
    assert house.agency.tree(tree_id).ends_at is None


def test_a_portal_is_for_whoever_has_bought_something(house, ana):
    tree_id = chosen(house, ana)

    with pytest.raises(Refused, match="not_subscribed"):
        house.wiring.billing.open_portal(tree_id, return_url="http://localhost/")


# The one way back.


def test_a_notice_while_stripe_is_away_is_acted_on_later(house, ana, tree_id):
    subscription_id = house.agency.tree(tree_id).subscription_id
    house.stripe.cancel_in_portal(subscription_id)

    with stripe_away(house):
        house.deliver_notices()
        while_away = house.agency.tree(tree_id).ends_at
    house.clock.advance(seconds=2)
    house.wiring.deliver_due()

    assert while_away is None
    assert house.agency.tree(tree_id).ends_at is not None


def test_a_refresh_finds_what_no_notice_told(house, ana, tree_id):
    house.stripe.cancel_in_portal(house.agency.tree(tree_id).subscription_id)
    house.stripe.take_notices()  # and every one of them is lost

    house.wiring.billing.refresh(tree_id, because=house.because(f"person:{ana}"))

    assert names(house, tree_id)[-1] == "Tree.CancellationScheduled"


def test_a_subscription_that_is_of_nobody_here_changes_nothing(house, tree_id):
    recorded = names(house, tree_id)
    house.stripe.cancel_in_portal(house.agency.tree(tree_id).subscription_id)

    with pytest.raises(BillingFault, match="does not know"):
        house.wiring.billing.sync("sub_none", because=house.because("stripe"))

    assert names(house, tree_id) == recorded


def test_reading_and_deciding_wait_for_whoever_reads_and_decides_already(house, tree_id):
    subscription_id = house.agency.tree(tree_id).subscription_id
    synced: list[Any] = []

    def sync() -> None:
        synced.append(house.wiring.billing.sync(subscription_id, because=house.because("stripe")))

    worker = threading.Thread(target=sync)
    with held(house.database, f"subscription:{subscription_id}"):
        worker.start()
        until(lambda: waiting_for_a_lock(house))
        before = list(synced)
    worker.join(timeout=10)

    assert before == []
    assert synced == [tree_id]


def waiting_for_a_lock(house: House) -> bool:
    with house.database.connection() as db:
        query = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return db.execute(query).fetchone() is not None
