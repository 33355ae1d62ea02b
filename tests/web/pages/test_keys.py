"""API keys are made with the scopes chosen, shown once, and revoked; the page tells when each was used."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from domain.api_keys import KEYS_MAX
from tests.web.api.asking import Program, error_of
from tests.web.pages.scene import Browser, Scene, text_of

KEY = re.compile(r"hh_(?:live|test)_[A-Za-z0-9]{8}_[A-Za-z0-9]{48}")
EVENT = {"agent_id": "a", "task_type": "customer_support", "outcome": "success"}


def issue(scene: Scene, mode: str = "live") -> str:
    olga = scene.browser("Olga")
    found = KEY.search(olga.follow(make(scene, olga, mode)).get_data(as_text=True))
    assert found
    return found[0]


def make(scene: Scene, browser: Browser, mode: str = "live") -> TestResponse:
    answer = browser.post(scene.path("/w/{child}/keys"), mode=mode, scopes=["track", "read"])
    assert answer.status_code == 303
    return answer


@pytest.mark.parametrize("mode", ["live", "test"])
def test_a_key_is_shown_once_and_works(scene: Scene, mode: str) -> None:
    key = issue(scene, mode)

    page = scene.browser("Olga").get(scene.path("/w/{child}/keys")).get_data(as_text=True)
    tracked = scene.house.app.test_client().post(
        "/api/v1/track", json=EVENT, headers={"Authorization": f"Bearer {key}"}
    )

    assert key.startswith(f"hh_{mode}_")
    assert key not in page
    assert key[:16] in page
    assert tracked.status_code in (200, 201), tracked.get_json()


def test_the_page_after_the_form_shows_the_key_and_to_reload_it_makes_no_other(scene: Scene) -> None:
    olga = scene.browser("Olga")
    answer = make(scene, olga)

    seen = [KEY.search(olga.follow(answer).get_data(as_text=True)) for _ in range(3)]

    assert [bool(one) for one in seen] == [True, False, False]
    assert scene.facts().count("Workspace.KeyIssued") == 1


def test_no_cookie_holds_a_key_that_one_could_read(scene: Scene) -> None:
    olga = scene.browser("Olga")
    make(scene, olga)
    with olga.client.session_transaction() as session:
        kept = str(dict(session))

    shown = KEY.search(olga.get(scene.path("/w/{child}/keys")).get_data(as_text=True))

    assert "shown_once" in kept
    assert shown
    assert shown[0] not in kept
    assert shown[0][-48:] not in kept
    with olga.client.session_transaction() as session:
        assert "shown_once" not in session


@pytest.mark.parametrize("name", ["Ana", "Olga"])
def test_a_key_is_shown_to_who_made_it_only_and_not_for_long(scene: Scene, name: str) -> None:
    olga, other = scene.browser("Olga"), scene.browser(name)
    make(scene, olga)
    with olga.client.session_transaction() as made, other.client.session_transaction() as session:
        session["shown_once"] = made["shown_once"]
    if name == "Olga":
        scene.house.clock.advance(minutes=6)

    page = other.get(scene.path("/w/{child}/keys"))

    assert page.status_code == 200
    assert not KEY.search(page.get_data(as_text=True))


def test_a_key_waits_for_the_page_of_its_own_workspace(scene: Scene) -> None:
    ana = scene.browser("Ana")
    answer = make(scene, ana)

    elsewhere = ana.get(scene.path("/w/{sibling}/keys")).get_data(as_text=True)

    assert not KEY.search(elsewhere)
    assert KEY.search(ana.follow(answer).get_data(as_text=True))


def test_a_revoked_key_is_refused_at_once_and_revoking_twice_is_one_fact(scene: Scene) -> None:
    key = issue(scene)
    revoke = scene.path("/w/{child}/keys/") + f"{key[8:16]}/revoke"

    answers = [scene.browser("Olga").post(revoke) for _ in range(2)]

    tracked = scene.house.app.test_client().post(
        "/api/v1/track", json=EVENT, headers={"Authorization": f"Bearer {key}"}
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.facts().count("Workspace.KeyRevoked") == 1
    assert tracked.status_code == 401


def test_a_key_of_another_workspace_is_not_revoked(scene: Scene) -> None:
    key = issue(scene)
    before = scene.facts()

    scene.browser("Eve").post(scene.path("/w/{eves}/keys/") + f"{key[8:16]}/revoke")

    assert scene.facts() == before


def test_an_unknown_mode_is_refused(scene: Scene) -> None:
    olga, before = scene.browser("Olga"), scene.facts()

    answers = [
        olga.post(scene.path("/w/{child}/keys"), mode=mode, scopes="read") for mode in ("", "LIVE", "root")
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert scene.facts() == before


def test_there_are_only_so_many_keys(scene: Scene) -> None:
    olga = scene.browser("Olga")
    for _ in range(KEYS_MAX):
        make(scene, olga)
    before = scene.facts()

    answer = olga.post(scene.path("/w/{child}/keys"), mode="live", scopes="track")

    assert answer.status_code == 409
    assert 'data-code="too_many_keys"' in answer.get_data(as_text=True)
    assert scene.facts() == before


def test_a_form_that_is_sent_twice_makes_one_key_and_shows_it_twice(scene: Scene) -> None:
    olga, path = scene.browser("Olga"), scene.path("/w/{child}/keys")
    form = olga.form(path, path)

    shown = [KEY.findall(olga.follow(olga.post(path, **form)).get_data(as_text=True)) for _ in range(2)]

    assert form["scopes"] == ["track", "read"]
    assert shown[0] == shown[1] != []
    assert scene.facts().count("Workspace.KeyIssued") == 1


@pytest.mark.parametrize("of", ["issue", "replace"])
def test_another_form_never_makes_the_same_key(scene: Scene, of: str) -> None:
    olga, path = scene.browser("Olga"), scene.path("/w/{child}/keys")
    shown = []

    for _ in range(3):
        made = issue(scene)
        shown.append(made)
        if of == "replace":
            action = f"{path}/{made[8:16]}/replace"
            answer = olga.follow(olga.post(action, **olga.form(path, action) | {"overlap": "1_hour"}))
            shown += KEY.findall(answer.get_data(as_text=True))[:1]

    assert len(set(shown)) == (6 if of == "replace" else 3)


def test_a_key_may_do_what_was_chosen_for_it_and_no_more(scene: Scene) -> None:
    olga, path = scene.browser("Olga"), scene.path("/w/{child}/keys")
    told = {}

    for scope in ("track", "read"):
        made = KEY.search(olga.follow(olga.post(path, mode="live", scopes=scope)).get_data(as_text=True))
        assert made
        program = Program(scene.house, made[0])
        told[scope] = (program.track().status_code, program.get("/workspace").status_code)

    assert told == {"track": (201, 403), "read": (403, 200)}


@pytest.mark.parametrize("scopes", [[], [""], ["write"], ["track", "admin"], ["TRACK"]])
def test_scopes_that_there_are_not_are_refused(scene: Scene, scopes: list[str]) -> None:
    olga, before = scene.browser("Olga"), scene.facts()

    answer = olga.post(scene.path("/w/{child}/keys"), mode="live", scopes=scopes)

    assert answer.status_code == 422
    assert 'data-code="scopes_unknown"' in answer.get_data(as_text=True)
    assert scene.facts() == before


def test_the_page_tells_when_a_key_was_last_used_also_when_it_was_told_no(scene: Scene) -> None:
    olga, path = scene.browser("Olga"), scene.path("/w/{child}/keys")
    program = Program(scene.house, issue(scene))
    never = text_of(olga.get(path))
    scene.house.clock.advance(hours=2, minutes=5)

    refused = program.post("/track", {"nonsense": 1})

    assert error_of(refused)[0] == 422
    assert "track, read never works" in never
    assert "track, read 1 Mar 2026, 11:05 UTC works" in text_of(olga.get(path))
