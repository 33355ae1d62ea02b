"""API keys are made, shown once, and revoked."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from domain.api_keys import KEYS_MAX
from tests.web.pages.scene import Browser, Scene

KEY = re.compile(r"hh_(?:live|test)_[A-Za-z0-9]{8}_[A-Za-z0-9]{48}")
EVENT = {"agent_id": "a", "task_type": "customer_support", "outcome": "success"}


def issue(scene: Scene, mode: str = "live") -> str:
    olga = scene.browser("Olga")
    found = KEY.search(olga.follow(make(scene, olga, mode)).get_data(as_text=True))
    assert found
    return found[0]


def make(scene: Scene, browser: Browser, mode: str = "live") -> TestResponse:
    answer = browser.post(scene.path("/w/{child}/keys"), mode=mode)
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

    answers = [olga.post(scene.path("/w/{child}/keys"), mode=mode) for mode in ("", "LIVE", "root")]

    assert {answer.status_code for answer in answers} == {422}
    assert scene.facts() == before


def test_there_are_only_so_many_keys(scene: Scene) -> None:
    olga = scene.browser("Olga")
    for _ in range(KEYS_MAX):
        olga.post(scene.path("/w/{child}/keys"), mode="live")
    before = scene.facts()

    answer = olga.post(scene.path("/w/{child}/keys"), mode="live")

    assert answer.status_code == 409
    assert 'data-code="too_many_keys"' in answer.get_data(as_text=True)
    assert scene.facts() == before
