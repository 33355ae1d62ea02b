"""What the overview shows, and to whom."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.permissions import Role
from tests.web.pages.scene import Scene, text_of


def test_who_leads_the_tree_sees_what_each_workspace_draws_from_the_pool(scene: Scene) -> None:
    scene.track(scene.anchor_id, 25_000)
    scene.track(scene.child_id, 60_000)

    page = text_of(scene.browser("Adam").get(scene.path("/w/{anchor}/")))

    assert "85,000 of 25,000 events (340.0%)" in page
    assert "Overage so far € 290.00" in page
    assert "Larkfield — Support line Agency 4 0 60,000 240.0%" in page


def test_what_a_deleted_child_drew_stays_in_the_pool(scene: Scene) -> None:
    scene.track(scene.sibling_id, 1_000)
    scene.browser("Ana").post(scene.path("/w/{sibling}/settings/delete"), name="Osprey — Sales line")

    page = text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/")))

    assert "1,000 of 25,000 events" in page
    assert "Deleted workspaces 1,000 4.0%" in page
    assert "Osprey" not in page


def test_a_client_sees_its_own_usage_and_nothing_of_the_agency(scene: Scene) -> None:
    scene.track(scene.anchor_id, 11_111)
    scene.track(scene.child_id, 222)

    for name in ("Olga", "Ben", "Vera"):
        page = scene.browser(name).get(scene.path("/w/{child}/")).get_data(as_text=True)
        assert "222" in page
        for secret in (
            "Bright Signal",
            "Osprey",
            "Switch to anchor",
            "Create workspace",
            "11,111",
            "25,000",
            "Billing",
        ):
            assert secret not in page, (name, secret)
        for other in (scene.anchor_id, scene.sibling_id, scene.tree_id):
            assert str(other) not in page, name


def test_who_leads_the_tree_can_switch_from_a_child_to_its_anchor(scene: Scene) -> None:
    page = scene.browser("Adam").get(scene.path("/w/{child}/")).get_data(as_text=True)

    assert "Switch to anchor" in page
    assert scene.path('href="/w/{anchor}/"') in page
    assert scene.path('href="/w/{anchor}/workspaces#create"') in page


def test_a_free_workspace_sees_its_quota_and_when_it_starts_again(scene: Scene) -> None:
    scene.track(scene.eves_id, 500)

    page = text_of(scene.browser("Eve").get(scene.path("/w/{eves}/")))

    assert "500 of 500 events (100.0%)" in page
    assert "Starts again at 0 on 1 Apr 2026, 00:00 UTC" in page
    assert "New events are refused until 1 Apr 2026, 00:00 UTC" in page


def test_the_next_cycle_begins_at_the_end_of_the_last_one_also_before_stripe_says_so(scene: Scene) -> None:
    scene.track(scene.child_id, 700)

    scene.house.clock.at = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)

    page = text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/")))
    assert "0 of 25,000 events" in page
    assert "Cycle from 1 Apr 2026, 09:00 UTC to 1 May 2026, 09:00 UTC" in page


def test_after_the_downgrade_each_workspace_stands_alone(scene: Scene) -> None:
    scene.browser("Ana").post(scene.path("/w/{anchor}/billing/cancel"))
    scene.house.advance_to(datetime(2026, 4, 2, tzinfo=UTC))

    anchor = text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/")))
    child = text_of(scene.browser("Olga").get(scene.path("/w/{child}/")))

    assert "Plan Free, 2 members" in anchor
    assert "0 of 500 events" in anchor
    assert "Plan Free, 4 members" in child
    assert "Billing" in child
    assert scene.browser("Adam").get(scene.path("/w/{child}/")).status_code == 404


HOW = "Why is this workspace on Free?"
WENT = "This workspace went from Agency to Free on 2 Apr 2026, 00:00 UTC."


def test_a_workspace_that_was_downgraded_says_so_and_leads_who_may_read_it_to_the_story(scene: Scene) -> None:
    scene.browser("Ana").post(scene.path("/w/{anchor}/billing/cancel"))
    scene.house.advance_to(datetime(2026, 4, 2, tzinfo=UTC))

    pages = [
        *((name, "/w/{anchor}/", True) for name in ("Ana", "Adam")),
        *((name, "/w/{child}/", False) for name in ("Olga", "Ben", "Vera")),
        ("Olga", "/w/{child}/billing", False),
        ("Ana", "/w/{sibling}/", True),
        ("Ana", "/w/{sibling}/billing", True),
    ]
    for name, path, leads in pages:
        answer = scene.browser(name).get(scene.path(path))
        assert answer.status_code == 200
        assert WENT in text_of(answer), (name, path)
        assert "with 500 events a month of its own" in text_of(answer)
        assert (HOW in text_of(answer)) == leads, (name, path)
        assert (str(scene.tree_id) in answer.get_data(as_text=True)) == leads, (name, path)


def test_a_workspace_that_was_never_downgraded_says_nothing_of_it(scene: Scene) -> None:
    for name, path in (("Eve", "/w/{eves}/"), ("Ana", "/w/{anchor}/"), ("Olga", "/w/{child}/")):
        assert "downgrade" not in scene.browser(name).get(scene.path(path)).get_data(as_text=True)


def test_a_plan_that_is_chosen_and_not_paid_for_leads_to_the_payment(scene: Scene) -> None:
    eve = scene.browser("Eve")
    scene.house.member(scene.eves_id, scene.people["Eve"], scene.people["Ben"], Role.MEMBER)
    before = text_of(eve.get(scene.path("/w/{eves}/")))
    eve.post(scene.path("/w/{eves}/billing/plan"))
    scene.house.run_followed()

    page = eve.get(scene.path("/w/{eves}/"))

    assert "waits for its payment" not in before
    assert "The Agency plan is chosen, and waits for its payment." in text_of(page)
    assert scene.path('<a href="/w/{eves}/billing">Go on to the payment</a>') in page.get_data(as_text=True)
    assert "payment" not in text_of(scene.browser("Ben").get(scene.path("/w/{eves}/")))


def test_a_plan_that_is_going_to_end_leads_to_the_billing_page(scene: Scene) -> None:
    scene.browser("Ana").post(scene.path("/w/{anchor}/billing/cancel"))

    page = scene.browser("Adam").get(scene.path("/w/{anchor}/"))

    assert "ends on 1 Apr 2026, 09:00 UTC" in text_of(page)
    assert scene.path('<a href="/w/{anchor}/billing">billing page</a>') in page.get_data(as_text=True)
