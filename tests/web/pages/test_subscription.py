"""Buttons that ask Stripe: sent twice they do one thing, and while Stripe is away nothing is lost."""

from __future__ import annotations

import pytest

from tests.web.pages.scene import Scene, text_of
from tests.web.pages.stripe_says import stripe_says

AWAY = 100  # calls that fail, more than any page makes
PAGE = "/w/{anchor}/billing"
ASKED = {
    "cancel": "Ana asked on the billing page to cancel the subscription, on 1 Mar 2026, 09:00 UTC.",
    "end": "Ana asked on the billing page to end the subscription at once, on 1 Mar 2026, 09:00 UTC.",
    "plan/change": "Ana asked on the billing page for the Pro plan, on 1 Mar 2026, 09:00 UTC.",
}
FIELDS = {"end": {"sure": "yes"}, "plan/change": {"plan": "pro"}}


@pytest.mark.parametrize("button", list(ASKED))
def test_what_was_asked_while_stripe_is_away_is_recorded_and_the_page_says_so(
    scene: Scene, button: str
) -> None:
    ana, path = scene.browser("Ana"), scene.path(PAGE)
    scene.house.stripe.turn_knobs(fail_next=AWAY)

    answer = ana.post(f"{path}/{button}", **FIELDS.get(button, {}))

    scene.house.stripe.turn_knobs(fail_next=0)
    page = text_of(ana.get(path))
    assert answer.status_code == 503
    assert 'data-code="stripe_unavailable"' in answer.get_data(as_text=True)
    assert "What you asked to change is noted" in text_of(answer)
    assert ASKED[button] in page
    assert "It is carried out when Stripe answers" in page


def test_it_is_carried_out_when_stripe_answers_and_then_nothing_is_open(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), scene.path(PAGE)
    scene.house.stripe.turn_knobs(fail_next=AWAY)
    ana.post(f"{path}/cancel")
    scene.house.stripe.turn_knobs(fail_next=0)

    scene.house.clock.advance(minutes=10)
    scene.house.deliver_notices()

    page = text_of(ana.get(path))
    assert "The Agency plan ends on 1 Apr 2026, 09:00 UTC." in page
    assert "asked on the billing page" not in page
    assert scene.facts().count("Tree.CancellationScheduled") == 1


@pytest.mark.parametrize("button", ["portal", "refresh"])
def test_where_nothing_is_asked_to_change_nothing_is_said_to_be_noted(scene: Scene, button: str) -> None:
    ana, path, before = scene.browser("Ana"), scene.path(PAGE), scene.facts()
    scene.house.stripe.turn_knobs(fail_next=AWAY)

    answer = ana.post(f"{path}/{button}")

    assert answer.status_code == 503
    assert "Nothing was changed. Try again in a moment." in text_of(answer)
    assert "noted" not in text_of(answer)
    assert scene.facts() == before


def test_a_plan_that_is_chosen_while_stripe_is_away_waits_for_its_payment(scene: Scene) -> None:
    eve, path = scene.browser("Eve"), scene.path("/w/{eves}/billing")
    scene.house.stripe.turn_knobs(fail_next=AWAY)

    answer = eve.post(f"{path}/plan", plan="pro")

    assert answer.status_code == 503
    assert "Nothing is paid yet, and nothing is lost" in text_of(answer)
    assert "It is chosen, and waits for its payment." in text_of(answer)
    scene.house.stripe.turn_knobs(fail_next=0)
    assert eve.post(f"{path}/plan", plan="pro").status_code == 303


def test_who_comes_back_from_paying_while_stripe_is_away_is_not_sent_to_pay_again(scene: Scene) -> None:
    eve = scene.browser("Eve")
    checkout = eve.post(scene.path("/w/{eves}/billing/plan"), plan="pro").headers["Location"]
    back = scene.house.stripe.pay(checkout.rsplit("/", 1)[1])
    scene.house.stripe.turn_knobs(fail_next=AWAY)

    answer = eve.get(back.removeprefix("http://localhost"))

    assert answer.status_code == 503
    assert "the plan begins by itself as soon as Stripe tells us" in text_of(answer)


@pytest.mark.parametrize("plan", ["pro", "agency"])
def test_each_plan_that_is_sold_is_chosen_once(scene: Scene, plan: str) -> None:
    eve, path = scene.browser("Eve"), scene.path("/w/{eves}/billing")

    answers = [eve.post(f"{path}/plan", plan=plan) for _ in range(2)]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    scene.house.stripe.pay(answers[0].headers["Location"].rsplit("/", 1)[1])
    scene.house.deliver_notices()
    assert scene.house.agency.workspace(scene.eves_id).plan == plan


@pytest.mark.parametrize("plan", ["free", "enterprise", "", "Agency"])
def test_a_plan_that_is_not_sold_cannot_be_chosen(scene: Scene, plan: str) -> None:
    before = scene.facts()

    answers = [
        scene.browser("Eve").post(scene.path("/w/{eves}/billing/plan"), plan=plan),
        scene.browser("Ana").post(scene.path(PAGE + "/plan/change"), plan=plan),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("Please choose one of: pro, agency, agency_voice." in text_of(answer) for answer in answers)
    assert scene.facts() == before


def test_a_second_click_is_answered_calmly_and_does_nothing(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), scene.path(PAGE)
    stripe_says(scene, next_plan="pro", next_plan_at=scene.house.agency.tree(scene.tree_id).cycle_ends_at)
    before = scene.facts()

    answer = ana.post(f"{path}/plan/change", plan="pro")

    assert answer.status_code == 303
    assert "The plan is so already, and stays so." in text_of(ana.follow(answer))
    assert scene.facts() == before


def test_the_page_says_what_asking_stripe_again_does(scene: Scene) -> None:
    page = scene.browser("Ana").get(scene.path(PAGE)).get_data(as_text=True)

    assert 'aria-describedby="refresh-hint"' in page
    assert "Reads the subscription and its invoices from Stripe" in page


@pytest.mark.parametrize("name", ["Olga", "Ben", "Vera", "Eve"])
@pytest.mark.parametrize("button", ["end", "plan/change"])
def test_for_clients_and_strangers_the_buttons_do_not_exist(scene: Scene, name: str, button: str) -> None:
    before = scene.facts()
    browser = scene.browser(name)

    answers = [browser.post(scene.path(PAGE) + f"/{button}", **FIELDS[button])]
    answers.append(browser.get(scene.path(PAGE + "/plan?to=pro")))

    assert {answer.status_code for answer in answers} == {404}
    assert scene.facts() == before
