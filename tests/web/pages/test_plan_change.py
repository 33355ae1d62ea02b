"""Another plan, carried out at Stripe: dearer at once, cheaper with the next cycle, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.web.pages.scene import Scene, text_of
from tests.web.pages.stripe_says import stripe_says
from tests.web.pages.test_plan import EVES, MIDDLE, eve_pays_for_pro

CHANGE = "/w/{anchor}/billing/plan/change"
EVES_CHANGE = EVES + "/change"
IN_APRIL = datetime(2026, 4, 2, tzinfo=UTC)


def test_what_is_charged_for_a_dearer_plan_is_what_the_page_said(scene: Scene) -> None:
    eve_pays_for_pro(scene)
    scene.house.clock.at = MIDDLE
    eve = scene.browser("Eve")

    answer = eve.post(scene.path(EVES_CHANGE), plan="agency")

    page = text_of(eve.follow(answer))
    assert answer.status_code == 303
    assert "The plan is Agency." in page
    assert "Agency, € 249.00 a month" in page
    assert "0 of 25,000 events" in page
    assert "€ 100.00" in page  # the invoice
    assert scene.house.agency.workspace(scene.eves_id).plan == "agency"


def test_two_clicks_charge_once(scene: Scene) -> None:
    eve_pays_for_pro(scene)
    eve = scene.browser("Eve")

    answers = [eve.post(scene.path(EVES_CHANGE), plan="agency") for _ in range(2)]

    invoices = scene.facts().count("Invoice.Opened")
    scene.house.deliver_notices()
    assert [answer.status_code for answer in answers] == [303, 303]
    assert "The plan is so already" in text_of(eve.follow(answers[1]))
    assert scene.facts().count("Tree.PlanChanged") == 1
    assert scene.facts().count("Invoice.Opened") == invoices


def test_when_the_card_is_declined_the_plan_stays_and_the_page_says_why(scene: Scene) -> None:
    eve_pays_for_pro(scene)
    eve, path = scene.browser("Eve"), scene.path("/w/{eves}/billing")
    customer_id = scene.house.agency.workspace(scene.eves_id).customer_id
    scene.house.stripe.do("set_card", customer_id, card="declining")

    answer = eve.post(scene.path(EVES_CHANGE), plan="agency")

    assert answer.status_code == 409
    assert 'data-code="card_declined"' in answer.get_data(as_text=True)
    assert "Nothing was charged, and the plan stays as it was." in text_of(answer)
    assert "Pro, € 49.00 a month" in text_of(eve.get(path))
    assert "asked on the billing page" not in text_of(eve.get(path))
    scene.house.clock.advance(hours=1)
    scene.house.deliver_notices()
    assert "Tree.PlanChanged" not in scene.facts()


def test_a_cheaper_plan_comes_with_the_next_cycle_as_it_was_foretold(scene: Scene) -> None:
    ana = scene.browser("Ana")

    answer = ana.post(scene.path(CHANGE), plan="pro")
    scheduled = text_of(ana.follow(answer))
    scene.house.advance_to(IN_APRIL)

    page = text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/billing")))
    child = text_of(scene.browser("Ben").get(scene.path("/w/{child}/")))
    assert "The plan becomes Pro on 1 April 2026, 09:00 UTC. Until then nothing changes." in scheduled
    assert "Agency, € 249.00 a month" in scheduled
    assert "Pro, € 49.00 a month" in page
    assert "0 of 10,000 events" in page
    assert "Plan Free, 4 members" in child
    assert "of 500 events" in child


def test_a_change_that_is_to_come_is_taken_back_once(scene: Scene) -> None:
    ana = scene.browser("Ana")
    ana.post(scene.path(CHANGE), plan="pro")

    answers = [ana.post(scene.path(CHANGE), plan="agency") for _ in range(2)]
    page = text_of(ana.follow(answers[0]))
    scene.house.advance_to(IN_APRIL + timedelta(days=1))

    assert [answer.status_code for answer in answers] == [303, 303]
    assert "Next plan" not in page
    facts = scene.facts()
    assert facts.count("Tree.PlanChangeWithdrawn") == 1
    assert "Tree.PlanChanged" not in facts


def test_a_plan_that_is_to_change_can_still_be_cancelled(scene: Scene) -> None:
    ana = scene.browser("Ana")
    ana.post(scene.path(CHANGE), plan="pro")

    answer = ana.post(scene.path("/w/{anchor}/billing/cancel"))

    page = text_of(ana.follow(answer))
    assert "The Agency plan ends on 1 Apr 2026, 09:00 UTC." in page
    assert "Next plan" not in page


def test_to_keep_the_plan_that_it_has_is_done_on_the_billing_page(scene: Scene) -> None:
    ana = scene.browser("Ana")
    ana.post(scene.path("/w/{anchor}/billing/plan/change"), plan="pro")

    answer = ana.get(scene.path("/w/{anchor}/billing/plan?to=agency"))

    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/billing")


def test_a_cancellation_says_that_a_planned_change_is_given_up_with_it(scene: Scene) -> None:
    ana = scene.browser("Ana")
    ana.post(scene.path("/w/{anchor}/billing/plan/change"), plan="pro")

    page = text_of(ana.get(scene.path("/w/{anchor}/billing/cancel")))

    assert "The change to the Pro plan, which was set for 1 Apr 2026, is given up with it" in page


def test_where_stripes_clock_is_ahead_no_amount_is_guessed(scene: Scene) -> None:
    begins = scene.house.clock.at + timedelta(days=40)
    ends = begins + timedelta(days=30)
    stripe_says(scene, plan="pro", cycle_started_at=begins, cycle_ends_at=ends)

    page = text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/billing/plan?to=agency")))

    assert "only its invoice can tell the amount" in page
