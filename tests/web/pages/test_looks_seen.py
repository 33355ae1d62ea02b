"""Whoever leads an agency sees who of support looked into it, and nobody below hears of it."""

from __future__ import annotations

from tests.web.pages.looking import WHY, look_id, looks
from tests.web.pages.reading import Forms, everything
from tests.web.pages.scene import Scene, text_of


def test_whoever_leads_the_agency_reads_who_looked_when_and_why(scene: Scene) -> None:
    looks(scene)
    page = scene.path("/w/{anchor}/settings/support-access")

    told = [scene.browser(name).get(page) for name in ("Ana", "Adam")]
    hidden = [scene.browser(name).get(page) for name in ("Olga", "Ben", "Vera", "Eve", "Sam")]

    for answer in told:
        assert f"Sam 1 Mar 2026, 09:00 UTC 1 Mar 2026, 09:30 UTC looks now {WHY}" in text_of(answer)
    assert {answer.status_code for answer in hidden} == {404}
    settings = scene.browser("Ana").get(scene.path("/w/{anchor}/settings")).get_data(as_text=True)
    assert page in Forms(settings).links


def test_a_client_hears_of_a_look_into_the_agency_nowhere(scene: Scene) -> None:
    looks(scene)
    olga = scene.browser("Olga")

    told = "".join(text_of(olga.get(page)) for page in everything(scene, "child"))

    assert "Sam" not in told
    assert WHY not in told
    assert olga.get(scene.path("/w/{child}/settings/support-access")).status_code == 404


def test_a_look_is_in_the_timeline_under_the_name_of_who_looked(scene: Scene) -> None:
    browser = looks(scene)
    browser.post(f"/support/looks/{look_id(scene)}/end")

    told = text_of(scene.browser("Ana").get(scene.path("/trees/{tree}/timeline")))

    began = "Sam of Heartwood’s support began to look into Bright Signal, until 1 March 2026, 09:30 UTC"
    assert f"{began}, because: “{WHY}”" in told
    assert "Sam of Heartwood’s support stopped looking into Bright Signal" in told


def test_eve_who_is_alone_finds_a_look_in_her_timeline_and_settings(scene: Scene) -> None:
    looks(scene, scene.eves_id)
    eve = scene.browser("Eve")

    assert "Sam of Heartwood’s support" in text_of(eve.get(scene.path("/w/{eves}/timeline")))
    assert WHY in text_of(eve.get(scene.path("/w/{eves}/settings/support-access")))


def test_no_name_and_no_reason_is_in_a_fact(scene: Scene) -> None:
    looks(scene)

    with scene.house.database.reading() as db:
        rows = db.execute("SELECT state FROM agency_events").fetchall()

    stored = b"".join(bytes(row["state"]) for row in rows)
    assert b"4711" not in stored
    assert b"sam@" not in stored.lower()
