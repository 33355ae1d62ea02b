"""Several plans were chosen for one workspace: each page means the same tree."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.house import House
from tests.web.pages.scene import Browser, Scene, text_of

BILLING = "/w/{eves}/billing"


@pytest.fixture
def eve(scene: Scene) -> Browser:
    return scene.browser("Eve")


def goes_to_pay(scene: Scene, eve: Browser, plan: str) -> str:
    """The id of the checkout that a click on a plan leads to."""
    scene.house.clock.at += timedelta(minutes=1)
    address = eve.post(scene.path(f"{BILLING}/plan"), plan=plan).headers["Location"]
    scene.house.run_followed()
    return str(address.rsplit("/", 1)[1])


def test_a_plan_that_was_left_for_another_and_chosen_again_is_the_one_to_pay_for(
    scene: Scene, eve: Browser
) -> None:
    house: House = scene.house
    for plan in ("pro", "agency", "pro"):
        checkout_id = goes_to_pay(scene, eve, plan)

    before = text_of(eve.get(scene.path(BILLING)))
    house.stripe.pay(checkout_id)
    house.stripe.take_notices()  # none arrives
    eve.post(scene.path(f"{BILLING}/refresh"))

    assert "Pro plan It is chosen, and waits for its payment." in before
    assert house.agency.workspace(scene.eves_id).plan == "pro"


def test_of_two_plans_the_one_that_was_paid_in_another_tab_is_meant(scene: Scene, eve: Browser) -> None:
    house = scene.house
    checkout_id = goes_to_pay(scene, eve, "pro")
    house.clock.at += timedelta(minutes=1)
    because = house.because(f"person:{scene.people['Eve']}")
    house.agency.choose_plan(scene.eves_id, scene.people["Eve"], "agency", uuid4(), because=because)
    house.stripe.pay(checkout_id)
    house.deliver_notices()

    page = text_of(eve.get(scene.path(BILLING)))
    refused = eve.post(scene.path("/w/{eves}/workspaces"), name="One more")

    assert "Pro, € 49.00 a month" in page
    assert "has no agency entitlement" in text_of(refused)
