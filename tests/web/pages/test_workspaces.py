"""Children are created, renamed, left and deleted on pages."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.web.pages.scene import Scene, text_of

IN_APRIL = datetime(2026, 4, 2, tzinfo=UTC)
BAD_NAMES = ["", "   ", "x" * 121, "two\nlines", "nul\x00", "left\u202eright"]


def test_who_leads_the_tree_creates_a_child(scene: Scene) -> None:
    browser = scene.browser("Adam")

    answer = browser.post(scene.path("/w/{anchor}/workspaces"), name="  Heron — Booking  ")

    page = text_of(browser.follow(answer))
    assert answer.status_code == 303
    assert "“Heron — Booking” is open." in page
    assert "4 of 5" in page
    assert scene.facts()[-2:] == ["Tree.ChildAdded", "Workspace.Opened"]


def test_a_sixth_workspace_is_refused_with_its_reason_and_nothing_is_recorded(scene: Scene) -> None:
    browser = scene.browser("Ana")
    for name in ("Third", "Fourth"):
        browser.post(scene.path("/w/{anchor}/workspaces"), name=name)
    before = scene.facts()

    answer = browser.post(scene.path("/w/{anchor}/workspaces"), name="Fifth")

    assert answer.status_code == 409
    assert 'data-code="tree_is_full"' in answer.get_data(as_text=True)
    assert "talk to us" in text_of(answer)
    assert "5 of 5" in text_of(answer)
    assert scene.facts() == before


def test_a_free_workspace_is_told_why_it_can_have_no_children(scene: Scene) -> None:
    browser, before = scene.browser("Eve"), scene.facts()

    page = browser.get(scene.path("/w/{eves}/workspaces"))
    answer = browser.post(scene.path("/w/{eves}/workspaces"), name="Child")

    assert 'data-code="no_agency_plan"' in page.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'data-code="no_agency_plan"' in answer.get_data(as_text=True)
    assert scene.facts() == before


def test_a_workspace_that_is_refused_leaves_no_name_in_the_vault(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), scene.path("/w/{anchor}/workspaces")
    for name in ("Third", "Fourth"):
        ana.post(path, name=name)
    rows = scene.in_the_vault()

    full = ana.post(path, name="Fifth")
    none = scene.browser("Eve").post(scene.path("/w/{eves}/workspaces"), name="Child")

    assert 'data-code="tree_is_full"' in full.get_data(as_text=True)
    assert 'data-code="no_agency_plan"' in none.get_data(as_text=True)
    assert scene.in_the_vault() == rows


def test_nor_does_one_of_an_agency_that_has_ended(scene: Scene) -> None:
    scene.browser("Ana").post(scene.path("/w/{anchor}/billing/cancel"))
    scene.house.advance_to(IN_APRIL)
    ana, rows = scene.browser("Ana"), scene.in_the_vault()

    answer = ana.post(scene.path("/w/{anchor}/workspaces"), name="Third")

    assert 'data-code="tree_ended"' in answer.get_data(as_text=True)
    assert scene.in_the_vault() == rows


def test_a_bad_name_is_refused_and_kept_in_the_form(scene: Scene) -> None:
    browser, before = scene.browser("Ana"), scene.facts()
    forms = [scene.path(form) for form in ("/w/{anchor}/workspaces", "/w/{child}/settings/name")]

    answers = [browser.post(form, name=name) for form in forms for name in BAD_NAMES]

    assert {answer.status_code for answer in answers} == {422}
    assert all('aria-invalid="true"' in answer.get_data(as_text=True) for answer in answers)
    assert "x" * 121 in answers[2].get_data(as_text=True)
    assert scene.facts() == before


def test_a_client_owner_renames_its_workspace(scene: Scene) -> None:
    browser = scene.browser("Olga")

    answer = browser.post(scene.path("/w/{child}/settings/name"), name="<Larkfield> & Co")

    assert answer.status_code == 303
    assert "&lt;Larkfield&gt; &amp; Co" in browser.follow(answer).get_data(as_text=True)
    assert scene.facts()[-1] == "Workspace.Renamed"


def test_the_same_name_again_is_no_fact(scene: Scene) -> None:
    before = scene.facts()

    answer = scene.browser("Olga").post(
        scene.path("/w/{child}/settings/name"), name="Larkfield — Support line"
    )

    assert answer.status_code == 303
    assert scene.facts() == before


def test_a_member_leaves(scene: Scene) -> None:
    browser = scene.browser("Vera")

    answer = browser.post(scene.path("/w/{child}/settings/leave"))

    assert answer.status_code == 303
    assert "You belong to no workspace" in text_of(browser.follow(answer))
    assert browser.get(scene.path("/w/{child}/")).status_code == 404


def test_the_last_owner_stays_and_is_told_what_to_do(scene: Scene) -> None:
    before = scene.facts()

    answer = scene.browser("Ana").post(scene.path("/w/{sibling}/settings/leave"))

    assert answer.status_code == 409
    assert 'data-code="last_owner"' in answer.get_data(as_text=True)
    assert "Make someone else owner first." in text_of(answer)
    assert scene.facts() == before


def test_its_owner_deletes_a_child_and_its_place_is_free(scene: Scene) -> None:
    browser = scene.browser("Ana")

    answer = browser.post(scene.path("/w/{sibling}/settings/delete"), name="Osprey — Sales line")

    assert "2 of 5" in text_of(browser.follow(answer))
    assert browser.get(scene.path("/w/{sibling}/")).status_code == 404
    assert sorted(scene.facts()[-2:]) == ["Tree.ChildRemoved", "Workspace.Deleted"]


def test_a_client_owner_deletes_a_child_and_hears_nothing_of_the_agency(scene: Scene) -> None:
    browser = scene.browser("Olga")

    answer = browser.post(scene.path("/w/{child}/settings/delete"), name="Larkfield — Support line")

    assert answer.headers["Location"] == "/"


def test_a_child_is_not_deleted_without_its_name(scene: Scene) -> None:
    ana, before = scene.browser("Ana"), scene.facts()

    answers = [
        ana.post(scene.path("/w/{child}/settings/delete"), name=typed)
        for typed in ("", "larkfield", "Osprey — Sales line")
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert scene.facts() == before
