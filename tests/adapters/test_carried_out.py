"""What was asked for and recorded is done at Stripe, also if the page that asked died on the way."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.refusals import Refused
from tests.adapters.billed import cancel, names, reactivate, sdk, stripe_away, told
from tests.house import House


@pytest.fixture
def ana(house: House) -> UUID:
    return house.person("Ana")


@pytest.fixture
def tree_id(house: House, ana: UUID) -> UUID:
    return house.agency_of(ana)[0]


def request_cancellation(house: House, tree_id: UUID, person: UUID) -> None:
    """As far as a page comes that dies before it asks Stripe."""
    house.agency.request_cancellation(tree_id, person, because=house.because(f"person:{person}"))


def request_reactivation(house: House, tree_id: UUID, person: UUID) -> None:
    house.agency.request_reactivation(tree_id, person, because=house.because(f"person:{person}"))


def errands(house: House) -> list[tuple[int, bool]]:
    """Of requests: how often each was tried, and whether it is done."""
    with house.database.connection() as db:
        rows = db.execute("SELECT * FROM outbox WHERE errand = 'carry_out' ORDER BY entry_id").fetchall()
    return [(row["attempts"], row["done_at"] is not None) for row in rows]


def test_a_cancellation_whose_page_died_is_carried_out_by_the_errand(house, ana, tree_id):
    request_cancellation(house, tree_id, ana)
    house.clock.advance(minutes=3)

    house.wiring.deliver_due()

    tree = house.agency.tree(tree_id)
    asked, scheduled = house.services.evidence.of_stream(tree_id)[-2:]
    assert tree.ends_at == tree.cycle_ends_at
    assert house.wiring.gateway.subscription(tree.subscription_id).ends_at == tree.cycle_ends_at
    assert (asked.name, scheduled.name) == ("Tree.CancellationRequested", "Tree.CancellationScheduled")
    assert scheduled.event.actor == f"person:{ana}"
    assert scheduled.event.cause == f"fact:{tree_id}/{asked.version}"
    assert scheduled.event.story == asked.event.story
    assert scheduled.event.timestamp == house.clock()  # when it was done, not when it was asked for


def test_a_reactivation_whose_page_died_is_carried_out_by_the_errand(house, ana, tree_id):
    cancel(house, tree_id, ana)
    house.deliver_notices()
    request_reactivation(house, tree_id, ana)

    house.wiring.deliver_due()

    tree = house.agency.tree(tree_id)
    assert tree.ends_at is None
    assert house.wiring.gateway.subscription(tree.subscription_id).ends_at is None
    assert names(house, tree_id)[-2:] == ["Tree.ReactivationRequested", "Tree.Reactivated"]


def test_the_errand_of_what_the_page_has_done_adds_nothing(house, ana, tree_id):
    cancel(house, tree_id, ana)
    recorded = names(house, tree_id)

    house.wiring.deliver_due()
    house.deliver_notices()

    assert names(house, tree_id) == recorded
    assert told(house, "customer.subscription.updated") == 1
    assert errands(house) == [(1, True)]


def test_an_errand_goes_on_until_stripe_is_back(house, ana, tree_id):
    request_cancellation(house, tree_id, ana)
    with stripe_away(house):
        house.wiring.deliver_due()
    ((_, done_while_away),) = errands(house)

    house.clock.advance(seconds=2)
    house.wiring.deliver_due()

    ((_, done),) = errands(house)
    assert (done_while_away, done) == (False, True)
    assert house.agency.tree(tree_id).ends_at is not None


def test_a_newer_request_takes_the_place_of_an_older_errand(house, ana, tree_id):
    cancel(house, tree_id, ana)
    reactivate(house, tree_id, ana)

    house.wiring.deliver_due()  # the errand of the cancellation too
    house.deliver_notices()

    assert errands(house) == [(1, True), (1, True)]
    assert house.agency.tree(tree_id).ends_at is None
    assert told(house, "customer.subscription.updated") == 2
    assert names(house, tree_id)[-4:] == [
        "Tree.CancellationRequested",
        "Tree.CancellationScheduled",
        "Tree.ReactivationRequested",
        "Tree.Reactivated",
    ]


def test_an_older_errand_that_waited_for_stripe_does_not_undo_a_newer_request(house, ana, tree_id):
    request_cancellation(house, tree_id, ana)
    with stripe_away(house):
        house.wiring.deliver_due()
    cancel(house, tree_id, ana)
    reactivate(house, tree_id, ana)

    house.clock.advance(hours=1)
    house.wiring.deliver_due()

    subscription = house.wiring.gateway.subscription(house.agency.tree(tree_id).subscription_id)
    assert subscription.ends_at is None
    assert all(done for _, done in errands(house))
    assert names(house, tree_id).count("Tree.CancellationScheduled") == 1


def test_who_asks_twice_because_the_page_died_is_obeyed_once(house, ana, tree_id):
    for _ in range(2):
        request_cancellation(house, tree_id, ana)

    house.wiring.deliver_due()

    assert names(house, tree_id).count("Tree.CancellationScheduled") == 1
    assert told(house, "customer.subscription.updated") == 1
    with pytest.raises(Refused, match="already_scheduled"):
        request_cancellation(house, tree_id, ana)


def test_of_a_tree_that_has_ended_meanwhile_nothing_is_asked(house, ana, tree_id):
    request_cancellation(house, tree_id, ana)
    subscription_id = house.agency.tree(tree_id).subscription_id
    sdk(house).v1.subscriptions.cancel(subscription_id)
    house.wiring.billing.sync(subscription_id, because=house.because("stripe"))

    house.wiring.deliver_due()

    assert errands(house) == [(1, True)]
    assert names(house, tree_id)[-1] == "Tree.SubscriptionEnded"
    assert told(house, "customer.subscription.updated") == 0
