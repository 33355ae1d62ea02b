"""Does a notice that is stale, or about something else, leave an agency as it is?"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from uuid import uuid4

import pytest
from psycopg.rows import scalar_row

from domain.billing import NoticeOutcome
from domain.tree import TreeStatus
from tests.house import House
from tests.proofs.customers import Customer, Stripe

SAME_SECOND = (
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
)


@pytest.fixture
def stripe(house: House) -> Stripe:
    return Stripe(house)


def agency_facts(house: House) -> int:
    """How many facts there are about trees and workspaces; what we were told is not one of them."""
    with house.database.reading() as db:
        found = db.cursor(row_factory=scalar_row).execute(
            "SELECT count(*) FROM agency_events WHERE topic NOT LIKE 'StripeNotice.%'"
        )
        return int(found.fetchone() or 0)


def outcomes(house: House) -> list[str]:
    """What came of each notice that was acted on, in order."""
    with house.database.reading() as db:
        rows = db.execute(
            "SELECT convert_from(state, 'UTF8')::jsonb ->> 'outcome' AS outcome FROM agency_events"
            " WHERE topic = 'StripeNotice.ActedOn' ORDER BY notification_id"
        ).fetchall()
    return [row["outcome"] for row in rows]


def about(body: bytes, **changes: object) -> bytes:
    """The same notice, with an id of its own, about another object."""
    notice = json.loads(body)
    notice["id"] = f"evt_{uuid4().hex}"
    notice["data"]["object"] |= changes
    return json.dumps(notice).encode()


def ended_in_the_second_it_began(stripe: Stripe) -> Customer:
    customer = stripe.buys()
    stripe.sdk.v1.subscriptions.update(customer.subscription_id, {"metadata": {"note": "a change"}})
    stripe.ends_at_once(customer.subscription_id)
    return customer


def test_notices_of_one_second_never_bring_an_ended_agency_back(house: House, stripe: Stripe) -> None:
    customers = [(ended_in_the_second_it_began(stripe), order) for order in permutations(SAME_SECOND)]
    created = {json.loads(body)["created"] for one, _ in customers for body in one.notices.values()}

    for customer, order in customers:
        for kind in order:
            stripe.tells(customer.notices[kind])

    assert len(created) == 1
    for customer, _ in customers:
        assert house.agency.tree(customer.tree_id).status is TreeStatus.ENDED
        assert {house.agency.workspace(one).plan for one in customer.workspace_ids} == {"free"}


def test_a_reading_from_before_the_end_changes_nothing_after_it(house: House, stripe: Stripe) -> None:
    customer = stripe.buys()
    before = house.wiring.gateway.subscription(customer.subscription_id)
    assert before is not None
    stripe.ends_at_once(customer.subscription_id)
    stripe.tells(customer.notices["customer.subscription.deleted"])
    facts = agency_facts(house)

    for late in (before, replace(before, ends_at=before.cycle_ends_at), replace(before, status="past_due")):
        house.agency.sync_subscription(customer.tree_id, late, because=house.because("stripe"))

    assert agency_facts(house) == facts
    assert house.agency.tree(customer.tree_id).status is TreeStatus.ENDED


def test_the_end_of_a_subscription_that_stripe_does_not_know_waits_and_ends_nothing(
    house: House, stripe: Stripe
) -> None:
    customer = stripe.buys()
    stripe.ends_at_once(stripe.buys().subscription_id)
    facts = agency_facts(house)

    stripe.tells(about(customer.notices["customer.subscription.created"], id="sub_nobody"))

    assert agency_facts(house) == facts
    assert outcomes(house) == []  # parked, to be tried again; never acknowledged and forgotten
    health = house.app.test_client().get("/healthz").json
    assert health["outbox"]["waiting"] == 1
    assert house.agency.tree(customer.tree_id).status is TreeStatus.ACTIVE


def test_the_end_of_a_second_subscription_of_the_same_tree_ends_nothing(house: House, stripe: Stripe) -> None:
    customer = stripe.buys()
    second = stripe.pays(customer.tree_id, "by mistake")
    stripe.ends_at_once(second)
    facts = agency_facts(house)

    stripe.tells(about(customer.notices["customer.subscription.created"], id=second))

    assert agency_facts(house) == facts
    assert outcomes(house) == [NoticeOutcome.NOT_CURRENT]
    assert house.agency.tree(customer.tree_id).status is TreeStatus.ACTIVE


def test_the_end_of_another_agency_ends_that_one_only(house: House, stripe: Stripe) -> None:
    customer, other = stripe.buys(), stripe.buys()
    stripe.ends_at_once(other.subscription_id)
    said_of_ours = {"metadata": {"tree_id": str(customer.tree_id)}}

    stripe.tells(about(other.notices["customer.subscription.deleted"], **said_of_ours))

    assert house.agency.tree(other.tree_id).status is TreeStatus.ENDED  # as Stripe itself says
    assert house.agency.tree(customer.tree_id).status is TreeStatus.ACTIVE
    assert len(house.agency.tree(customer.tree_id).children) == 4


def test_the_end_of_a_subscription_that_is_no_agencys_ends_nothing(house: House, stripe: Stripe) -> None:
    customer = stripe.buys()
    foreign = stripe.pays(uuid4(), "not of this house")
    stripe.ends_at_once(foreign)
    facts = agency_facts(house)

    stripe.tells(about(customer.notices["customer.subscription.created"], id=foreign))

    assert agency_facts(house) == facts
    assert outcomes(house) == [NoticeOutcome.NOT_OURS]
