"""Checkout: one for each tree, whoever asks and however often, and never for what is paid already."""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

import pytest

from adapters.local_stripe.answers import Refusal as LocalRefusal
from domain.billing import BillingFault
from domain.permissions import Role
from domain.refusals import Refused, Unknown
from tests.adapters.billed import checkout, chosen, names, pay, sdk, stripe_away, stripe_has, told
from tests.house import House
from tests.proofs.at_once import at_once

STARTED = ["Tree.Founded", "Tree.CheckoutOpened", "Tree.SubscriptionStarted"]


@pytest.fixture
def ana(house: House) -> UUID:
    return house.person("Ana")


@pytest.fixture
def tree_id(house: House, ana: UUID) -> UUID:
    return house.agency_of(ana)[0]


def test_a_second_click_leads_to_the_same_checkout(house, ana):
    tree_id = chosen(house, ana)

    first = checkout(house, tree_id, ana)
    house.clock.advance(minutes=20)

    assert checkout(house, tree_id, ana) == first


def test_a_second_checkout_for_another_buyer_is_not_opened_beside_the_first(house, ana):
    tree_id, adam = chosen(house, ana), house.person("Adam")
    house.member(house.agency.tree(tree_id).anchor_id, ana, adam, Role.ADMIN)
    first = checkout(house, tree_id, ana)

    second = checkout(house, tree_id, adam, "adam@example.com")

    assert second == checkout(house, tree_id, ana) == first
    assert names(house, tree_id) == ["Tree.Founded", "Tree.CheckoutOpened"]


def test_two_admins_who_ask_at_the_same_moment_are_led_to_one_checkout(house, ana):
    tree_id, adam = chosen(house, ana), house.person("Adam")
    house.member(house.agency.tree(tree_id).anchor_id, ana, adam, Role.ADMIN)
    asks = [
        partial(checkout, house, tree_id, one, f"{one}@example.com") for one in (ana, adam) for _ in range(3)
    ]

    urls = at_once(asks)

    assert len(set(urls)) == 1
    assert names(house, tree_id) == ["Tree.Founded", "Tree.CheckoutOpened"]


def test_a_checkout_is_opened_for_whoever_handles_the_billing_and_nobody_else(house, ana):
    tree_id, eve = chosen(house, ana), house.person("Eve")

    with pytest.raises(Refused, match="role_too_low"):
        checkout(house, tree_id, eve, "eve@example.com")

    assert names(house, tree_id) == ["Tree.Founded"]


def test_while_stripe_is_away_no_checkout_is_remembered_and_the_next_click_opens_one(house, ana):
    tree_id = chosen(house, ana)

    with stripe_away(house), pytest.raises(BillingFault):
        checkout(house, tree_id, ana)
    while_away = names(house, tree_id)
    url = checkout(house, tree_id, ana)

    assert while_away == ["Tree.Founded"]
    assert url.rsplit("/", 1)[1] == house.agency.tree(tree_id).checkout_id


def test_an_hour_later_the_way_to_pay_is_open_still(house, ana):
    tree_id = chosen(house, ana)
    checkout(house, tree_id, ana)
    house.clock.advance(days=2)

    pay(house, checkout(house, tree_id, ana))
    house.deliver_notices()

    assert house.agency.tree(tree_id).status == "active"
    assert names(house, tree_id)[:3] == ["Tree.Founded", "Tree.CheckoutOpened", "Tree.CheckoutOpened"]


def test_what_is_paid_for_is_not_sold_again(house, ana, tree_id):
    with pytest.raises(Refused, match="already_subscribed"):
        checkout(house, tree_id, ana)


def test_what_is_paid_for_is_not_sold_again_even_before_anybody_told_us(house, ana):
    tree_id = chosen(house, ana)
    pay(house, checkout(house, tree_id, ana))
    house.stripe.take_notices()  # and every one of them is lost

    with pytest.raises(Refused, match="already_subscribed"):
        checkout(house, tree_id, ana)

    assert told(house, "checkout.session.completed") == 1


def test_a_paid_checkout_that_nobody_told_us_of_is_found_by_looking_again(house, ana):
    tree_id = chosen(house, ana)
    pay(house, checkout(house, tree_id, ana))
    house.stripe.take_notices()  # and every one of them is lost

    house.wiring.billing.refresh(tree_id, ana, because=house.because(f"person:{ana}"))

    assert names(house, tree_id) == STARTED
    assert house.agency.tree(tree_id).status == "active"


def test_looking_again_before_anything_is_paid_for_changes_nothing(house, ana):
    tree_id = chosen(house, ana)
    house.wiring.billing.refresh(tree_id, ana, because=house.because(f"person:{ana}"))
    checkout(house, tree_id, ana)

    house.wiring.billing.refresh(tree_id, ana, because=house.because(f"person:{ana}"))

    assert names(house, tree_id) == ["Tree.Founded", "Tree.CheckoutOpened"]


def test_the_checkout_of_another_plan_closes_the_one_before(house, ana):
    anchor_id, because = house.workspace(ana), house.because(f"person:{ana}")
    trees, urls = {}, {}
    for plan in ("pro", "agency"):
        trees[plan] = house.agency.choose_plan(anchor_id, ana, plan, uuid4(), because=because).id
        urls[plan] = checkout(house, trees[plan], ana)

    with pytest.raises(LocalRefusal, match="expired"):
        pay(house, urls["pro"])
    pay(house, urls["agency"])
    house.deliver_notices()

    anchor = house.agency.workspace(anchor_id)
    assert (anchor.plan, anchor.tree_id) == ("agency", trees["agency"])
    assert house.agency.tree(trees["pro"]).status == "awaiting_payment"


def test_a_plan_that_was_paid_in_another_tab_is_not_paid_beside_another(house, ana):
    anchor_id, because = house.workspace(ana), house.because(f"person:{ana}")
    pro = house.agency.choose_plan(anchor_id, ana, "pro", uuid4(), because=because).id
    url = checkout(house, pro, ana)
    agency = house.agency.choose_plan(anchor_id, ana, "agency", uuid4(), because=because).id
    pay(house, url)

    with pytest.raises(Refused, match="already_subscribed"):
        checkout(house, agency, ana)

    anchor = house.agency.workspace(anchor_id)
    assert (anchor.plan, anchor.tree_id) == ("pro", pro)


def test_a_plan_that_was_replaced_is_not_paid_for_any_more(house, ana):
    anchor_id, because = house.workspace(ana), house.because(f"person:{ana}")
    pro = house.agency.choose_plan(anchor_id, ana, "pro", uuid4(), because=because).id
    house.agency.choose_plan(anchor_id, ana, "agency", uuid4(), because=because)

    with pytest.raises(Unknown):
        checkout(house, pro, ana)


def test_a_workspace_that_is_adopted_is_not_paid_for_any_more(house, ana, tree_id):
    own = chosen(house, ana)
    url = checkout(house, own, ana)

    house.wiring.billing.adopt(
        tree_id, ana, house.agency.tree(own).anchor_id, because=house.because(f"person:{ana}")
    )

    adopted = house.agency.workspace(house.agency.tree(own).anchor_id)
    assert adopted.tree_id == tree_id
    with pytest.raises(LocalRefusal, match="expired"):
        pay(house, url)
    with pytest.raises(Refused, match="already_subscribed"):
        checkout(house, own, ana)


def test_who_may_not_adopt_closes_nobodys_checkout(house, ana, tree_id):
    own, eve = chosen(house, ana), house.person("Eve")
    url = checkout(house, own, ana)

    with pytest.raises(Refused, match="not_yours_to_adopt"):
        house.wiring.billing.adopt(
            tree_id, eve, house.agency.tree(own).anchor_id, because=house.because(f"person:{eve}")
        )

    assert pay(house, url)


# An agency that has ended, and whose customer Stripe knows still.


@pytest.fixture
def second_tree_id(house: House, ana: UUID, tree_id: UUID) -> UUID:
    """The agency has ended; its owner has chosen the plan again."""
    sdk(house).v1.subscriptions.cancel(house.agency.tree(tree_id).subscription_id)
    house.deliver_notices()
    anchor_id, because = house.agency.tree(tree_id).anchor_id, house.because(f"person:{ana}")
    return house.agency.choose_plan(anchor_id, ana, "agency", uuid4(), because=because).id


def test_who_was_a_customer_before_pays_as_the_same_customer(house, ana, tree_id, second_tree_id):
    customer_id = house.agency.tree(tree_id).customer_id

    pay(house, checkout(house, second_tree_id, ana))
    house.deliver_notices()

    second = house.agency.tree(second_tree_id)
    assert (second.status, second.customer_id) == ("active", customer_id)


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "incomplete", "paused"])
def test_a_customer_with_a_live_subscription_is_not_sold_another(house, ana, tree_id, second_tree_id, status):
    bought = house.wiring.gateway.open_checkout(
        tree_id=uuid4(),
        plan="pro",
        customer_id=house.agency.tree(tree_id).customer_id,
        email=None,
        success_url="http://localhost/",
        cancel_url="http://localhost/",
        idempotency_key="bought elsewhere",
    )
    house.stripe.pay(bought.checkout_id)
    stripe_has(house, house.wiring.gateway.checkout(bought.checkout_id).subscription_id, status=status)

    with pytest.raises(Refused, match="already_subscribed"):
        checkout(house, second_tree_id, ana)

    assert names(house, second_tree_id) == ["Tree.Founded"]


# Back from the checkout.


def test_the_buyer_who_is_back_before_the_notice_has_the_plan_and_the_notice_adds_nothing(house, ana):
    tree_id = chosen(house, ana)
    checkout_id = pay(house, checkout(house, tree_id, ana))

    back = house.wiring.billing.returned(checkout_id, ana, because=house.because(f"person:{ana}"))
    recorded = names(house, tree_id)
    house.deliver_notices()

    assert back == tree_id
    assert names(house, tree_id) == recorded == STARTED


@pytest.mark.parametrize("checkout_id", ["cs_test_none", "", "../subscriptions", "cs_test_1?x=1", "x" * 999])
def test_a_checkout_that_is_not_brings_nobody_a_plan(house, ana, checkout_id):
    because = house.because(f"person:{ana}")

    assert house.wiring.billing.returned(checkout_id, ana, because=because) is None


def test_a_stranger_with_the_address_of_a_checkout_changes_nothing(house, ana):
    tree_id, eve = chosen(house, ana), house.person("Eve")
    checkout_id = pay(house, checkout(house, tree_id, ana))

    back = house.wiring.billing.returned(checkout_id, eve, because=house.because(f"person:{eve}"))

    assert back is None
    assert names(house, tree_id) == ["Tree.Founded", "Tree.CheckoutOpened"]


def test_a_checkout_that_is_not_paid_brings_nobody_a_plan(house, ana):
    tree_id = chosen(house, ana)
    checkout_id = checkout(house, tree_id, ana).rsplit("/", 1)[1]

    back = house.wiring.billing.returned(checkout_id, ana, because=house.because(f"person:{ana}"))

    assert back is None
    assert names(house, tree_id) == ["Tree.Founded", "Tree.CheckoutOpened"]
