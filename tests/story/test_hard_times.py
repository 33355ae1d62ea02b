"""What befalls a subscription at Stripe, and what becomes of the agency: cards, disputes, dashboards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.adapters.billed import names, sdk
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
