"""Whoever is signed in can have everything about them, and can have it erased."""

from __future__ import annotations

from domain.permissions import Role
from tests.adapters.test_vault import everything_stored
from tests.web.api.asking import Program, error_of
from tests.web.pages.scene import Scene, text_of


def test_ben_erases_himself_and_is_nobody_from_then_on(scene: Scene) -> None:
    browser, elsewhere = scene.browser("Ben"), scene.browser("Ben")

    page = browser.get("/account/erase")
    answer = browser.post("/account/erase", email="Ben@Example.com")
    after = browser.follow(answer)
    scene.house.wiring.deliver_due()
    scene.house.run_followed()

    assert "Larkfield — Support line" in text_of(page)
    assert answer.status_code == 303
    assert "You are erased" in text_of(after)
    assert elsewhere.get("/").headers["Location"].startswith("/sign-in")
    assert scene.house.wiring.vault.person(scene.people["Ben"]).erased
    assert scene.facts()[-2:] == ["Workspace.MemberRemoved", "Person.Erased"]


def test_the_others_read_erased_where_ben_was(scene: Scene) -> None:
    scene.browser("Ben").post("/account/erase", email="ben@example.com")
    scene.house.wiring.deliver_due()
    scene.house.run_followed()
    olga = scene.browser("Olga")

    members, timeline = (
        text_of(olga.get(scene.path(f"/w/{{child}}/{one}"))) for one in ("members", "timeline")
    )

    assert "Ben" not in members
    assert "Ben" not in timeline
    assert "Erased left Larkfield — Support line" in timeline


def test_a_mistyped_address_erases_nobody(scene: Scene) -> None:
    before = everything_stored(scene.house)

    answer = scene.browser("Ben").post("/account/erase", email="olga@example.com")

    assert answer.status_code == 422
    assert everything_stored(scene.house).count("Person.Erased") == before.count("Person.Erased") == 0


def test_the_last_owner_reads_where_an_owner_is_needed_first(scene: Scene) -> None:
    scene.house.member(scene.eves_id, scene.people["Eve"], scene.people["Ben"], Role.VIEWER)
    scene.house.run_followed()
    browser, facts = scene.browser("Eve"), scene.facts()

    page = text_of(browser.get("/account/erase"))
    answer = browser.post("/account/erase", email="eve@example.com")

    assert "Make someone else owner first." in page
    assert "Eve alone" in page
    assert "You close" not in page
    assert answer.status_code == 409
    assert scene.facts() == facts


def test_eve_who_is_alone_reads_what_she_closes_and_goes(scene: Scene) -> None:
    house, browser = scene.house, scene.browser("Eve")
    program = Program(house, house.key(scene.eves_id, scene.people["Eve"]))

    page = text_of(browser.get("/account/erase"))
    answer = browser.post("/account/erase", email="eve@example.com")
    house.wiring.deliver_due()
    house.run_followed()

    assert "You close Nobody else belongs to this workspace" in page
    assert "Eve alone" in page.split("You close")[1]
    assert "You leave" not in page
    assert answer.status_code == 303
    assert "You are erased" in text_of(browser.follow(answer))
    assert sorted(scene.facts()[-2:]) == ["Person.Erased", "Workspace.Closed"]
    assert house.wiring.vault.person(scene.people["Eve"]).erased
    assert error_of(program.track()) == (401, "key_revoked", None)


def test_a_stranger_signs_in_first_and_staff_has_no_such_page(scene: Scene) -> None:
    sam = scene.house.person("Sam")
    scene.people["Sam"] = sam

    assert scene.browser(None).get("/account/erase").status_code == 302
    assert scene.browser(None).get("/account/kept.json").status_code == 302
    assert scene.browser("Sam").get("/account/erase").status_code == 404
    assert scene.browser("Sam").post("/account/erase", email="sam@example.com").status_code == 404


def test_everything_that_is_kept_about_ben_is_in_one_document(scene: Scene) -> None:
    house, ben = scene.house, scene.people["Ben"]
    house.wiring.mail.send(to="Ben@example.com", subject="Hello", text="Only for Ben.")
    house.wiring.mail.send(
        to="vera@example.com", subject="Not yours", text="Of no concern to ben@example.com"
    )

    answer = scene.browser("Ben").get("/account/kept.json")

    kept = answer.get_json()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="kept-about-me.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert (kept["person_id"], kept["name"], kept["address"]) == (str(ben), "Ben", "ben@example.com")
    assert [(one["workspace"], one["role"]) for one in kept["memberships"]] == [
        ("Larkfield — Support line", "member")
    ]
    assert [one["subject"] for one in kept["mails"]][-1] == "Hello"
    assert "Not yours" not in answer.get_data(as_text=True)
    assert len(kept["sessions"]) == 1
    assert [(one["name"], one["you"]) for one in kept["facts"]] == [
        ("Workspace.MemberInvited", "are named"),
        ("Workspace.MemberJoined", "did it"),
    ]


def test_the_document_names_nobody_else_and_no_workspace_that_ben_may_not_see(scene: Scene) -> None:
    house, ana, ben = scene.house, scene.people["Ana"], scene.people["Ben"]
    because = house.because(f"person:{ana}")
    house.agency.remove_member(scene.child_id, ana, ben, because=because)
    house.run_followed()

    answer = scene.browser("Ben").get("/account/kept.json")

    text = answer.get_data(as_text=True)
    kept = answer.get_json()
    assert kept["memberships"] == []
    assert [one["kind"] for one in kept["facts"]][-1] == "Member removed or left"
    assert {one["workspace"] for one in kept["facts"]} == {None}
    assert "Larkfield" not in text
    assert str(ana) not in text
