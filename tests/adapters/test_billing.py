"""Billing: what Stripe is asked for, what is kept when it is away, and that nothing is done twice."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from adapters.postgres.locks import held
from adapters.stripe.sync import Synced
from domain.billing import BillingFault, NoticeOutcome
from domain.refusals import Refused
from tests.adapters.billed import cancel, chosen, names, reactivate, stripe_away, told
from tests.house import House
from tests.waiting import until


@pytest.fixture
def ana(house: House) -> UUID:
    return house.person("Ana")


@pytest.fixture
def tree_id(house: House, ana: UUID) -> UUID:
    return house.agency_of(ana)[0]


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
        house.wiring.billing.open_portal(tree_id, ana, return_url="http://localhost/")


def test_a_portal_and_the_links_of_an_invoice_are_for_whoever_handles_billing(house, ana, tree_id):
    billing, eve = house.wiring.billing, house.person("Eve")
    (invoice,) = house.wiring.gateway.invoices(house.agency.tree(tree_id).subscription_id)

    portal = billing.open_portal(tree_id, ana, return_url="http://localhost/")
    links = billing.invoice_links(tree_id, ana, invoice.invoice_id)

    assert portal.startswith("http://stripe.localhost/p/session/")
    assert links == house.wiring.gateway.invoice_links(invoice.invoice_id)
    for ask in (
        partial(billing.open_portal, tree_id, eve, return_url="http://localhost/"),
        partial(billing.invoice_links, tree_id, eve, invoice.invoice_id),
        partial(billing.refresh, tree_id, eve, because=house.because(f"person:{eve}")),
    ):
        with pytest.raises(Refused, match="role_too_low"):
            ask()


def test_the_links_of_another_trees_invoice_are_not_shown(house, ana, tree_id):
    ben = house.person("Ben")
    other, _ = house.agency_of(ben)
    (invoice,) = house.wiring.gateway.invoices(house.agency.tree(other).subscription_id)

    links = house.wiring.billing.invoice_links(tree_id, ana, invoice.invoice_id)

    assert links is None


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

    house.wiring.billing.refresh(tree_id, ana, because=house.because(f"person:{ana}"))

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
    assert synced == [Synced(outcome=NoticeOutcome.SYNCED, tree_id=tree_id)]


def waiting_for_a_lock(house: House) -> bool:
    with house.database.connection() as db:
        query = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return db.execute(query).fetchone() is not None
