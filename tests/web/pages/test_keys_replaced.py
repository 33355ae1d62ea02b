"""A key is replaced by another: for the overlap both work, then only the new one."""

from __future__ import annotations

import re

import pytest

from domain.api_keys import KEYS_MAX
from tests.web.api.asking import Program, error_of
from tests.web.pages.scene import Browser, Scene, text_of

KEY = re.compile(r"hh_(?:live|test)_[A-Za-z0-9]{8}_[A-Za-z0-9]{48}")


@pytest.fixture
def olga(scene: Scene) -> Browser:
    return scene.browser("Olga")


def shown(page: str) -> str:
    found = KEY.search(page)
    assert found, page
    return found[0]


def made(scene: Scene, browser: Browser, mode: str = "live", scopes: tuple[str, ...] = ("track",)) -> str:
    answer = browser.post(scene.path("/w/{child}/keys"), mode=mode, scopes=list(scopes))
    return shown(browser.follow(answer).get_data(as_text=True))


def replaced(scene: Scene, browser: Browser, key: str, overlap: str) -> str:
    answer = browser.post(path_of(scene, key), overlap=overlap)
    assert answer.status_code == 303, text_of(answer)
    return shown(browser.follow(answer).get_data(as_text=True))


def path_of(scene: Scene, key: str, what: str = "replace") -> str:
    return scene.path("/w/{child}/keys/") + f"{key[8:16]}/{what}"


def told(scene: Scene, key: str) -> int | str:
    """What a program is told that tracks with a key."""
    answer = Program(scene.house, key).track()
    return 201 if answer.status_code == 201 else error_of(answer)[1]


@pytest.mark.parametrize(("overlap", "hours"), [("1_hour", 1), ("24_hours", 24), ("7_days", 168)])
def test_both_work_until_the_instant_at_which_the_overlap_is_over(
    scene: Scene, olga: Browser, overlap: str, hours: int
) -> None:
    old = made(scene, olga)
    new = replaced(scene, olga, old, overlap)
    answers = []

    for step in ({}, {"hours": hours, "microseconds": -1}, {"microseconds": 1}):
        scene.house.clock.advance(**step)
        answers.append((told(scene, old), told(scene, new)))

    assert answers == [(201, 201), (201, 201), ("key_revoked", 201)]
    assert scene.facts()[-2:] == ["Workspace.KeyIssued", "Workspace.KeyReplaced"]


def test_without_an_overlap_the_old_one_is_over_with_the_very_next_request(
    scene: Scene, olga: Browser
) -> None:
    old = made(scene, olga)
    before = told(scene, old)

    new = replaced(scene, olga, old, "at_once")

    refused = Program(scene.house, old).track()
    assert before == 201
    assert error_of(refused) == (401, "key_revoked", None)
    assert "replaced" in refused.get_json()["error"]["message"]
    assert told(scene, new) == 201


@pytest.mark.parametrize(("mode", "scopes"), [("live", ("read",)), ("test", ("track", "read"))])
def test_the_new_one_may_do_the_same(scene: Scene, olga: Browser, mode: str, scopes: tuple[str, ...]) -> None:
    old = made(scene, olga, mode, scopes)

    new = replaced(scene, olga, old, "1_hour")

    assert new.startswith(f"hh_{mode}_")
    with scene.house.database.reading() as db:
        rows = db.execute("SELECT mode, scopes FROM access_keys").fetchall()
    assert [(row["mode"], row["scopes"]) for row in rows] == [(mode, list(scopes))] * 2


def test_a_form_that_is_sent_twice_makes_one_key_and_shows_it_twice(scene: Scene, olga: Browser) -> None:
    action = path_of(scene, made(scene, olga))
    form = olga.form(scene.path("/w/{child}/keys"), action) | {"overlap": "1_hour"}

    seen = [shown(olga.follow(olga.post(action, **form)).get_data(as_text=True)) for _ in range(2)]

    assert seen[0] == seen[1]
    assert scene.facts().count("Workspace.KeyReplaced") == 1
    assert scene.facts().count("Workspace.KeyIssued") == 2
    assert told(scene, seen[0]) == 201


def test_of_two_people_one_replaces_it_and_the_other_is_told(scene: Scene, olga: Browser) -> None:
    old = made(scene, olga)
    replaced(scene, olga, old, "1_hour")
    before = scene.facts()

    late = scene.browser("Ana").post(path_of(scene, old), overlap="1_hour")

    assert late.status_code == 409
    assert 'data-code="key_is_over"' in late.get_data(as_text=True)
    assert scene.facts() == before


def test_a_replaced_key_is_revoked_at_once_and_nothing_is_recorded_after_its_end(
    scene: Scene, olga: Browser
) -> None:
    first, second = made(scene, olga), made(scene, olga)
    for one in (first, second):
        replaced(scene, olga, one, "1_hour")

    olga.post(path_of(scene, first, "revoke"))
    refused = told(scene, first), told(scene, second)
    scene.house.clock.advance(hours=1)
    olga.post(path_of(scene, second, "revoke"))

    assert refused == ("key_revoked", 201)
    assert scene.facts().count("Workspace.KeyRevoked") == 1


@pytest.mark.parametrize("overlap", ["", "1 hour", "30_days", "-1", "AT_ONCE"])
def test_another_overlap_is_refused(scene: Scene, olga: Browser, overlap: str) -> None:
    old = made(scene, olga)
    before = scene.facts()

    answer = olga.post(path_of(scene, old), overlap=overlap)

    assert answer.status_code == 422
    assert scene.facts() == before


@pytest.mark.parametrize("key_id", ["nothere1", "%00", "x" * 500, "é"])
def test_a_key_that_is_not_there_is_a_miss(scene: Scene, olga: Browser, key_id: str) -> None:
    before = scene.facts()

    answer = olga.post(scene.path("/w/{child}/keys/") + f"{key_id}/replace", overlap="1_hour")

    assert answer.status_code == 404
    assert scene.facts() == before


def test_nobody_replaces_a_key_of_another_workspace(scene: Scene, olga: Browser) -> None:
    key_id = made(scene, olga)[8:16]
    before = scene.facts()

    answers = [
        scene.browser(name).post(scene.path(f"/w/{{{place}}}/keys/{key_id}/replace"), overlap="1_hour")
        for name, place in (("Eve", "eves"), ("Eve", "child"), ("Ben", "child"), ("Ana", "sibling"))
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert scene.facts() == before


def test_a_replaced_key_counts_among_the_keys_until_it_is_over(scene: Scene, olga: Browser) -> None:
    keys = [made(scene, olga) for _ in range(KEYS_MAX)]

    full = olga.post(path_of(scene, keys[0]), overlap="1_hour")
    replaced(scene, olga, keys[0], "at_once")
    olga.post(path_of(scene, keys[1], "revoke"))
    replaced(scene, olga, keys[2], "1_hour")
    full_again = olga.post(scene.path("/w/{child}/keys"), mode="live", scopes="track")
    scene.house.clock.advance(hours=1)
    room = olga.post(scene.path("/w/{child}/keys"), mode="live", scopes="track")

    assert [answer.status_code for answer in (full, full_again, room)] == [409, 409, 303]


def test_the_page_and_the_timeline_tell_what_became_of_it(scene: Scene, olga: Browser) -> None:
    page = scene.path("/w/{child}/keys")
    old = made(scene, olga)
    new = replaced(scene, olga, old, "1_hour")

    during = text_of(olga.get(page))
    told_so = text_of(olga.get(scene.path("/w/{child}/timeline")))
    scene.house.clock.advance(hours=1)
    after = text_of(olga.get(page))

    assert "replaced works until 1 Mar 2026, 10:00 UTC" in during
    assert "replaced since 1 Mar 2026, 10:00 UTC" in after
    assert f"replaced the API key {old[8:16]} of" in told_so
    assert f"by {new[8:16]}; the old one works until 1 March 2026, 10:00 UTC" in told_so


def test_an_agency_sees_how_many_keys_go_on(scene: Scene, olga: Browser) -> None:
    old, other = made(scene, olga), made(scene, olga)
    replaced(scene, olga, old, "1_hour")
    olga.post(path_of(scene, old, "revoke"))
    olga.post(path_of(scene, other, "revoke"))

    with scene.house.database.reading() as db:
        row = db.execute(
            "SELECT cardinality(key_ids) AS keys FROM dashboard WHERE workspace_id = %s", (scene.child_id,)
        ).fetchone()

    assert row == {"keys": 1}
