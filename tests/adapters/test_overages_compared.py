"""What Stripe's meter holds: looked at after each report, made up for in time, and else a drift."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from adapters.stripe.notices import Notice
from domain.ids import stream_of_overage
from domain.overage import Overage
from tests.adapters.billed import fill, sdk
from tests.house import BEGINNING, House

HOUR = timedelta(hours=1)
ERRORS_SEEN = Notice(
    notice_id="evt_thin",
    type="v1.billing.meter.error_report_triggered",
    created_at=BEGINNING,
    object_id="mtr_1",
    object_type="billing.meter",
    customer_id=None,
    subscription_id=None,
    tree_id=None,
    livemode=False,
    api_version=None,
    digest="",
)


@pytest.fixture
def tree_id(house: House) -> UUID:
    """An agency of which 2,000 events above the pool are reported."""
    tree_id, anchor_id = house.agency_of(house.person("Ana"))
    fill(house, anchor_id, 27_000)
    house.wiring.overages.claim_all()
    house.wiring.deliver_due()
    return tree_id


def stream_of(house: House, tree_id: UUID) -> UUID:
    """Of the first cycle."""
    (begun,) = facts(house, tree_id, "Begun")
    return stream_of_overage(tree_id, begun.cycle_started_at)


def overage(house: House, tree_id: UUID) -> Overage:
    return house.agency.overage(stream_of(house, tree_id))


def facts(house: House, tree_id: UUID, name: str) -> list[Any]:
    found = house.services.evidence.of_tree(tree_id)
    return [fact.event for fact in found if fact.name == f"Overage.{name}"]


def stripe_forgets(house: House) -> None:
    """What it confirmed is on no meter."""
    with house.stripe.store.transaction():
        house.stripe.store.write("DELETE FROM meter_events")


def somebody_reports(house: House, tree_id: UUID, events: int) -> None:
    sdk(house).v1.billing.meter_events.create(
        {
            "event_name": "heartwood_overage",
            "payload": {
                "stripe_customer_id": str(house.agency.tree(tree_id).customer_id),
                "value": str(events),
            },
            "timestamp": int(house.clock().timestamp()),
        }
    )


def compare(house: House) -> None:
    """The clock looks, and what follows is done."""
    house.run_followed()
    house.wiring.overages.compare_lagging()
    house.wiring.deliver_due()


def test_after_a_report_it_is_noted_what_stripe_holds(house: House, tree_id: UUID) -> None:
    held = facts(house, tree_id, "HeldByStripe")

    assert [one.events for one in held] == [2_000]
    assert overage(house, tree_id).drift(house.clock()) == 0


def test_to_look_again_at_the_same_total_records_nothing(house: House, tree_id: UUID) -> None:
    house.wiring.overages.compare(stream_of(house, tree_id), house.because())
    compare(house)

    assert len(facts(house, tree_id, "HeldByStripe")) == 1


def test_what_stripe_lost_is_reported_once_more_under_another_identifier(house: House, tree_id: UUID) -> None:
    stripe_forgets(house)
    house.clock.advance(hours=1)
    house.wiring.overages.compare(stream_of(house, tree_id), house.because())

    house.wiring.deliver_due()

    (shortfall,) = facts(house, tree_id, "ShortfallFound")
    assert (shortfall.events, shortfall.events_reported, shortfall.events_held) == (2_000, 2_000, 0)
    assert len({one.identifier for one in facts(house, tree_id, "Reported")}) == 2
    assert [one.events for one in facts(house, tree_id, "HeldByStripe")] == [2_000, 0, 2_000]
    assert overage(house, tree_id).drift(house.clock()) == 0


def test_what_was_confirmed_a_moment_ago_may_still_be_on_its_way(house: House, tree_id: UUID) -> None:
    stripe_forgets(house)
    house.clock.advance(minutes=59)

    house.wiring.overages.compare(stream_of(house, tree_id), house.because())

    assert facts(house, tree_id, "ShortfallFound") == []
    assert overage(house, tree_id).drift(house.clock()) == 0


def test_the_clock_looks_again_until_stripe_has_counted(house: House, tree_id: UUID) -> None:
    stripe_forgets(house)
    house.wiring.overages.compare(stream_of(house, tree_id), house.because())
    somebody_reports(house, tree_id, 2_000)  # by now it has

    compare(house)

    assert overage(house, tree_id).events_held == 2_000
    assert facts(house, tree_id, "ShortfallFound") == []


def test_stripe_telling_of_reports_it_did_not_take_has_us_look_at_once(house: House, tree_id: UUID) -> None:
    stripe_forgets(house)
    house.wiring.overages.compare(stream_of(house, tree_id), house.because())
    somebody_reports(house, tree_id, 1_500)
    house.run_followed()

    house.wiring.inbox.remember(ERRORS_SEEN, b"{}", because=house.because("stripe"))
    house.wiring.deliver_due()

    assert overage(house, tree_id).events_held == 1_500


def test_where_stripe_holds_what_it_confirmed_the_clock_asks_it_nothing(house: House, tree_id: UUID) -> None:
    stripe_forgets(house)
    house.run_followed()

    compare(house)

    assert overage(house, tree_id).events_held == 2_000  # as it was seen last: the night looks at all


def test_once_the_invoice_is_final_nothing_is_reported_and_it_is_a_drift(house: House, tree_id: UUID) -> None:
    ends_at = house.agency.tree(tree_id).cycle_ends_at
    stripe_forgets(house)
    house.clock.at = ends_at + HOUR + timedelta(seconds=1)

    house.wiring.overages.compare(stream_of(house, tree_id), house.because())

    assert facts(house, tree_id, "ShortfallFound") == []
    assert overage(house, tree_id).drift(house.clock()) == -2_000


def test_more_than_was_claimed_is_a_drift_and_nothing_is_guessed(house: House, tree_id: UUID) -> None:
    somebody_reports(house, tree_id, 5)
    house.clock.advance(hours=2)

    house.wiring.overages.compare(stream_of(house, tree_id), house.because())

    assert overage(house, tree_id).drift(house.clock()) == 5
    assert facts(house, tree_id, "ShortfallFound") == []


@pytest.mark.parametrize(("arrived", "sent_again"), [(True, False), (False, True)])
def test_after_a_day_the_meter_is_asked_before_a_lost_answer_is_sent_again(
    house: House, tree_id: UUID, arrived: bool, sent_again: bool
) -> None:
    anchor_id = house.agency.tree(tree_id).anchor_id
    fill(house, anchor_id, 1_000)
    house.wiring.overages.claim_all()
    if arrived:  # and the answer was lost
        somebody_reports(house, tree_id, 1_000)
    house.clock.advance(hours=24)
    house.stripe.advance(house.clock())

    house.wiring.deliver_due()

    found = overage(house, tree_id)
    assert (found.events_reported, found.events_held) == (3_000, 3_000)
    assert found.unreported == {}
    identifiers = house.stripe.store.rows("SELECT count(*) FROM meter_events WHERE identifier LIKE 'ov:%'")
    assert identifiers == [(1 + sent_again,)]


def test_a_cycle_that_is_about_to_end_is_flushed(house: House) -> None:
    tree_id, anchor_id = house.agency_of(house.person("Ana"))
    ends_at = house.agency.tree(tree_id).cycle_ends_at
    fill(house, anchor_id, 27_000)
    for minutes, claims in ((6, 0), (4, 1)):
        house.clock.at = ends_at - timedelta(minutes=minutes)

        house.wiring.overages.claim_ending()

        assert len(facts(house, tree_id, "Claimed")) == claims


def test_the_whole_cycle_is_summed_up_to_the_last_whole_minute(house: House, tree_id: UUID) -> None:
    found = overage(house, tree_id)
    at = found.nearest_instant(found.cycle_ends_at + HOUR)

    assert found.counted_from <= at < found.counted_until
    assert house.wiring.gateway.usage_held(found.customer_id, found.counted_from, found.counted_until) == sum(
        one.events for one in facts(house, tree_id, "Reported")
    )
