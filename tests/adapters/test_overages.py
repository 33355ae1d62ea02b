"""Overage on its way to Stripe: by what it grew, into the cycle in which it arose, and once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from adapters.stripe.overages import NotClaimed
from domain.ids import stream_of_overage
from domain.overage import Overage
from projections import pools
from tests.adapters.billed import cancel, fill, sdk, stripe_away
from tests.house import House


@pytest.fixture
def tree_id(house: House) -> UUID:
    return house.agency_of(house.person("Ana"))[0]


def overage(house: House, tree_id: UUID) -> Overage:
    """Of the cycle that runs."""
    return house.agency.overage(stream_of_overage(tree_id, house.agency.tree(tree_id).cycle_started_at))


def facts(house: House, tree_id: UUID, name: str) -> list[Any]:
    """Of the overage of the tree, in all its cycles."""
    found = house.services.evidence.of_tree(tree_id)
    return [fact.event for fact in found if fact.name == f"Overage.{name}"]


def test_overage_is_claimed_and_reported_by_what_it_grew(house, tree_id):
    anchor_id = house.agency.tree(tree_id).anchor_id

    for _ in range(3):
        fill(house, anchor_id, 15_000)
        house.wiring.overages.claim_all()
        house.wiring.overages.claim_all()
        house.wiring.deliver_due()
        house.clock.advance(minutes=1)

    claims = facts(house, tree_id, "Claimed")
    assert [(claim.events_added, claim.events_total) for claim in claims] == [
        (5_000, 5_000),
        (15_000, 20_000),
    ]
    assert [claim.used for claim in claims] == [30_000, 45_000]
    assert claims[0].metering_position < claims[1].metering_position
    assert [one.events for one in facts(house, tree_id, "Reported")] == [5_000, 15_000]
    assert len(facts(house, tree_id, "Begun")) == 1
    assert overage(house, tree_id).unreported == {}


def test_while_stripe_is_away_overage_is_kept_and_reported_once_it_is_back(house, tree_id):
    fill(house, house.agency.tree(tree_id).anchor_id, 26_000)
    house.wiring.overages.claim_all()

    with stripe_away(house):
        house.wiring.deliver_due()
        unreported = dict(overage(house, tree_id).unreported)
    house.clock.advance(seconds=2)
    house.wiring.deliver_due()

    assert list(unreported.values()) == [1_000]
    assert overage(house, tree_id).unreported == {}
    assert [one.events for one in facts(house, tree_id, "Reported")] == [1_000]


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


# At the end of a cycle the clock need not come round.


def test_the_errand_of_a_new_cycle_claims_what_the_clock_never_did_while_the_invoice_is_a_draft(
    house, tree_id
):
    tree = house.agency.tree(tree_id)
    fill(house, tree.anchor_id, 27_000)
    house.clock.at = tree.cycle_ends_at + timedelta(minutes=10)
    house.stripe.advance(house.clock.at)

    house.deliver_notices()  # and nobody calls `claim_all`
    draft = house.wiring.gateway.invoices(tree.subscription_id)[0]
    house.advance_to(tree.cycle_ends_at + timedelta(hours=2))

    last = house.wiring.gateway.invoices(tree.subscription_id)[0]
    assert (draft.status, last.status) == ("draft", "paid")
    assert draft.invoice_id == last.invoice_id
    assert last.total_cents == 24_900 + 1_000
    assert house.agency.invoice(last.invoice_id).seen.total_cents == 25_900
    (claim,) = facts(house, tree_id, "Claimed")
    cycle_started = next(
        fact for fact in house.services.evidence.of_stream(tree_id) if fact.name == "Tree.CycleStarted"
    )
    assert claim.cycle_started_at == tree.cycle_started_at  # the one in which the events arose
    assert claim.cause == f"fact:{tree_id}/{cycle_started.version}"
    assert claim.story == cycle_started.event.story


def test_the_errand_of_the_end_claims_the_overage_of_the_last_cycle(house, tree_id):
    tree = house.agency.tree(tree_id)
    fill(house, tree.anchor_id, 27_000)
    cancel(house, tree_id, next(iter(house.agency.workspace(tree.anchor_id).members)))
    house.deliver_notices()

    house.advance_to(tree.cycle_ends_at)
    house.advance_to(tree.cycle_ends_at + timedelta(hours=2))

    last = house.wiring.gateway.invoices(tree.subscription_id)[0]
    assert house.agency.tree(tree_id).status == "ended"
    assert (last.status, last.total_cents) == ("paid", 1_000)
    assert [one.events for one in facts(house, tree_id, "Reported")] == [2_000]


def test_the_clock_and_the_errand_together_claim_nothing_twice(house, tree_id):
    tree = house.agency.tree(tree_id)
    fill(house, tree.anchor_id, 27_000)
    house.wiring.overages.claim_all()
    house.wiring.deliver_due()

    house.advance_to(tree.cycle_ends_at + timedelta(minutes=10))
    house.wiring.overages.claim_all()
    house.advance_to(tree.cycle_ends_at + timedelta(hours=2))

    last = house.wiring.gateway.invoices(tree.subscription_id)[0]
    assert last.total_cents == 25_900
    assert len(facts(house, tree_id, "Claimed")) == 1


def test_one_tree_that_cannot_be_claimed_for_does_not_starve_the_others(house, tree_id, caplog):
    other_id, other_anchor_id = house.agency_of(house.person("Ben"))
    bad = [UUID(int=0), UUID(int=2**128 - 1), uuid4()]  # before, after and somewhere among them
    for anchor_id in (house.agency.tree(tree_id).anchor_id, other_anchor_id):
        fill(house, anchor_id, 26_000)
    with house.database.writing() as db:
        for one in bad:
            db.execute("INSERT INTO pool_counts VALUES (%s, now(), 99)", (one,))
            db.execute("INSERT INTO pool_overages VALUES (%s, now(), now(), 0, 0)", (one,))

    with pytest.raises(NotClaimed, match="of 3 cycles"):
        house.wiring.overages.claim_all()

    assert [claim.events_added for claim in facts(house, tree_id, "Claimed")] == [1_000]
    assert [claim.events_added for claim in facts(house, other_id, "Claimed")] == [1_000]
    assert sorted(record.getMessage() for record in caplog.records) == sorted(
        f"overage of tree {one} could not be claimed" for one in bad
    )


def test_more_cycles_than_a_page_are_claimed_in_one_run(house, tree_id, monkeypatch):
    other_id, other_anchor_id = house.agency_of(house.person("Ben"))
    for anchor_id in (house.agency.tree(tree_id).anchor_id, other_anchor_id):
        fill(house, anchor_id, 26_000)
    with house.database.writing() as db:  # before all others, and each time anew
        db.execute("INSERT INTO pool_counts VALUES (%s, now(), 99)", (UUID(int=0),))
        db.execute("INSERT INTO pool_overages VALUES (%s, now(), now(), 0, 0)", (UUID(int=0),))
    monkeypatch.setattr(pools, "DUE_MAX", 1)

    with pytest.raises(NotClaimed, match="of 1 cycles"):
        house.wiring.overages.claim_all()

    assert [claim.events_added for claim in facts(house, tree_id, "Claimed")] == [1_000]
    assert [claim.events_added for claim in facts(house, other_id, "Claimed")] == [1_000]


def test_a_leap_over_cycles_bills_the_overage_in_the_one_in_which_it_arose(house, tree_id):
    fill(house, house.agency.tree(tree_id).anchor_id, 27_000)

    house.leap_to(house.clock() + timedelta(days=70))

    invoices = house.wiring.gateway.invoices(house.agency.tree(tree_id).subscription_id)
    assert [one.total_cents for one in invoices] == [24_900, 24_900 + 1_000, 24_900]
    assert {one.status for one in invoices} == {"paid"}


# Where Stripe's clock is ahead of ours.


@pytest.mark.parametrize(
    ("says", "is_reported_at"),
    [
        (timedelta(days=-60), timedelta()),
        (timedelta(days=1), timedelta(days=1, minutes=-1)),
        (timedelta(days=60), timedelta(days=31, seconds=-1)),
    ],
)
def test_a_claim_belongs_to_its_cycle_whatever_our_clock_says(house, tree_id, says, is_reported_at):
    house.clock.at += timedelta(days=70)
    house.stripe.advance(house.clock.at)
    sync(house, tree_id)
    started_at = house.agency.tree(tree_id).cycle_started_at
    house.stripe.account.clock = lambda: started_at + timedelta(days=31, hours=2)
    house.clock.at = started_at

    fill(house, house.agency.tree(tree_id).anchor_id, 26_000)
    house.clock.at = started_at + says
    house.wiring.overages.claim_all()
    house.wiring.deliver_due()

    assert usage(house, tree_id, started_at + is_reported_at) == 1_000


def test_overage_that_stripe_will_never_take_is_given_up_and_health_says_so(house, tree_id):
    fill(house, house.agency.tree(tree_id).anchor_id, 26_000)
    house.stripe.account.clock = lambda: house.clock() + timedelta(days=70)

    house.wiring.overages.claim_all()
    for _ in range(20):
        house.wiring.deliver_due()
        house.clock.advance(hours=1)
    house.run_followed()

    assert house.wiring.deliver_due() == 0
    assert house.wiring.health()["why"] == ["errands_given_up"]
    assert list(overage(house, tree_id).unreported.values()) == [1_000]


def test_overage_of_a_customer_that_was_deleted_at_stripe_troubles_nobody_for_ever(house, tree_id, caplog):
    fill(house, house.agency.tree(tree_id).anchor_id, 26_000)
    house.wiring.overages.claim_all()
    house.stripe.do("delete_customer", house.agency.tree(tree_id).customer_id)

    for _ in range(20):
        house.deliver_notices()
        house.clock.advance(hours=1)

    assert house.agency.tree(tree_id).status == "ended"
    assert "errands_given_up" not in house.wiring.health()["why"]
    assert [record for record in caplog.records if "is never billed" in record.message]
    assert list(overage(house, tree_id).unreported.values()) == [1_000]


def sync(house: House, tree_id: UUID) -> None:
    house.wiring.billing.sync(house.agency.tree(tree_id).subscription_id, because=house.because())


def usage(house: House, tree_id: UUID, at: datetime) -> int:
    """What Stripe counts in the minute of that instant."""
    start = int(at.timestamp()) // 60 * 60
    meter_id, customer_id = house.wiring.gateway.catalogue().meter_id, house.agency.tree(tree_id).customer_id
    found = sdk(house).v1.billing.meters.event_summaries.list(
        meter_id, {"customer": customer_id, "start_time": start, "end_time": start + 60}
    )
    return int(found.data[0].aggregated_value)
