"""What a change to a plan without children released: who asked, when it came, and what became of each."""

from __future__ import annotations

from datetime import timedelta

from tests.web.pages.scene import Scene, text_of
from tests.web.pages.stripe_says import stripe_says

PAGE = "/trees/{tree}/downgrade"


def changes_to_pro(scene: Scene, who: str = "Adam") -> None:
    person_id = scene.people[who]
    because = scene.house.because(f"person:{person_id}")
    scene.house.wiring.billing.change_plan(scene.tree_id, person_id, "pro", because=because)
    scene.house.advance_to(scene.house.clock() + timedelta(days=40))


def test_the_page_tells_who_asked_when_it_came_and_what_became_of_each(scene: Scene):
    changes_to_pro(scene)

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "How did this downgrade happen?" in text
    assert "it was not downgraded" not in text
    assert "and 2 workspaces went from Agency to Free with that" in text
    assert "Released by a change of plan" in text
    assert "Adam, on our billing page on 1 March 2026, 09:00 UTC; it was set on 1 March 2026" in text
    assert "Larkfield — Support line: Agency → Free, 500 events a month, its own" in text
    assert "Ana (owner), Olga (owner), Ben (member), Vera (viewer)" in text
    assert "Adam asked on the billing page for the Pro plan." in text
    assert "The plan was set to become Pro on 1 April 2026" in text
    assert "Larkfield — Support line went from Agency to Free and stands alone" in text


def test_a_change_at_stripe_names_nobody(scene: Scene):
    stripe_says(scene, plan="pro")

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "Who asked for Pro? Somebody, at Stripe itself" in text


def test_the_pool_of_pro_is_not_shared(scene: Scene):
    changes_to_pro(scene)

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "10,000 events a cycle, its own" in text
    assert "shared" not in text


def test_a_former_child_is_told_that_the_agency_changed_its_plan(scene: Scene):
    changes_to_pro(scene)

    answer = scene.browser("Ana").get(scene.path("/w/{child}/"))

    assert "because the agency changed to the Pro plan" in text_of(answer)
    assert scene.path(PAGE) in answer.get_data(as_text=True)


def test_whoever_does_not_lead_the_agency_learns_nothing_of_its_plan(scene: Scene):
    changes_to_pro(scene)

    text = text_of(scene.browser("Olga").get(scene.path("/w/{child}/")))

    assert "went from Agency to Free on" in text
    assert "Pro plan" not in text


def test_the_report_draws_what_led_to_the_release_and_names_its_rule(scene: Scene):
    changes_to_pro(scene)

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "What led to what" in text
    assert "“Whoever has no place in the new plan stands alone from now on.”" in text
    assert "Adam asked for another plan on 1 March 2026, 09:00 UTC, and we asked Stripe for it." in text
