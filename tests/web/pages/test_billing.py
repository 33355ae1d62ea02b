"""Billing: bought, used, cancelled, reactivated and ended, as its page shows it."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.web.pages.scene import Scene, text_of

IN_APRIL = datetime(2026, 4, 2, tzinfo=UTC)


def test_the_page_shows_the_overage_to_the_cent_and_how_it_is_made_up(scene: Scene) -> None:
    scene.track(scene.anchor_id, 25_000)
    scene.track(scene.child_id, 60_000)

    page = text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/billing")))

    assert "85,000 of 25,000 events (340.0%)" in page
    assert "50,000 € 0.005 € 250.00 10,000 € 0.004 € 40.00 60,000 Total € 290.00" in page
    assert "Agency, € 249.00 a month" in page
    assert "Cycle 1 Mar 2026 to 1 Apr 2026" in page


def test_above_a_million_one_is_asked_to_talk_to_us(scene: Scene) -> None:
    scene.track(scene.child_id, 1_025_001)

    page = scene.browser("Ana").get(scene.path("/w/{anchor}/billing")).get_data(as_text=True)

    assert 'data-code="talk_to_us"' in page
    assert "€ 3,300.003" in page


def test_invoices_are_shown_line_by_line(scene: Scene) -> None:
    page = text_of(scene.browser("Adam").get(scene.path("/w/{anchor}/billing")))

    assert "1 € 249.00 € 249.00" in page
    assert "paid € 249.00" in page


def test_a_free_workspace_chooses_the_agency_plan_and_goes_on_when_it_comes_back_unpaid(scene: Scene) -> None:
    eve, path = scene.browser("Eve"), scene.path("/w/{eves}/billing")

    first, second = eve.post(f"{path}/plan"), eve.post(f"{path}/plan")

    scene.house.run_followed()
    assert [first.status_code, second.status_code] == [303, 303]
    assert first.headers["Location"].startswith("http://stripe.localhost/")
    assert first.headers["Location"] == second.headers["Location"]
    assert scene.facts().count("Tree.Founded") == 2  # Bright Signal's and Eve's
    assert "Go on to the payment" in text_of(eve.get(path))


def test_an_agency_is_not_bought_twice(scene: Scene) -> None:
    before = scene.facts()

    answer = scene.browser("Ana").post(scene.path("/w/{anchor}/billing/plan"))

    assert answer.status_code == 409
    assert 'data-code="already_subscribed"' in answer.get_data(as_text=True)
    assert scene.facts() == before


def test_cancelling_twice_and_reactivating_twice(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), scene.path("/w/{anchor}/billing")

    cancelled, again = ana.post(f"{path}/cancel"), ana.post(f"{path}/cancel")
    while_cancelled = text_of(ana.get(path))
    reactivated, twice = ana.post(f"{path}/reactivate"), ana.post(f"{path}/reactivate")

    assert [cancelled.status_code, again.status_code] == [303, 303]
    assert [reactivated.status_code, twice.status_code] == [303, 303]
    assert "The Agency plan ends on 1 Apr 2026, 09:00 UTC." in while_cancelled
    assert "The plan is cancelled already; nothing was done twice." in while_cancelled
    page = text_of(ana.get(path))
    assert "The plan goes on already; nothing was done twice." in page
    assert "ends on" not in page
    facts = scene.facts()
    assert facts.count("Tree.CancellationScheduled") == facts.count("Tree.Reactivated") == 1


def test_the_portal_is_stripes(scene: Scene) -> None:
    answer = scene.browser("Adam").post(scene.path("/w/{anchor}/billing/portal"))

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("http://stripe.localhost/")


def test_refresh_learns_what_no_notice_told(scene: Scene) -> None:
    portal = scene.browser("Ana").post(scene.path("/w/{anchor}/billing/portal"))
    cancel_in_portal(scene, portal.headers["Location"])
    path = scene.path("/w/{anchor}/billing")
    assert "ends on" not in text_of(scene.browser("Ana").get(path))

    answer = scene.browser("Ana").post(f"{path}/refresh")

    assert answer.status_code == 303
    assert "The Agency plan ends on" in text_of(scene.browser("Ana").get(path))


def test_refresh_learns_of_a_payment_whose_buyer_and_notice_never_came_back(scene: Scene) -> None:
    eve, path = scene.browser("Eve"), scene.path("/w/{eves}/billing")
    checkout = eve.post(f"{path}/plan").headers["Location"]
    scene.house.stripe.pay(checkout.rsplit("/", 1)[1])
    scene.house.run_followed()
    waiting = eve.get(path)

    answer = eve.post(f"{path}/refresh")

    assert "Ask Stripe again" in text_of(waiting)
    assert answer.status_code == 303
    assert "Agency, € 249.00 a month" in text_of(eve.get(path))


def cancel_in_portal(scene: Scene, url: str) -> None:
    with scene.house.database.reading() as db:
        row = db.execute(
            "SELECT subscription_id FROM subscriptions WHERE tree_id = %s", (scene.tree_id,)
        ).fetchone()
    scene.house.wiring.gateway.schedule_cancellation(row["subscription_id"], idempotency_key=url)


def test_after_the_end_the_page_leads_to_the_story_and_to_a_new_agency(scene: Scene) -> None:
    path = scene.path("/w/{anchor}/billing")
    scene.browser("Ana").post(f"{path}/cancel")

    scene.house.advance_to(IN_APRIL)

    ana = scene.browser("Ana")
    page = ana.get(path)
    assert "How did this downgrade happen?" in text_of(page)
    assert str(scene.tree_id) in page.get_data(as_text=True)
    assert "0 of 500 events" in text_of(page)
    assert "Choose Pro" in text_of(page)
    assert "Choose Agency" in text_of(page)
    assert ana.post(f"{path}/plan").status_code == 303
    assert ana.post(f"{path}/portal").status_code == 303
    assert 'data-code="tree_ended"' in ana.post(f"{path}/reactivate").get_data(as_text=True)


def test_without_a_subscription_every_button_says_so(scene: Scene) -> None:
    eve, before = scene.browser("Eve"), scene.facts()

    answers = [
        eve.post(scene.path("/w/{eves}/billing/") + button)
        for button in ("cancel", "reactivate", "portal", "refresh")
    ]
    answers.append(eve.post(scene.path("/w/{eves}/billing/end"), sure="yes"))
    answers.append(eve.post(scene.path("/w/{eves}/billing/plan/change"), plan="pro"))

    assert {answer.status_code for answer in answers} == {409}
    assert all('data-code="not_subscribed"' in answer.get_data(as_text=True) for answer in answers)
    assert "no subscription" in text_of(eve.get(scene.path("/w/{eves}/billing/cancel")))
    assert scene.facts() == before


def test_coming_back_from_a_checkout_that_is_not_known_is_a_miss(scene: Scene) -> None:
    before = scene.facts()

    answers = [
        scene.browser("Ana").get(f"/billing/returned{query}")
        for query in ("", "?checkout_id=", "?checkout_id=cs_nobody", f"?checkout_id={'x' * 300}")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert scene.browser(None).get("/billing/returned?checkout_id=cs_1").status_code == 302
    assert scene.facts() == before


def test_an_ended_plan_says_why_in_words(scene: Scene) -> None:
    scene.browser("Ana").post(scene.path("/w/{anchor}/billing/cancel"))
    scene.house.advance_to(IN_APRIL)

    page = text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/billing")))

    assert "ended on 1 Apr 2026, 09:00 UTC : somebody asked for it." in page
    assert "cancellation_requested" not in page
