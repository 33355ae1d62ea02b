"""The timeline: everything for those who lead the agency, and not a word too much for its clients."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from domain.permissions import Role
from tests.web.pages.scene import Scene, text_of

OF_TREE = "/trees/{tree}/timeline"
OF_CHILD = "/w/{child}/timeline"
POSITIONS = re.compile(r'id="p(\d+)"')


def rename(scene: Scene, who: str, workspace_id, name: str) -> None:
    house = scene.house
    digest = house.wiring.vault.keep_text(workspace_id, name)
    person_id = scene.people[who]
    house.agency.rename(workspace_id, person_id, digest, because=house.because(f"person:{person_id}"))
    house.run_followed()


def downgrade(scene: Scene) -> None:
    house, ana = scene.house, scene.people["Ana"]
    house.wiring.billing.cancel(scene.tree_id, ana, because=house.because(f"person:{ana}"))
    house.advance_to(house.clock() + timedelta(days=40))


# Who may see it.


@pytest.mark.parametrize("name", ["Ana", "Adam"])
def test_those_who_lead_the_agency_see_every_fact(scene: Scene, name: str):
    answer = scene.browser(name).get(scene.path(OF_TREE))

    text = text_of(answer)
    assert answer.status_code == 200
    assert "Ana opened Larkfield — Support line for a client of the agency" in text
    assert "The Agency subscription sub_" in text


@pytest.mark.parametrize("name", ["Ana", "Adam", "Olga"])
def test_staff_see_the_timeline_of_a_child(scene: Scene, name: str):
    answer = scene.browser(name).get(scene.path(OF_CHILD))

    assert answer.status_code == 200
    assert "Ana invited Ben to Larkfield — Support line as member" in text_of(answer)


@pytest.mark.parametrize("path", [OF_TREE, OF_CHILD])
def test_whoever_is_signed_out_is_asked_to_sign_in(scene: Scene, path: str):
    answer = scene.browser(None).get(scene.path(path))

    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_for_everybody_else_it_does_not_exist(scene: Scene):
    refused = [
        *(("Eve", OF_TREE), ("Eve", OF_CHILD), ("Olga", OF_TREE), ("Ben", OF_TREE), ("Ben", OF_CHILD)),
        *(("Vera", OF_CHILD), ("Olga", "/w/{sibling}/timeline"), ("Ana", "/trees/{nowhere}/timeline")),
        ("Ana", "/trees/{anchor}/timeline"),
    ]

    answers = [(scene.browser(name), scene.path(path)) for name, path in refused]
    missing = [browser.get(scene.path("/w/{nowhere}/timeline")) for browser, _ in answers]
    given = [browser.get(path) for browser, path in answers]

    assert [one.status_code for one in given] == [404] * len(refused)
    assert [text_of(one) for one in given] == [text_of(one) for one in missing]


# What a client may know.


def test_staff_of_the_agency_who_are_no_members_are_the_agency(scene: Scene):
    rename(scene, "Adam", scene.child_id, "Larkfield")

    answer = scene.browser("Olga").get(scene.path(OF_CHILD))

    assert "The agency renamed a workspace to Larkfield" in text_of(answer)
    assert "Adam" not in text_of(answer)


def test_a_client_sees_neither_ids_nor_names_of_the_agency_nor_raw_events(scene: Scene):
    rename(scene, "Adam", scene.child_id, "Larkfield")

    page = scene.browser("Olga").get(scene.path(OF_CHILD)).get_data(as_text=True)

    hidden = (scene.tree_id, scene.anchor_id, scene.sibling_id, scene.people["Adam"])
    assert not [one for one in hidden if str(one) in page]
    assert "Bright Signal" not in page
    assert "Osprey" not in page
    assert "Raw event" not in page
    assert "notice:" not in page
    assert "request:" not in page


def test_a_member_who_left_keeps_their_name_in_what_they_did(scene: Scene):
    house, olga = scene.house, scene.people["Olga"]
    second = house.person("Otto")
    house.member(scene.child_id, olga, second, Role.OWNER)
    rename(scene, "Olga", scene.child_id, "Larkfield")
    house.agency.remove_member(scene.child_id, second, olga, because=house.because(f"person:{second}"))
    house.run_followed()

    answer = house.sign_in(second).get(scene.path(OF_CHILD))

    assert "Olga renamed a workspace to Larkfield" in text_of(answer)
    assert "Otto removed Olga from Larkfield" in text_of(answer)


def test_a_former_child_still_does_not_learn_who_led_the_agency(scene: Scene):
    rename(scene, "Adam", scene.child_id, "Larkfield")
    downgrade(scene)
    rename(scene, "Olga", scene.child_id, "Larkfield on its own")

    answer = scene.browser("Olga").get(scene.path(OF_CHILD))
    page = answer.get_data(as_text=True)

    assert "Larkfield went from Agency to Free and stands alone" in text_of(answer)
    facts = [
        text_of(scene.browser("Olga").get(one)) for one in re.findall(r'class="told" href="([^"]+)"', page)
    ]
    assert sum("Raw event" in one for one in facts) == 1  # of the fact that came after
    assert not [one for one in facts if str(scene.people["Adam"]) in one or "Adam" in one]
    assert not [one for one in (scene.tree_id, scene.anchor_id, scene.people["Adam"]) if str(one) in page]
    assert "Adam" not in page


def test_the_agency_still_reads_the_history_of_an_agency_that_ended(scene: Scene):
    downgrade(scene)

    answer = scene.browser("Adam").get(scene.path(OF_TREE))

    assert "Stripe’s subscription sub_" in text_of(answer)
    assert scene.path("/trees/{tree}/downgrade") in answer.get_data(as_text=True)


def test_a_person_who_was_erased_reads_erased(scene: Scene):
    with scene.house.database.writing() as db:
        db.execute("DELETE FROM vault_keys WHERE subject_id = %s", (scene.people["Ben"],))

    answer = scene.browser("Ana").get(scene.path(OF_CHILD))

    assert "Erased joined Larkfield — Support line as member" in text_of(answer)
    assert "Ben" not in text_of(answer)


# Names.


def test_the_agency_never_reads_a_name_that_a_former_child_took_later(scene: Scene):
    rename(scene, "Adam", scene.child_id, "Larkfield")
    downgrade(scene)
    rename(scene, "Olga", scene.child_id, "Lark Secret")
    adam = scene.browser("Adam")

    timeline = adam.get(scene.path(OF_TREE))
    story = adam.get(scene.path("/trees/{tree}/downgrade"))

    for page in (timeline, story):
        assert "Lark Secret" not in page.get_data(as_text=True)
        assert "Larkfield went from Agency to Free" in text_of(page)
    assert re.search(r"<option[^>]*>Larkfield</option>", timeline.get_data(as_text=True))


def test_a_line_calls_a_workspace_what_it_was_called_then(scene: Scene):
    rename(scene, "Ana", scene.child_id, "Larkfield")
    rename(scene, "Ana", scene.anchor_id, "Brighter Signal")
    scene.house.child(scene.tree_id, scene.people["Ana"], "Heron")
    scene.house.run_followed()

    text = text_of(scene.browser("Ana").get(scene.path(OF_TREE)))
    of_child = text_of(scene.browser("Olga").get(scene.path(OF_CHILD)))

    assert "Timeline of the agency of Brighter Signal" in text
    assert "Bright Signal became the anchor of an agency" in text
    for one in (text, of_child):
        assert "Ana invited Ben to Larkfield — Support line as member" in one
        assert "Ana renamed a workspace to Larkfield" in one
    assert "Ana added Heron to the agency" in text


# Filters.


def test_kinds_of_facts_are_chosen_by_words(scene: Scene):
    page = scene.browser("Ana").get(scene.path(OF_TREE)).get_data(as_text=True)

    assert '<option value="Workspace.Opened">Workspace opened</option>' in page
    assert not re.search(r">\s*(Tree|Workspace|StripeNotice|Invoice)\.\w+\s*<", page)


def told(scene: Scene, query: str, path: str = OF_TREE, name: str = "Ana") -> list[str]:
    answer = scene.browser(name).get(scene.path(path) + query)
    assert answer.status_code == 200
    rows = re.findall(r"<tr id=.*?</tr>", answer.get_data(as_text=True), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_one_can_ask_for_one_kind_of_fact(scene: Scene):
    rows = told(scene, "?name=Tree.ChildAdded")

    assert len(rows) == 2
    assert all("added" in row for row in rows)


def test_one_can_ask_for_what_someone_did(scene: Scene):
    rename(scene, "Adam", scene.child_id, "Larkfield")

    rows = told(scene, f"?actor=person:{scene.people['Adam']}")

    assert [("renamed" in row, "joined" in row) for row in rows] == [(True, False), (False, True)]


def test_one_can_ask_for_one_workspace(scene: Scene):
    rows = told(scene, f"?workspace={scene.sibling_id}")

    assert len(rows) == 1
    assert "Ana opened Osprey — Sales line" in rows[0]


def test_one_can_ask_for_one_story(scene: Scene):
    page = scene.browser("Ana").get(scene.path(OF_TREE)).get_data(as_text=True)
    story = re.findall(r"story=(request%3A[0-9a-f-]+|request:[0-9a-f-]+)", page)[-1]

    rows = told(scene, f"?story={story}")

    assert len(rows) == 3
    assert "Ana chose the Agency plan" in rows[1]


def test_one_can_ask_for_a_period_of_days(scene: Scene):
    scene.house.clock.advance(days=3)
    rename(scene, "Ana", scene.child_id, "Larkfield")

    assert len(told(scene, "?since=2026-03-04")) == 1
    assert len(told(scene, "?since=2026-03-04&until=2026-03-04")) == 1
    assert told(scene, "?until=2026-02-28") == []
    assert len(told(scene, "?since=2026-03-02T00:00Z&until=2026-03-04T09:00:00Z")) == 0


def test_what_cannot_be_meant_gets_a_clear_answer(scene: Scene):
    queries = [
        *("since=yesterday", "until=2026-13-45", "until=9999-12-31", "workspace=larkfield", "name=%00"),
        *("before=0", "before=-1", "before=ten", "before=99999999999999999999999", "before=%C2%B2"),
        *("before=1.", "before=1.x", "before=.1", "before=1.99999999999999999999"),
        "name=" + "x" * 121,
    ]

    answers = [scene.browser("Ana").get(f"{scene.path(OF_TREE)}?{query}") for query in queries]

    assert [answer.status_code for answer in answers] == [400] * len(queries)
    assert all(re.search("filter|since and until|position", text_of(answer)) for answer in answers)


def test_a_client_cannot_ask_about_what_they_may_not_see(scene: Scene):
    queries = ["?story=notice:evt_000001", "?workspace={sibling}", "?actor=person:{adam}", "?actor=stripe"]

    answers = [scene.browser("Olga").get(scene.path(OF_CHILD + query)) for query in queries]

    assert [answer.status_code for answer in answers] == [400] * len(queries)


def test_a_client_can_ask_for_what_a_member_did(scene: Scene):
    rows = told(scene, f"?actor=person:{scene.people['Ben']}", OF_CHILD, "Olga")

    assert len(rows) == 1
    assert "Ben joined" in rows[0]


def test_pages_follow_each_other_without_a_gap_and_keep_the_filter(scene: Scene):
    house, ana = scene.house, scene.people["Ana"]
    for number in range(60):
        digest = house.wiring.vault.keep_text(scene.child_id, f"Name {number}")
        house.agency.rename(scene.child_id, ana, digest, because=house.because(f"person:{ana}"))
    house.run_followed()
    browser, path, seen = scene.browser("Ana"), scene.path(OF_TREE) + "?name=Workspace.Renamed", []

    while path:
        page = browser.get(path).get_data(as_text=True)
        seen.append([int(one) for one in POSITIONS.findall(page)])
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older[1].replace("&amp;", "&") if older else ""

    assert [len(one) for one in seen] == [50, 10]
    assert [*seen[0], *seen[1]] == sorted({*seen[0], *seen[1]}, reverse=True)


def test_a_timeline_that_fits_nothing_says_so(scene: Scene):
    answer = scene.browser("Ana").get(scene.path(OF_TREE) + "?name=Tree.Unheard")

    assert "Nothing happened that fits this." in text_of(answer)
