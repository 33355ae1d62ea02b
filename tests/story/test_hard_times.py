"""What befalls a subscription at Stripe, and what becomes of the agency: cards, disputes, dashboards."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.refusals import Unknown
from tests.adapters.billed import checkout, names, pay, sdk, stripe_away
from tests.house import House
from tests.web.pages.scene import Scene, text_of

BILLING = "/w/{anchor}/billing"
LATER = timedelta(hours=2)
DAY = timedelta(days=1)


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


class Told:
    """The agency of the scene: its ids at Stripe, and what its pages say."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.house = scene, scene.house
        tree = self.house.agency.tree(scene.tree_id)
        assert tree.customer_id is not None
        assert tree.subscription_id is not None
        assert tree.cycle_ends_at is not None
        self.customer_id, self.subscription_id = tree.customer_id, tree.subscription_id
        self.cycle_ends_at = tree.cycle_ends_at

    def page(self, who: str, path: str) -> str:
        return text_of(self.scene.browser(who).get(self.scene.path(path)))

    @property
    def plans(self) -> set[str]:
        return {self.house.agency.workspace(one).plan for one in (self.scene.anchor_id, self.scene.child_id)}

    def status_at_stripe(self) -> str:
        return str(sdk(self.house).v1.subscriptions.retrieve(self.subscription_id).status)

    def minutes_pass(self, minutes: int) -> None:
        for _ in range(minutes):
            self.house.advance_to(self.house.clock.at + timedelta(minutes=1))

    def days_pass(self, days: int) -> None:
        for _ in range(days):
            self.house.leap_to(self.house.clock.at + DAY)

    def renewal_fails(self) -> None:
        self.house.stripe.do("set_card", self.customer_id, card="declining")
        self.house.leap_to(self.cycle_ends_at + LATER)


@pytest.fixture
def told(scene: Scene) -> Told:
    return Told(scene)


def test_a_card_that_declines_keeps_the_plan_and_says_so_to_who_pays(told: Told) -> None:
    told.renewal_fails()

    assert told.status_at_stripe() == "past_due"
    assert told.plans == {"agency"}
    assert "A payment for the Agency plan failed" in told.page("Ana", BILLING)
    assert "failed" not in told.page("Ben", "/w/{child}/")


def test_the_open_invoice_is_paid_and_all_is_well_again(told: Told) -> None:
    told.renewal_fails()
    told.house.stripe.do("set_card", told.customer_id, card="good")
    (invoice,) = sdk(told.house).v1.invoices.list({"customer": told.customer_id, "status": "open"}).data

    told.house.stripe.do("pay", invoice.id)
    told.house.deliver_notices()

    facts = names(told.house, told.scene.tree_id)
    assert told.status_at_stripe() == "active"
    assert facts.count("Tree.PaymentStandingChanged") == 2
    assert "failed, and is outstanding" not in told.page("Ana", BILLING)


@pytest.mark.parametrize("after_retries", ["canceled", "unpaid"])
def test_when_the_last_attempt_has_failed_the_whole_tree_is_free(told: Told, after_retries: str) -> None:
    told.house.stripe.turn_knobs(after_retries=after_retries)
    told.renewal_fails()

    told.days_pass(16)

    assert told.plans == {"free"}
    assert told.status_at_stripe() == "canceled"  # also the unpaid one, which could come back
    assert "How did this downgrade happen?" in told.page("Ana", BILLING)


def test_an_unpaid_subscription_that_ended_here_never_comes_back(told: Told) -> None:
    told.house.stripe.turn_knobs(after_retries="unpaid")
    told.renewal_fails()
    told.days_pass(16)
    told.house.stripe.do("set_card", told.customer_id, card="good")
    before = names(told.house, told.scene.tree_id)

    told.days_pass(3)

    assert told.plans == {"free"}
    assert names(told.house, told.scene.tree_id) == before
    assert told.status_at_stripe() == "canceled"


def test_a_dispute_is_shown_and_takes_nothing_away(told: Told) -> None:
    (invoice,) = sdk(told.house).v1.invoices.list({"customer": told.customer_id}).data

    told.house.stripe.do("dispute", invoice.id, reason="fraudulent")
    told.house.deliver_notices()

    assert "Tree.PaymentDisputed" in names(told.house, told.scene.tree_id)
    assert "disput" in told.page("Ana", BILLING).lower()
    assert told.plans == {"agency"}


def test_a_dispute_that_cancels_downgrades_the_tree_and_names_itself(told: Told) -> None:
    told.house.stripe.turn_knobs(dispute_cancels=True)
    (invoice,) = sdk(told.house).v1.invoices.list({"customer": told.customer_id}).data

    told.house.stripe.do("dispute", invoice.id, reason="fraudulent")
    told.house.deliver_notices()

    assert told.plans == {"free"}
    story = told.page("Ana", f"/trees/{told.scene.tree_id}/downgrade")
    assert "disput" in story.lower()


def test_a_customer_that_was_deleted_ends_the_tree_and_buys_again_as_another(told: Told) -> None:
    told.house.stripe.do("delete_customer", told.customer_id)
    told.house.deliver_notices()
    ended = told.plans
    ana = told.scene.browser("Ana")

    checkout = ana.post(told.scene.path(f"{BILLING}/plan"), plan="agency").headers["Location"]
    told.house.stripe.pay(checkout.rsplit("/", 1)[1])
    told.house.deliver_notices()

    anchor = told.house.agency.workspace(told.scene.anchor_id)
    assert ended == {"free"}
    assert anchor.plan == "agency"
    assert anchor.customer_id not in (None, told.customer_id)


def test_a_subscription_that_someone_paused_keeps_its_plan_and_says_so(told: Told) -> None:
    told.house.stripe.do("pause_collection", told.subscription_id)
    told.house.deliver_notices()
    while_paused = told.page("Ana", BILLING).lower()

    told.house.stripe.do("resume_collection", told.subscription_id)
    told.house.deliver_notices()

    assert "paused" in while_paused
    assert "paused" not in told.page("Ana", BILLING).lower()
    assert told.plans == {"agency"}


def test_a_cheaper_plan_comes_with_the_next_cycle_and_releases_the_children(told: Told) -> None:
    scene, house = told.scene, told.house
    scene.browser("Ana").post(scene.path(f"{BILLING}/plan/change"), plan="pro", sure="yes")
    until_then = told.plans

    house.leap_to(told.cycle_ends_at + LATER)

    assert until_then == {"agency"}
    assert house.agency.workspace(scene.anchor_id).plan == "pro"
    child = house.agency.workspace(scene.child_id)
    assert (child.plan, child.tree_id, child.parent_id) == ("free", None, None)
    invoice = sdk(house).v1.invoices.list({"customer": told.customer_id}).data[0]
    assert (invoice.status, invoice.total) == ("paid", 4_900)


# What a review found, and what must never happen again.


def test_what_was_asked_for_is_done_also_if_stripe_had_other_news_first(told: Told) -> None:
    scene, house = told.scene, told.house
    house.stripe.do("change_plan", told.subscription_id, price=_price_of(house, "pro"))

    with stripe_away(house):
        asked = scene.browser("Ana").post(scene.path(f"{BILLING}/cancel"))
    told.minutes_pass(60)

    assert asked.status_code == 503
    assert house.agency.tree(scene.tree_id).ends_at is not None
    assert sdk(house).v1.subscriptions.retrieve(told.subscription_id).cancel_at is not None


@pytest.mark.parametrize("claimed_before", [True, False])
def test_what_an_upgrade_costs_does_not_hang_on_the_clock(scene: Scene, claimed_before: bool) -> None:
    house = scene.house
    tree_id = pays_for(scene, "pro")
    scene.track(scene.eves_id, 12_000)
    if claimed_before:
        house.wiring.overages.claim_all()
        house.deliver_notices()
    eve = scene.people["Eve"]

    house.wiring.billing.change_plan(tree_id, eve, "agency", because=house.because(f"person:{eve}"))
    scene.track(scene.eves_id, 14_000)
    house.wiring.overages.claim_all()
    house.deliver_notices()

    assert _billed_after_the_cycle(house, tree_id) == [2_000]  # above the pool of Pro; Agency's was enough


def test_a_plan_that_shrinks_within_a_cycle_bills_nothing_backwards(told: Told) -> None:
    told.scene.track(told.scene.anchor_id, 24_000)

    told.house.stripe.do("change_plan", told.subscription_id, price=_price_of(told.house, "pro"))
    told.house.deliver_notices()
    told.house.wiring.overages.claim_all()

    assert told.house.agency.workspace(told.scene.anchor_id).plan == "pro"
    assert _billed_after_the_cycle(told.house, told.scene.tree_id) == []


def test_overage_of_an_ended_subscription_is_never_billed_to_the_next_one(told: Told) -> None:
    scene, house = told.scene, told.house
    told.minutes_pass(60)
    scene.track(scene.anchor_id, 25_700)
    house.stripe.do("cancel", told.subscription_id)
    told.minutes_pass(5)

    new = pays_again(scene)
    scene.track(scene.anchor_id, 26_000)
    house.wiring.overages.claim_all()
    told.minutes_pass(30)
    house.wiring.reconciler.reconcile_overage()
    house.run_followed()

    assert _billed_after_the_cycle(house, new) == [1_000]
    with pytest.raises(Unknown):  # nothing was found that differs
        house.agency.reconciliation("overages")


def test_a_dispute_is_of_the_tree_whose_invoice_it_is_about(told: Told) -> None:
    scene, house = told.scene, told.house
    (invoice,) = sdk(house).v1.invoices.list({"customer": told.customer_id}).data
    house.stripe.do("cancel", told.subscription_id)
    house.deliver_notices()
    new = pays_again(scene)

    house.stripe.do("dispute", invoice.id, reason="fraudulent")
    house.deliver_notices()

    assert list(house.agency.tree(scene.tree_id).disputes.values()) == ["needs_response"]
    assert house.agency.tree(new).disputes == {}


def pays_for(scene: Scene, plan: str) -> UUID:
    """Eve's own workspace, on a plan of its own."""
    house, eve = scene.house, scene.people["Eve"]
    because = house.because(f"person:{eve}")
    tree_id = house.agency.choose_plan(scene.eves_id, eve, plan, uuid4(), because=because).id
    pay(house, checkout(house, tree_id, eve, "eve@example.com"))
    house.deliver_notices()
    return tree_id


def pays_again(scene: Scene) -> UUID:
    house, ana = scene.house, scene.people["Ana"]
    because = house.because(f"person:{ana}")
    tree_id = house.agency.choose_plan(scene.anchor_id, ana, "agency", uuid4(), because=because).id
    pay(house, checkout(house, tree_id, ana))
    house.deliver_notices()
    return tree_id


def _price_of(house: House, plan: str) -> str:
    return house.wiring.gateway.catalogue().plan_price_ids[plan]


def _billed_after_the_cycle(house: House, tree_id: UUID) -> list[int]:
    """The quantities of overage on all invoices of a tree, once its cycle is over."""
    ends_at = house.agency.tree(tree_id).cycle_ends_at
    assert ends_at is not None
    house.leap_to(ends_at + LATER)
    subscription_id = house.agency.tree(tree_id).subscription_id
    invoices = sdk(house).v1.invoices.list({"subscription": subscription_id}).data
    return [
        line.quantity
        for invoice in invoices
        for line in invoice.lines.data
        if line.pricing and 0 < (line.pricing.unit_amount_decimal or 0) < 1
    ]
