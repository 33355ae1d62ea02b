"""The next invoice, before it comes: the same numbers that it has when it is there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.because import Because
from domain.subscription import schedule_plan
from tests.adapters.billed import sdk
from tests.web.pages.billed import CYCLE_ENDED, IN_APRIL, address, newest_invoice
from tests.web.pages.scene import Scene, text_of
from web.pages.filters import money


def preview(scene: Scene, name: str = "Ana") -> str:
    return text_of(scene.browser(name).get(scene.path("/w/{anchor}/billing/next-invoice")))


def test_it_holds_the_plan_and_each_tier_so_far(scene: Scene) -> None:
    scene.track(scene.anchor_id, 25_000)
    scene.track(scene.child_id, 60_000)

    page = preview(scene, "Adam")

    assert "€ 539.00 so far, on 1 Apr 2026" in page
    assert "Agency, the month that follows 1 € 249.00 € 249.00" in page
    assert "tier 1 50,000 € 0.005 € 250.00" in page
    assert "tier 2 10,000 € 0.004 € 40.00" in page
    assert "too young for a forecast" in page


def test_it_is_the_invoice_that_comes(scene: Scene) -> None:
    scene.track(scene.child_id, 85_003)
    scene.house.clock.at = datetime(2026, 4, 1, 8, 59, 59, tzinfo=UTC)
    before = preview(scene)

    scene.house.leap_to(IN_APRIL)

    invoice = text_of(scene.browser("Ana").get(address(scene, newest_invoice(scene))))
    assert "€ 539.01 so far, on 1 Apr 2026" in before
    assert "Total € 539.01" in invoice


@pytest.mark.parametrize(("next_plan", "total"), [(None, "€ 539.01"), ("pro", "€ 339.01")])
def test_it_is_what_stripe_previews(scene: Scene, next_plan: str | None, total: str) -> None:
    house = scene.house
    scene.track(scene.child_id, 85_003)
    if next_plan is not None:
        scene.browser("Ana").post(scene.path("/w/{anchor}/billing/plan/change"), plan=next_plan)
    house.wiring.overages.flush(scene.tree_id, house.because())
    house.run_followed()
    subscription_id = house.agency.tree(scene.tree_id).subscription_id

    page = preview(scene)

    of_stripe = sdk(house).v1.invoices.create_preview({"subscription": str(subscription_id)})
    assert f"{total} so far, on 1 Apr 2026" in page
    assert money(of_stripe.total) == total


def test_a_forecast_is_low_likely_and_high(scene: Scene) -> None:
    scene.track(scene.child_id, 20_000)
    scene.house.clock.advance(days=1, hours=1)
    scene.track(scene.child_id, 4_000)
    scene.house.clock.advance(hours=23)

    page = preview(scene)

    assert "nothing more happens 24,000 0 € 249.00" in page
    assert "it goes on as on average so far 372,000 347,000 € 1,590.00" in page  # 12,000 a day
    assert "like the busiest day so far 604,000 579,000 € 2,286.00" in page  # 20,000 a day


def test_after_a_week_the_busiest_run_is_of_seven_days(scene: Scene) -> None:
    scene.track(scene.child_id, 70_000)
    scene.house.clock.advance(days=14)

    page = preview(scene)

    assert "nothing more happens 70,000 45,000 € 474.00" in page
    assert "it goes on as on average so far 155,000 130,000" in page  # 5,000 a day, 17 days left
    assert "like those of the busiest 7 in a row so far 240,000 215,000" in page  # 10,000 a day


def test_the_plan_that_is_scheduled_is_in_it(scene: Scene) -> None:
    tree = scene.house.agency.tree(scene.tree_id)
    schedule_plan(tree, "pro", CYCLE_ENDED, because=because_of_stripe(scene))
    scene.house.agency.save(tree)
    scene.house.run_followed()

    page = preview(scene)

    assert "€ 49.00 so far, on 1 Apr 2026" in page
    assert "Pro, the month that follows 1 € 49.00 € 49.00" in page
    assert "The plan changes to Pro on 1 Apr 2026, 09:00 UTC" in page


def because_of_stripe(scene: Scene) -> Because:
    return scene.house.because("stripe")


def test_what_is_cancelled_costs_nothing_more(scene: Scene) -> None:
    scene.browser("Ana").post(scene.path("/w/{anchor}/billing/cancel"))

    page = preview(scene)

    assert "Nothing It ends on 1 Apr 2026, 09:00 UTC." in page
    assert "€ 249.00" not in page


def test_nor_more_than_its_overage(scene: Scene) -> None:
    scene.track(scene.child_id, 85_000)
    scene.browser("Ana").post(scene.path("/w/{anchor}/billing/cancel"))
    before = preview(scene)

    scene.house.leap_to(IN_APRIL)

    invoice = text_of(scene.browser("Ana").get(address(scene, newest_invoice(scene))))
    assert "€ 290.00 so far, on 1 Apr 2026" in before
    assert "No plan any more: it ends on 1 Apr 2026, 09:00 UTC." in before
    assert "Total € 290.00" in invoice


def test_without_a_subscription_no_invoice_comes(scene: Scene) -> None:
    page = text_of(scene.browser("Eve").get(scene.path("/w/{eves}/billing/next-invoice")))

    assert "There is no subscription, so no invoice comes." in page


def test_for_everybody_else_there_is_no_such_page(scene: Scene) -> None:
    missing = scene.browser("Ana").get(scene.path("/w/{nowhere}/")).data
    asked = [("anchor", name) for name in ("Olga", "Ben", "Vera", "Eve")]
    asked += [("child", name) for name in ("Ana", "Olga", "Ben")] + [("eves", "Ana")]

    answers = [
        scene.browser(name).get(scene.path(f"/w/{{{place}}}/billing/next-invoice")) for place, name in asked
    ]

    assert [answer.status_code for answer in answers] == [404] * len(asked)
    assert {answer.data for answer in answers} == {missing}
