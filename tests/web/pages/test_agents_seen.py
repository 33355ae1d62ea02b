"""Who sees the agents of a workspace and who changes them: whoever may, as far as the agency shows them."""

from __future__ import annotations

from itertools import product
from typing import Any
from uuid import UUID

import pytest

from tests.web.pages.scene import Scene
from tests.web.pages.voiced import SETTINGS, html, made, page, shows, wrote

FORMS: dict[str, dict[str, Any]] = {
    "": {"name": "Mine"},
    "/name": {"name": "Mine"},
    "/settings": SETTINGS,
    "/activate": {},
    "/pause": {},
    "/attach": {"kind": "action", "thing": str(UUID(int=7))},
    "/detach": {"kind": "action", "thing": str(UUID(int=7))},
    "/delete": {"name": "Concierge"},
    "/prompt": {"prompt": "Mine", "based_on": "1"},
    "/prompts/1/restore": {},
}
OF_PROMPTS = ("/prompt", "/prompts/1/restore")


def tried(scene: Scene, name: str, path: str) -> dict[str, int]:
    """What each form answers, from who is not let in at any."""
    browser = scene.browser(name)
    at = {form: path if form else path.rpartition("/")[0] for form in FORMS}
    return {form: browser.post(f"{at[form]}{form}", **fields).status_code for form, fields in FORMS.items()}


def test_a_viewer_reads_and_a_stranger_finds_nothing(scene: Scene) -> None:
    path = made(scene)
    wrote(scene, path, "Be brief.", 0)
    before = scene.facts()

    seen = [scene.browser("Vera").get(one).status_code for one in (path, f"{path}/prompts")]
    missed = [scene.browser("Eve").get(one).status_code for one in (path, f"{path}/prompts")]
    answers = {name: set(tried(scene, name, path).values()) for name in ("Vera", "Eve")}

    assert (seen, missed) == ([200, 200], [404, 404])
    assert answers == {"Vera": {404}, "Eve": {404}}
    assert "<form" not in html(scene, path, "Vera").partition("<main")[2]
    assert scene.facts() == before


def test_a_member_of_the_client_makes_and_changes_agents(scene: Scene) -> None:
    path = made(scene, by="Ben")

    answers = [
        wrote(scene, path, "Be brief.", 0, by="Ben"),
        scene.browser("Ben").post(f"{path}/settings", **SETTINGS),
    ]

    assert [answer.status_code for answer in answers] == [303, 303]


@pytest.mark.parametrize("prompts", ["none", "view", "edit"])
def test_each_part_is_there_for_a_client_as_far_as_the_agency_shows_it(scene: Scene, prompts: str) -> None:
    path = made(scene, "Concierge")
    wrote(scene, path, "Secret recipe", 0)
    scene.browser("Ana").post(f"{path}/settings", **SETTINGS)

    for configuration, name in product(("none", "view", "edit"), ("Olga", "Ben")):
        shows(scene, prompts=prompts, configuration=configuration)
        browser, facts = scene.browser(name), scene.facts()
        listed, shown = browser.get(path.rpartition("/")[0]), browser.get(path)
        text = shown.get_data(as_text=True)

        there = 404 if prompts == configuration == "none" else 200
        assert (listed.status_code, shown.status_code) == (there, there)
        assert browser.get(f"{path}/prompts").status_code == (404 if prompts == "none" else 200)
        assert ("Secret recipe" in text) == (prompts != "none")
        assert ("Guten Tag!" in text) == (configuration != "none")
        assert (f'action="{path}/prompt"' in text) == (prompts == "edit")
        assert (f'action="{path}/settings"' in text) == (configuration == "edit")
        if "edit" not in (prompts, configuration):
            assert set(tried(scene, name, path).values()) == {404}
        assert scene.facts() == facts


def test_to_edit_the_one_area_lets_nobody_edit_the_other(scene: Scene) -> None:
    path = made(scene)
    wrote(scene, path, "Be brief.", 0)
    refused = {}

    for area in ("prompts", "configuration"):
        shows(scene, **{"prompts": "view", "configuration": "view"} | {area: "edit"})
        before = scene.facts()
        forms = [one for one in FORMS if (one in OF_PROMPTS) != (area == "prompts")]
        at = {one: path if one else path.rpartition("/")[0] for one in forms}
        olga = scene.browser("Olga")
        refused[area] = {olga.post(f"{at[one]}{one}", **FORMS[one]).status_code for one in forms}
        assert scene.facts() == before

    assert refused == {"prompts": {404}, "configuration": {404}}


def test_the_agency_is_never_bound(scene: Scene) -> None:
    path = made(scene)
    shows(scene, prompts="none", configuration="none")

    assert wrote(scene, path, "Be brief.", 0, by="Adam").status_code == 303
    assert "Be brief." in page(scene, path, "Adam")


def test_an_agent_is_not_found_under_another_workspace(scene: Scene) -> None:
    path = made(scene, by="Eve", at="eves")
    agent_id = path.rpartition("/")[2]
    before = scene.facts()

    ana = scene.browser("Ana")
    wrong = scene.path("/w/{child}/agents/") + agent_id
    answers = [ana.get(wrong), ana.get(f"{wrong}/prompts"), ana.post(f"{wrong}/activate")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert set(tried(scene, "Ana", wrong).values()) - {303} == {404}
    assert "Agent.Renamed" not in scene.facts()[len(before) :]
