"""A form that is sent again, after a second click or an answer that was lost, makes its thing once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from psycopg import OperationalError

from tests.web.pages.scene import Scene, text_of
from web.app import create_app

LINK = re.compile(r"http://localhost(/sign-in/\S+)")
NORA = {"name": "Nora", "email": "nora@example.com"}


def test_a_workspace_is_created_once(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), scene.path("/w/{anchor}/workspaces")
    form = ana.form(path, path) | {"name": "Heron"}

    answers = [ana.post(path, **form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.facts().count("Tree.ChildAdded") == 3
    assert "4 of 5" in text_of(ana.get(path))


def test_also_when_it_took_the_last_place(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), scene.path("/w/{anchor}/workspaces")
    ana.post(path, name="Third")
    form = ana.form(path, path) | {"name": "Fourth"}

    answers = [ana.post(path, **form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.facts().count("Tree.ChildAdded") == 4


def test_a_form_that_one_goes_back_to_and_fills_in_anew_makes_another(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), scene.path("/w/{anchor}/workspaces")
    form = ana.form(path, path)

    answers = [ana.post(path, **form | {"name": name}) for name in ("Heron", "Ibis")]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.facts().count("Tree.ChildAdded") == 4


def test_nobody_sends_the_form_of_another_browser(scene: Scene) -> None:
    path = scene.path("/w/{anchor}/workspaces")
    seen = scene.browser("Ana").form(path, path)["request_id"]
    stories = set()

    for name in ("Ana", "Adam"):
        browser = scene.browser(name)
        with browser.client.session_transaction() as session:
            session["form_token"] = name
        browser.post(path, form_token=name, request_id=seen, name="Heron")
        stories.add(story_of_the_last_fact(scene))

    assert scene.facts().count("Tree.ChildAdded") == 4
    assert len(stories) == 2
    assert f"request:{seen}" not in stories


def story_of_the_last_fact(scene: Scene) -> str:
    with scene.house.database.reading() as db:
        row = db.execute(
            "SELECT story FROM event_index WHERE log = 'agency' ORDER BY position DESC LIMIT 1"
        ).fetchone()
    assert row is not None
    return str(row["story"])


def test_a_workspace_is_created_once_when_the_first_answer_was_lost(scene: Scene) -> None:
    house, path = scene.house, scene.path("/w/{anchor}/workspaces")

    def database_away() -> None:
        raise OperationalError("gone")

    ana = scene.browser("Ana")
    form = ana.form(path, path) | {"name": "Heron"}
    house.app, well = create_app(replace(house.services, followed=database_away)), house.app
    lost = scene.browser("Ana").post(path, **form)
    house.app = well

    again = ana.post(path, **form)

    assert (lost.status_code, again.status_code) == (503, 303)
    assert "Go back and send the same form again" in text_of(lost)
    assert scene.facts().count("Tree.ChildAdded") == 3
    assert "“Heron” is open." in text_of(ana.follow(again))


def test_an_invitation_is_sent_once(scene: Scene) -> None:
    olga, page = scene.browser("Olga"), scene.path("/w/{child}/members")
    form = olga.form(page, f"{page}/invitations") | NORA | {"role": "member"}

    answers = [olga.post(f"{page}/invitations", **form) for _ in range(2)]

    scene.house.wiring.deliver_due()
    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.facts()[-1] == "Workspace.MemberInvited"
    assert scene.facts().count("Workspace.MemberInvited") == 5  # the cast's four, and hers
    assert len(scene.house.services.mail.read()) == 1


def test_two_mails_of_one_sign_up_open_one_workspace(scene: Scene) -> None:
    browser = scene.browser(None)
    form = browser.form("/sign-up", "/sign-up") | NORA | {"workspace": "Nora's place", "plan": "free"}
    before = scene.facts()
    for _ in range(2):
        browser.post("/sign-up", **form)
        scene.house.clock.advance(seconds=1)
    links = [LINK.findall(mail.text)[0] for mail in scene.house.services.mail.read()]

    answers = [browser.post(link) for link in links]

    assert len(set(links)) == 2
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert scene.facts() == [*before, "Workspace.Opened"]


def test_a_second_click_on_the_link_of_a_mail_leads_in(scene: Scene) -> None:
    browser = scene.browser(None)
    browser.post("/sign-in", email="ana@example.com")
    link = LINK.findall(scene.house.services.mail.read()[0].text)[0]

    answers = [browser.post(link) for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == ["/", "/"]


def test_one_agency_is_bought_once(scene: Scene) -> None:
    eve, page = scene.browser("Eve"), scene.path("/w/{eves}/billing")
    form = eve.form(page, f"{page}/plan")

    answers = [eve.post(f"{page}/plan", **form) for _ in range(2)]

    assert form["request_id"]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert scene.facts().count("Tree.Founded") == 2  # Bright Signal's and Eve's


@pytest.mark.parametrize("request_id", ["", "1", "not-a-uuid", "é", "0" * 33, "\x00"])
def test_a_form_whose_id_was_changed_records_nothing(scene: Scene, request_id: str) -> None:
    before, rows = scene.facts(), scene.in_the_vault()

    answer = scene.browser("Ana").post(
        scene.path("/w/{anchor}/workspaces"), name="Heron", request_id=request_id
    )

    assert answer.status_code == 400
    assert (scene.facts(), scene.in_the_vault()) == (before, rows)
