"""Why: the story of a fact, for those who lead what it is about, and for a client as far as it is theirs."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from domain.permissions import Role
from tests.web.pages.looking import looks
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_downgrade import cancel, run_out
from tests.web.pages.test_timeline import rename

OF_TREE = "/trees/{tree}/why/"
OF_CHILD = "/w/{child}/why/"


def downgraded_at(scene: Scene, workspace_id: UUID | None = None) -> int:
    return scene.position_of(workspace_id or scene.child_id, "Workspace.Downgraded")


def joined_at(scene: Scene) -> int:
    return scene.position_of(scene.child_id, "Workspace.MemberJoined")


def page_of(scene: Scene, place: int) -> str:
    """As Ana reads it."""
    return scene.browser("Ana").get(scene.path(OF_TREE) + str(place)).get_data(as_text=True)


def steps_of(page: str) -> list[str]:
    found = re.findall(r'<li id="step-\d+".*?</li>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


# Who reads what.


@pytest.mark.parametrize("name", ["Ana", "Adam"])
def test_those_who_lead_the_agency_read_the_whole_story_of_its_end(scene: Scene, name: str):
    cancel(scene, "Adam")
    run_out(scene)

    answer = scene.browser(name).get(scene.path(OF_TREE) + str(downgraded_at(scene)))

    steps = steps_of(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert steps[0].startswith("Stripe made its notice evt_")
    assert "customer.subscription.deleted" in steps[1]
    assert "9 days after 1" in steps[1]
    assert steps[2].startswith("Ask Stripe what is true now, and follow it: done.")
    assert "the agency went from Agency to Free" in steps[3]
    assert [step.partition(" went")[0] for step in steps if "kept" in step] == [
        *("Bright Signal", "Larkfield — Support line", "Osprey — Sales line")
    ]
    assert sum("asked about" in step for step in steps) == 1


def test_it_is_one_click_from_every_line_of_a_timeline(scene: Scene):
    cancel(scene, "Ana")
    run_out(scene)

    for path in ("/trees/{tree}/timeline", "/w/{child}/timeline", "/w/{anchor}/timeline"):
        page = scene.browser("Ana").get(scene.path(path)).get_data(as_text=True)
        links = re.findall(r'<a class="why" href="([^"]+)">', page)
        answers = [scene.browser("Ana").get(link) for link in links]

        assert len(links) == page.count("<tr id=")
        assert {answer.status_code for answer in answers} == {200}
        assert all(answer.get_data(as_text=True).count('aria-current="true"') >= 1 for answer in answers)


def test_for_everybody_else_it_does_not_exist(scene: Scene):
    cancel(scene, "Ana")
    place, sibling = joined_at(scene), scene.position_of(scene.sibling_id)
    refused = [
        *(("Eve", OF_TREE, place), ("Eve", OF_CHILD, place), ("Olga", OF_TREE, place)),
        *(("Ben", OF_CHILD, place), ("Vera", OF_CHILD, place), ("Olga", "/w/{sibling}/why/", sibling)),
        *(("Olga", OF_CHILD, sibling), ("Olga", OF_CHILD, scene.position_of(scene.tree_id))),
        *(("Ana", OF_TREE, scene.position_of(scene.eves_id)), ("Ana", "/w/{anchor}/why/", sibling)),
        ("Eve", "/w/{eves}/why/", place),
    ]

    answers = [(scene.browser(name), scene.path(path) + str(at)) for name, path, at in refused]
    missing = [browser.get("/nothing") for browser, _ in answers]
    given = [browser.get(path) for browser, path in answers]

    assert [one.status_code for one in given] == [404] * len(refused)
    assert [text_of(one) for one in given] == [text_of(one) for one in missing]


def test_a_place_where_no_fact_is_is_not_there(scene: Scene):
    browser = scene.browser("Ana")
    places = ("0", "-1", "999999999", "9" * 19, "9" * 40, "1.", "x", "1.5", "1%20", "²", "request:x")

    answers = [browser.get(scene.path(path) + place) for path in (OF_TREE, OF_CHILD) for place in places]

    assert {answer.status_code for answer in answers} == {404}


def test_whoever_is_signed_out_is_asked_to_sign_in(scene: Scene):
    answer = scene.browser(None).get(scene.path(OF_CHILD) + "1")

    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


# What a client may know.


def test_a_client_reads_the_own_part_of_a_story_and_nothing_of_the_agency(scene: Scene):
    cancel(scene, "Adam")
    run_out(scene)

    answer = scene.browser("Olga").get(scene.path(OF_CHILD) + str(downgraded_at(scene)))

    page = answer.get_data(as_text=True)
    steps = steps_of(page)
    assert len(steps) == 2
    assert steps[0].startswith("It began outside of this workspace, and is told there")
    assert steps[1].startswith("Larkfield — Support line went from Agency to Free and stands alone")
    hidden = (scene.tree_id, scene.anchor_id, scene.sibling_id, scene.people["Adam"])
    assert not [one for one in hidden if str(one) in page]
    words = ("Adam", "Bright Signal", "Osprey", "evt_", "sub_", "notice:", "request:", "Stripe", "/downgrade")
    assert not [word for word in words if word in page]


def test_a_client_reads_who_of_their_own_did_it(scene: Scene):
    house, olga = scene.house, scene.people["Olga"]
    house.member(scene.child_id, olga, house.person("Otto"), Role.VIEWER)
    house.deliver_notices()

    invited = scene.browser("Olga").get(
        scene.path(OF_CHILD) + str(scene.position_of(scene.child_id, "Workspace.MemberInvited"))
    )

    steps = steps_of(invited.get_data(as_text=True))
    assert steps[0].startswith("Olga asked Heartwood for something, as request ")
    assert steps[1].startswith("Olga invited Otto to Larkfield — Support line as viewer")
    assert steps[2].startswith("Mail the invitation, if it is still open: done.")


def test_what_the_agency_did_in_a_client_s_workspace_began_outside(scene: Scene):
    rename(scene, "Adam", scene.child_id, "Larkfield")

    answer = scene.browser("Olga").get(scene.path(OF_CHILD) + str(scene.position_of(scene.child_id)))

    page = answer.get_data(as_text=True)
    steps = steps_of(page)
    assert steps[0].startswith("It began outside of this workspace")
    assert steps[1].startswith("The agency renamed a workspace to Larkfield")
    assert "Adam" not in page
    assert "request" not in page.partition("<main")[2]


def test_support_reads_the_story_while_it_looks(scene: Scene):
    cancel(scene, "Ana")
    run_out(scene)
    path = scene.path(OF_TREE) + str(downgraded_at(scene))
    browser = looks(scene)

    there = browser.get(path)
    scene.house.clock.advance(minutes=31)
    gone = browser.get(path)

    assert "Stripe made its notice" in text_of(there)
    assert gone.status_code == 404
