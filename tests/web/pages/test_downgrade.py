"""How did this downgrade happen? One page, for the people of the anchor, and for nobody else."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.web.pages.scene import Scene, text_of

PAGE = "/trees/{tree}/downgrade"


def cancel(scene: Scene, who: str) -> None:
    person_id = scene.people[who]
    because = scene.house.because(f"person:{person_id}")
    scene.house.wiring.billing.cancel(scene.tree_id, person_id, because=because)
    scene.house.deliver_notices()


def run_out(scene: Scene) -> None:
    scene.house.advance_to(scene.house.clock() + timedelta(days=40))


def test_the_page_answers_in_its_first_sentence(scene: Scene):
    cancel(scene, "Adam")
    run_out(scene)

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "The agency of Bright Signal was downgraded on 10 April 2026" in text
    assert "because a scheduled cancellation ran out without being taken back" in text
    assert text.index("was downgraded on") < text.index("Step by step") < text.index("Every workspace")


def test_the_page_names_the_notice_the_person_and_the_way_out(scene: Scene):
    cancel(scene, "Adam")
    run_out(scene)

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "(customer.subscription.deleted), made 1 April 2026, 09:00 UTC" in text
    assert "Adam, on our billing page on 1 March 2026" in text
    assert "“cancellation_requested”: somebody asked for it" in text
    assert "until 1 April 2026, 09:00 UTC. After that nothing could." in text


def test_steps_within_a_second_and_names_of_facts_read_as_words(scene: Scene):
    cancel(scene, "Adam")
    run_out(scene)

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "· less than a second later ·" in text
    assert "at once later" not in text
    assert "Workspace.Downgraded" not in text


def test_every_workspace_and_every_member_is_on_the_page(scene: Scene):
    cancel(scene, "Ana")
    run_out(scene)

    text = text_of(scene.browser("Adam").get(scene.path(PAGE)))

    assert text.count("Agency → Free") == 3
    assert "Larkfield — Support line Olga owner" in text
    assert "Larkfield — Support line Ben member" in text
    assert "Larkfield — Support line Vera viewer" in text
    assert "Larkfield — Support line Adam was no member; came in through the anchor only" in text
    assert "500 events a month, its own" in text


def test_who_and_what_was_gone_before_is_told_apart(scene: Scene):
    house, ana = scene.house, scene.people["Ana"]
    because = house.because(f"person:{ana}")
    house.agency.remove_member(scene.child_id, ana, scene.people["Ben"], because=because)
    house.agency.delete_child(scene.sibling_id, ana, because=because)
    cancel(scene, "Ana")
    run_out(scene)

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "Ben, member of Larkfield — Support line until 1 March 2026" in text
    assert "The workspace Osprey — Sales line, deleted by Ana" in text
    assert text.count("Agency → Free") == 2


def test_a_cancellation_in_stripes_portal_says_that_it_was_made_there(scene: Scene):
    tree = scene.house.agency.tree(scene.tree_id)
    scene.house.wiring.gateway.schedule_cancellation(tree.subscription_id, idempotency_key=str(uuid4()))
    scene.house.deliver_notices()
    run_out(scene)

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "Somebody, at Stripe itself (customer portal, dashboard or API)" in text
    assert "through notice evt_" in text


def test_an_agency_that_goes_on_says_so(scene: Scene):
    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "What would a downgrade change?" in text
    assert "is active: it was not downgraded, and no end is scheduled." in text


def test_an_agency_that_is_going_to_end_says_until_when_it_can_be_kept(scene: Scene):
    cancel(scene, "Ana")

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "has not been downgraded, but is going to be: its subscription ends on 1 April 2026" in text
    assert "One click on “Reactivate” on the billing page" in text


def test_whoever_is_signed_out_is_asked_to_sign_in(scene: Scene):
    answer = scene.browser(None).get(scene.path(PAGE))

    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("ended", [False, True])
def test_for_clients_and_strangers_it_does_not_exist(scene: Scene, ended: bool):
    if ended:
        cancel(scene, "Ana")
        run_out(scene)

    browsers = [scene.browser(name) for name in ("Eve", "Olga", "Ben", "Vera")]
    given = [browser.get(scene.path(PAGE)) for browser in browsers]
    missing = [browser.get(scene.path("/trees/{nowhere}/downgrade")) for browser in browsers]

    assert [answer.status_code for answer in given] == [404] * len(browsers)
    assert [text_of(answer) for answer in given] == [text_of(answer) for answer in missing]


def test_a_tree_that_is_none_is_not_there(scene: Scene):
    browser = scene.browser("Ana")

    assert browser.get(scene.path("/trees/{nowhere}/downgrade")).status_code == 404
    assert browser.get(scene.path("/trees/{anchor}/downgrade")).status_code == 404
    assert browser.get("/trees/not-an-id/downgrade").status_code == 404
