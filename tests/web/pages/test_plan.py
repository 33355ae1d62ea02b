"""Another plan: what the page says before the click, and what billing says of a change that is to come."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.web.pages.scene import Scene, text_of
from tests.web.pages.stripe_says import stripe_says

PAGE = "/w/{anchor}/billing/plan"
EVES = "/w/{eves}/billing/plan"
IN_APRIL = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
MIDDLE = datetime(2026, 3, 16, 21, 0, tzinfo=UTC)  # half of a cycle of 31 days is left


def eve_pays_for_pro(scene: Scene) -> None:
    checkout = scene.browser("Eve").post(scene.path(EVES), plan="pro").headers["Location"]
    scene.house.stripe.pay(checkout.rsplit("/", 1)[1])
    scene.house.deliver_notices()


def test_to_a_dearer_plan_at_once_and_what_that_costs_now(scene: Scene) -> None:
    eve_pays_for_pro(scene)
    scene.house.clock.at = MIDDLE
    before = scene.facts()

    page = text_of(scene.browser("Eve").get(scene.path(EVES + "?to=agency")))

    assert "From Pro to Agency, at once." in page
    assert "€ 100.00 now, about" in page
    assert "Agency until 1 Apr 2026 € 124.50 Pro until then, given back −€ 24.50" in page
    assert "If the card is declined, nothing changes." in page
    assert "Change to Agency and pay now" in page
    assert scene.facts() == before


def test_what_is_above_the_pool_before_a_dearer_plan_is_billed_and_the_page_says_so(scene: Scene) -> None:
    eve_pays_for_pro(scene)
    scene.track(scene.eves_id, 12_000)

    page = text_of(scene.browser("Eve").get(scene.path(EVES + "?to=agency")))

    told = "2,000 events above the pool until now, € 10.00, are billed with the next invoice;"
    assert f"{told} nothing of it is taken back." in page


def test_to_a_cheaper_plan_at_the_end_and_what_becomes_of_each_child(scene: Scene) -> None:
    scene.track(scene.child_id, 12_000)
    before = scene.facts()

    page = text_of(scene.browser("Adam").get(scene.path(PAGE + "?to=pro")))

    assert "From Agency to Pro, on 1 Apr 2026, 09:00 UTC." in page
    assert "€ 0.00 now" in page
    assert "2,000 of this cycle’s 12,000 events would have been above the pool" in page
    assert (
        "Bright Signal the anchor Agency → Pro 0 25,000 events a cycle, shared 10,000 events a month" in page
    )
    assert "Larkfield — Support line a child Agency → Free 12,000 25,000 events a cycle, shared" in page
    assert "Osprey — Sales line Adam was no member; comes in through the anchor only" in page
    assert "Larkfield — Support line Ben member" in page
    assert "Lost:" not in page  # Pro has every feature that Agency has
    assert scene.facts() == before


def test_a_change_that_is_to_come_is_on_the_page_with_a_way_back(scene: Scene) -> None:
    stripe_says(scene, next_plan="pro", next_plan_at=IN_APRIL)
    ana = scene.browser("Ana")

    billing, overview = ana.get(scene.path("/w/{anchor}/billing")), ana.get(scene.path("/w/{anchor}/"))

    for page in (text_of(billing), text_of(overview)):
        assert "The plan becomes Pro on 1 Apr 2026, 09:00 UTC." in page
    assert "Next plan Pro, from 1 Apr 2026" in text_of(billing)
    assert "Keep Agency" in text_of(billing)
    assert "Change to Pro" not in text_of(billing)
    assert ana.form(scene.path("/w/{anchor}/billing"), scene.path(PAGE + "/change"))["plan"] == "agency"


def test_a_workspace_on_pro_has_no_children_and_is_shown_the_way_to_them(scene: Scene) -> None:
    eve_pays_for_pro(scene)
    eve = scene.browser("Eve")

    billing = text_of(eve.get(scene.path("/w/{eves}/billing")))
    workspaces = eve.get(scene.path("/w/{eves}/workspaces"))

    assert "Pro, € 49.00 a month" in billing
    assert "pays for the whole agency" not in billing
    assert "Change to Agency" in billing
    assert 'data-code="no_agency_plan"' in workspaces.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "to", "code"),
    [
        ({"ends_at": IN_APRIL}, "pro", "cancellation_scheduled"),
        ({"status": "past_due"}, "pro", "payment_outstanding"),
        ({"is_paused": True}, "pro", "payment_outstanding"),
        ({}, "agency", "same_plan"),
        ({"status": "canceled", "ended_at": IN_APRIL}, "pro", "tree_ended"),
    ],
)
def test_a_change_that_is_not_possible_is_refused_in_words(
    scene: Scene, changes: dict[str, object], to: str, code: str
) -> None:
    stripe_says(scene, **changes)
    ana, before = scene.browser("Ana"), scene.facts()

    asked = ana.get(scene.path(PAGE + f"?to={to}"))

    assert asked.status_code == 409
    assert f'data-code="{code}"' in asked.get_data(as_text=True)
    assert scene.facts() == before


def test_whoever_stands_alone_has_no_plan_to_change(scene: Scene) -> None:
    answer = scene.browser("Eve").get(scene.path(EVES + "?to=pro"))

    assert answer.status_code == 409
    assert 'data-code="not_subscribed"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("query", ["", "?to=", "?to=free", "?to=gold"])
def test_a_plan_that_is_not_sold_has_no_page(scene: Scene, query: str) -> None:
    assert scene.browser("Ana").get(scene.path(PAGE + query)).status_code == 404
