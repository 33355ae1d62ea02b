"""Before the click: what an end would do to each workspace, told by the code that will do it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.web.pages.scene import Scene, text_of

PAGE = "/w/{anchor}/billing/cancel"
END = "/w/{anchor}/billing/end"
IN_APRIL = datetime(2026, 4, 2, tzinfo=UTC)


def test_each_workspace_is_shown_before_and_after(scene: Scene) -> None:
    scene.track(scene.child_id, 501)
    scene.house.key(scene.child_id, scene.people["Ana"])
    before = scene.facts()

    page = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert (
        "Larkfield — Support line a child Agency → Free 501 25,000 events a cycle, shared"
        " 500 events a month, its own less than this cycle Bright Signal → none 4 1" in page
    )
    assert "Bright Signal the anchor Agency → Free 0" in page
    assert "on 1 Apr 2026, 09:00 UTC" in page
    assert (
        "Lost: audit samples, custom task types, digests, the Reports API, share with CFO, the shared pool"
        in page
    )
    assert scene.facts() == before


def test_each_member_is_shown_with_the_role_that_stays_and_who_would_lose_sight(scene: Scene) -> None:
    page = text_of(scene.browser("Adam").get(scene.path(PAGE)))

    for name, role in (("Ana", "owner"), ("Olga", "owner"), ("Ben", "member"), ("Vera", "viewer")):
        assert f"Larkfield — Support line {name} {role} 1 March 2026, 09:00 UTC" in page
    through = "was no member; comes in through the anchor only, and no longer could"
    assert f"Larkfield — Support line Adam {through}" in page
    assert f"Osprey — Sales line Adam {through}" in page
    assert f"Ana {through}" not in page


def test_what_was_foretold_is_what_comes(scene: Scene) -> None:
    ana = scene.browser("Ana")
    foretold = ana.get(scene.path(PAGE)).get_data(as_text=True)
    ana.post(scene.path("/w/{anchor}/billing/cancel"))
    scene.house.advance_to(IN_APRIL)

    told = scene.browser("Ana").get(scene.path("/trees/{tree}/downgrade")).get_data(as_text=True)

    assert table(told, "members") == table(foretold, "members").replace("comes in", "came in").replace(
        "no longer could", "no longer can"
    )
    quotas = [row.count("500 events a month, its own") for row in (table(told, "workspaces"),)]
    assert quotas == [3]


def table(page: str, table_id: str) -> str:
    return page.split(f'<table id="{table_id}">')[1].split("</table>")[0]


def test_the_overage_that_will_be_invoiced_is_named(scene: Scene) -> None:
    scene.track(scene.child_id, 31_000)

    page = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert page.count("The overage of this cycle, € 30.00 so far") == 2


def test_at_once_the_whole_tree_ends_and_the_overage_is_invoiced(scene: Scene) -> None:
    scene.track(scene.child_id, 31_000)
    scene.house.clock.advance(hours=1)
    ana = scene.browser("Ana")

    answer = ana.post(scene.path(END), sure="yes")

    page = text_of(ana.follow(answer))
    assert answer.status_code == 303
    assert "The Agency plan has ended." in page
    assert "0 of 500 events" in page
    assert "6,000 € 0.005 € 30.00" in page
    facts = scene.facts()
    assert facts.count("Tree.EndRequested") == facts.count("Tree.SubscriptionEnded") == 1
    assert facts.count("Workspace.Downgraded") == 3


def test_what_stripe_counts_late_is_waited_for_before_the_end(scene: Scene) -> None:
    house = scene.house
    house.stripe.turn_knobs(count_late_seconds=120)
    scene.track(scene.child_id, 31_000)
    ana = scene.browser("Ana")

    answer = ana.post(scene.path(END), sure="yes")
    on_billing = text_of(ana.get(scene.path("/w/{anchor}/billing")))
    while_waiting = house.agency.tree(scene.tree_id).status
    for _ in range(4):
        house.clock.advance(minutes=1)
        house.deliver_notices()

    assert answer.status_code == 503
    assert "It is carried out when Stripe answers" in on_billing
    assert while_waiting == "active"
    assert house.agency.tree(scene.tree_id).status == "ended"
    page = text_of(ana.get(scene.path("/w/{anchor}/billing")))
    assert "6,000 € 0.005 € 30.00" in page


def test_also_when_the_end_is_scheduled_already(scene: Scene) -> None:
    ana = scene.browser("Ana")
    ana.post(scene.path("/w/{anchor}/billing/cancel"))
    page = ana.get(scene.path(PAGE))

    answer = ana.post(scene.path(END), sure="yes")

    assert "It is cancelled already, and ends on 1 Apr 2026, 09:00 UTC." in text_of(page)
    assert "Cancel at the end of the cycle" not in text_of(page)
    assert answer.status_code == 303
    assert scene.facts().count("Tree.SubscriptionEnded") == 1


@pytest.mark.parametrize("fields", [{}, {"sure": ""}, {"sure": "no"}])
def test_it_does_not_end_at_once_by_a_slip(scene: Scene, fields: dict[str, str]) -> None:
    before = scene.facts()

    answer = scene.browser("Ana").post(scene.path(END), **fields)

    assert answer.status_code == 422
    assert "Please confirm that the plan shall end now" in text_of(answer)
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)
    assert scene.facts() == before


def test_two_clicks_end_it_once(scene: Scene) -> None:
    ana = scene.browser("Ana")

    answers = [ana.post(scene.path(END), sure="yes") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert "The plan has ended already; nothing was done twice." in text_of(ana.follow(answers[1]))
    assert scene.facts().count("Tree.EndRequested") == 1


def test_while_stripe_is_away_the_end_is_noted_and_comes_when_it_is_back(scene: Scene) -> None:
    ana = scene.browser("Ana")
    scene.house.stripe.turn_knobs(fail_next=100)

    answer = ana.post(scene.path(END), sure="yes")

    scene.house.stripe.turn_knobs(fail_next=0)
    assert answer.status_code == 503
    assert "What you asked to change is noted" in text_of(answer)
    assert scene.facts()[-1] == "Tree.EndRequested"
    scene.house.clock.advance(minutes=10)
    scene.house.deliver_notices()
    assert scene.facts().count("Tree.SubscriptionEnded") == 1
