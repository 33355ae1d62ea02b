"""Why, where a story is odd: of several agencies, of both logs, too long, erased, or named by an enemy."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from domain.because import Because
from domain.permissions import Role
from tests.web.pages.reading import join
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_downgrade import cancel, run_out
from tests.web.pages.test_why import OF_TREE, downgraded_at, steps_of
from web.pages import story_told


def one_story_in_two_trees(scene: Scene) -> tuple[UUID, str]:
    """A story of the clock, which finds that two agencies have ended."""
    house = scene.house
    tree_id, _ = house.agency_of(scene.people["Eve"], "Eve’s agency")
    tick = f"tick:reconcile@{house.clock():%Y-%m-%dT%H:%M:%SZ}"
    house.clock.advance(seconds=4)
    for one in (scene.tree_id, tree_id):
        subscription_id = house.agency.tree(one).subscription_id
        house.stripe.do("cancel", subscription_id)
        because = Because(actor="clock", cause=tick, story=tick, at=house.clock())
        house.wiring.billing.sync(subscription_id, because=because)
    house.stripe.take_notices()
    house.run_followed()
    return tree_id, tick


def test_of_a_story_of_several_agencies_each_reads_their_own(scene: Scene):
    eves_tree, _ = one_story_in_two_trees(scene)

    ana = scene.browser("Ana").get(scene.path(OF_TREE) + str(downgraded_at(scene)))
    at = scene.position_of(eves_tree, "Tree.SubscriptionEnded")
    eve = scene.browser("Eve").get(f"/trees/{eves_tree}/why/{at}")
    foreign = scene.browser("Ana").get(scene.path(OF_TREE) + str(at))

    of_ana, of_eve = ana.get_data(as_text=True), eve.get_data(as_text=True)
    assert "Eve" not in of_ana
    assert str(eves_tree) not in of_ana
    assert "Larkfield" not in of_eve
    assert str(scene.tree_id) not in of_eve
    for page in (of_ana, of_eve):
        assert steps_of(page)[0].startswith("It was time for the clock’s job “reconcile”")
        assert "4 seconds after 1" in steps_of(page)[1]
    assert foreign.status_code == 404


def test_whoever_leads_both_reads_it_whole(scene: Scene):
    eves_tree, _ = one_story_in_two_trees(scene)
    anchor = scene.house.agency.tree(eves_tree).anchor_id
    ada = join(scene, "Ada", scene.anchor_id, Role.AUDITOR)
    join(scene, "Ada", anchor, Role.AUDITOR, by="Eve")

    page = ada.get(scene.path(OF_TREE) + str(downgraded_at(scene))).get_data(as_text=True)

    assert "Eve’s agency went from Agency to Free" in page
    assert "Larkfield — Support line went from Agency to Free" in page


# What is odd.


def test_names_are_written_and_never_run(scene: Scene):
    evil = '<script>alert(1)</script>" onload="x'
    child_id = scene.house.child(scene.tree_id, scene.people["Ana"], evil)
    scene.house.run_followed()

    page = (
        scene.browser("Ana")
        .get(scene.path(OF_TREE) + str(scene.position_of(child_id)))
        .get_data(as_text=True)
    )

    assert "<script" not in page
    assert 'onload="x' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_story_that_is_too_long_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    cancel(scene, "Ana")
    run_out(scene)
    monkeypatch.setattr(story_told, "FACTS_MAX", 2)

    answer = scene.browser("Ana").get(scene.path(OF_TREE) + str(downgraded_at(scene)))

    assert "The story goes on: only its first 2 facts are told here." in text_of(answer)
    assert "The fact that was asked about comes after those that are told here" in text_of(answer)


def test_who_was_erased_reads_erased(scene: Scene):
    place = scene.position_of(scene.child_id, "MemberJoined")
    scene.browser("Vera").post("/account/erase", email="vera@example.com")
    scene.house.wiring.deliver_due()
    scene.house.run_followed()

    answer = scene.browser("Ana").get(scene.path(OF_TREE) + str(place))

    assert "Erased joined Larkfield — Support line as viewer" in text_of(answer)
    assert "Vera" not in text_of(answer)


def test_a_voided_event_has_a_story_in_both_logs(scene: Scene):
    key = scene.house.key(scene.child_id, scene.people["Ana"])
    event = {"agent_id": "a", "task_type": "draft_email", "outcome": "success"}
    sent = {"json": event, "headers": {"Authorization": f"Bearer {key}"}}
    event_id = scene.house.app.test_client().post("/api/v1/track", **sent).get_json()["event_id"]
    scene.house.clock.advance(seconds=2)
    browser = scene.browser("Olga")
    assert browser.post(scene.path(f"/w/{{child}}/events/{event_id}/void"), reason="twice").status_code == 303
    scene.house.run_followed()

    timeline = browser.get(scene.path("/w/{child}/timeline?name=Correction.Voided")).get_data(as_text=True)
    (link,) = re.findall(r'<a class="why" href="([^"]+)">', timeline)
    steps = steps_of(browser.get(link).get_data(as_text=True))

    assert re.fullmatch(r".*/why/\d+\.\d+", link)
    assert steps[0].startswith("Olga asked Heartwood for something")
    assert steps[1].startswith("Olga voided an event that was counted on")
    assert steps[2].startswith("Ask for a credit note, if what was voided had been invoiced: not done yet")


# The picture.


def test_the_picture_says_what_it_shows_and_the_list_says_the_same(scene: Scene):
    cancel(scene, "Ana")
    run_out(scene)

    page = scene.browser("Ana").get(scene.path(OF_TREE) + str(downgraded_at(scene))).get_data(as_text=True)

    (drawn,) = re.findall(
        r'<svg role="img" aria-labelledby="story-title story-text".*?</svg>', page, re.DOTALL
    )
    assert '<title id="story-title">What led to what</title>' in drawn
    assert "6 facts from 1 first cause, within 9 days. From left to right: 1, A notice at Stripe; 2," in drawn
    assert drawn.count("<rect ") == len(steps_of(page)) == 11
    assert drawn.count("<polyline ") == 10
    assert "style=" not in drawn


def test_the_sheet_of_the_picture_prints(scene: Scene):
    sheet = scene.browser(None).get("/static/story.css").get_data(as_text=True)

    assert "@media print" in sheet


def test_what_was_asked_of_stripe_and_what_it_said_are_steps(scene: Scene):
    cancel(scene, "Ana")
    at = scene.position_of(scene.tree_id, "CancellationRequested")

    steps = steps_of(scene.browser("Ana").get(scene.path(OF_TREE) + str(at)).get_data(as_text=True))

    assert [step.partition(".")[0].partition(":")[0] for step in steps][1:3] == [
        "Ana asked on the billing page to cancel the subscription",
        "Ask Stripe to do what was asked for, unless it is done",
    ]
    assert "The subscription was set to end on 1 April 2026, 09:00 UTC" in steps[3]
