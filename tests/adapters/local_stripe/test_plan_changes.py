"""Does a plan change at the local Stripe as it does at Stripe: at once, to the second, or not at all?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from adapters.stripe.errors import StripeRefused
from tests.adapters.local_stripe.bright_signal import World, a_client, a_subscription, types_of

SUBSCRIPTION = "sub_000001"
PRO, AGENCY = 4_900, 24_900
UPGRADED = ["invoice.created", "customer.subscription.updated", "invoice.finalized", "invoice.paid"]
JANUARY = 31 * 86_400


def an_item(world: World) -> Any:
    return a_client(world.stripe).v1.subscriptions.retrieve(SUBSCRIPTION).to_dict()["items"]["data"][0]


def price_of(world: World, plan: str) -> str:
    return world.gateway.catalogue().plan_price_ids[plan]


def update(world: World, plan: str, **how: Any) -> stripe.Subscription:
    items = [{"id": an_item(world)["id"], "price": price_of(world, plan)}]
    params: Any = {"items": items, "proration_behavior": "always_invoice", **how}
    return a_client(world.stripe).v1.subscriptions.update(SUBSCRIPTION, params)


def newest(world: World) -> Any:
    return a_client(world.stripe).v1.invoices.list({"limit": 1}).data[0].to_dict()


def test_the_rest_of_the_period_is_given_back_and_asked_for_to_the_second() -> None:
    world = a_subscription(plan="pro")
    world.stripe.advance_by(10 * 86_400 + 1)
    world.stripe.take_notices()

    world.gateway.change_plan(SUBSCRIPTION, "agency", "plan-1")

    left = JANUARY - 10 * 86_400 - 1
    credit, debit = (round(price * left / JANUARY) for price in (PRO, AGENCY))
    invoice = newest(world)
    assert [line["amount"] for line in invoice["lines"]["data"]] == [-credit, debit]
    assert (invoice["billing_reason"], invoice["status"]) == ("subscription_update", "paid")
    assert invoice["amount_paid"] == debit - credit
    assert types_of(world.stripe) == UPGRADED
    assert world.again().plan == "agency"
    assert world.again().cycle_ends_at == world.seen.cycle_ends_at


def test_lines_of_a_change_say_what_they_are() -> None:
    world = a_subscription(plan="pro")
    world.stripe.advance_by(86_400)

    world.gateway.change_plan(SUBSCRIPTION, "agency", "plan-1")

    credit, debit = newest(world)["lines"]["data"]
    details = credit["parent"]["subscription_item_details"]
    assert (credit["description"], debit["description"]) == (
        "Unused time on Pro after 2 Jan 2026",
        "Remaining time on Agency after 2 Jan 2026",
    )
    assert details["proration"] is True
    assert details["proration_details"]["credited_items"]["invoice"] == "in_000001"
    assert debit["pricing"]["price_details"]["price"] == price_of(world, "agency")
    assert debit["period"] == {
        "start": int(world.stripe.now().timestamp()),
        "end": int(world.seen.cycle_ends_at.timestamp()),
    }


def test_half_a_cent_is_a_cent_on_both_sides() -> None:
    world = a_subscription(plan="pro", at=datetime(2026, 4, 1, tzinfo=UTC))
    half = int((world.seen.cycle_ends_at - world.seen.cycle_started_at).total_seconds()) // 8
    world.stripe.advance_by(half)

    update(world, "agency")

    amounts = [line["amount"] for line in newest(world)["lines"]["data"]]
    assert amounts == [-4_288, 21_788]  # 4,287.5 and 21,787.5


def test_what_is_declined_has_not_happened() -> None:
    world = a_subscription(plan="pro")
    world.stripe.do("set_card", "cus_000001", card="declining")
    world.stripe.take_notices()

    with pytest.raises(StripeRefused, match="declined") as refused:
        world.gateway.change_plan(SUBSCRIPTION, "agency", "plan-1")

    assert refused.value.code == "card_declined"
    assert types_of(world.stripe) == []
    assert world.again() == world.seen
    assert len(world.gateway.invoices(SUBSCRIPTION)) == 1


def test_who_allows_it_is_upgraded_and_behind() -> None:
    world = a_subscription(plan="pro")
    world.stripe.do("set_card", "cus_000001", card="declining")

    changed = update(world, "agency", payment_behavior="allow_incomplete")

    assert changed.status == "past_due"
    assert newest(world)["status"] == "open"
    assert world.again().plan == "agency"


def test_without_proration_nothing_is_invoiced_before_the_renewal() -> None:
    world = a_subscription(plan="pro")

    update(world, "agency", proration_behavior="none")
    count = len(world.gateway.invoices(SUBSCRIPTION))
    world.stripe.advance(world.seen.cycle_ends_at)

    assert count == 1
    assert newest(world)["total"] == AGENCY


def test_a_credit_is_kept_for_the_next_invoice() -> None:
    world = a_subscription(plan="agency")

    update(world, "pro")
    credit = newest(world)
    world.stripe.advance(world.seen.cycle_ends_at + timedelta(hours=1))

    assert (credit["total"], credit["amount_due"], credit["status"]) == (PRO - AGENCY, 0, "paid")
    assert (newest(world)["total"], newest(world)["amount_paid"]) == (PRO, 0)
    balance = a_client(world.stripe).v1.customers.retrieve("cus_000001").balance
    assert balance == PRO - AGENCY + PRO


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"proration_behavior": "create_prorations"}, "proration_behavior=create_prorations"),
        ({"payment_behavior": "pending_if_incomplete"}, "payment_behavior=pending_if_incomplete"),
        ({"items": [{"price": "price_000001"}]}, "items[0] without an id"),
        ({"items": [{"id": "si_9", "price": "price_000001"}]}, "items[0][id]"),
        ({"items": [{"id": "si_000001", "price": "price_9"}]}, "items[0][price]"),
        ({"items": [{"id": "si_000001", "quantity": 0}]}, "items[0][quantity]"),
        ({"items": [{"id": "si_000002", "quantity": 2}]}, "items[0] of a metered item"),
    ],
)
def test_other_changes_of_items_are_refused(params: Any, param: str) -> None:
    world = a_subscription(plan="pro")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        update(world, "agency", **params)

    assert refused.value.param == param
    assert world.again() == world.seen


def test_a_change_can_be_seen_before_it_is_made() -> None:
    world = a_subscription(plan="pro")
    world.stripe.advance_by(86_400)
    client = a_client(world.stripe)
    items: Any = [{"id": an_item(world)["id"], "price": price_of(world, "agency")}]

    def previewed(behaviour: str) -> list[int]:
        preview = client.v1.invoices.create_preview(
            {
                "subscription": SUBSCRIPTION,
                "subscription_details": {"items": items, "proration_behavior": behaviour},
            }
        )
        return [line.amount for line in preview.lines.data]

    at_once, later, none = (previewed(one) for one in ("always_invoice", "create_prorations", "none"))
    update(world, "agency")

    made = [line["amount"] for line in newest(world)["lines"]["data"]]
    assert (at_once, later, none) == (made, [*made, AGENCY], [AGENCY])
    assert len(world.gateway.invoices(SUBSCRIPTION)) == 2
