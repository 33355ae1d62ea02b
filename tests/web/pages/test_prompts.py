"""Prompts: every version kept, any two compared, one restored, and no text of anybody ever overwritten."""

from __future__ import annotations

from tests.web.pages.scene import Scene
from tests.web.pages.voiced import html, made, page, shows, wrote
from web.access import FORM_TOKEN


def test_every_version_is_kept_and_the_last_one_holds(scene: Scene) -> None:
    path = made(scene)

    answers = [
        wrote(scene, path, "Be brief.", 0),
        wrote(scene, path, "Be brief.\r\nBe kind.", 1, by="Ben"),
        wrote(scene, path, "Be kind.", 2, by="Adam"),
    ]

    assert {answer.status_code for answer in answers} == {303}
    assert scene.browser("Ana").form(path, f"{path}/prompt")["based_on"] == "3"
    listed = page(scene, f"{path}/prompts", "Adam")
    assert "3 holds now" in listed
    assert "Ana" in listed
    assert "Ben" in listed
    assert "Version 2 and version 3" in listed


def test_two_versions_are_compared_line_by_line_and_word_by_word(scene: Scene) -> None:
    path = made(scene)
    wrote(scene, path, "You answer the phone.\nBe brief.\nSay <b>goodbye</b>.", 0)
    wrote(scene, path, "You answer the phone.\nBe kind.\nSay <b>goodbye</b>.\nHang up.", 1)
    wrote(scene, path, "Nothing of it.", 2)

    text = html(scene, f"{path}/prompts?from=1&to=2")

    assert "Be <del>brief</del>." in text
    assert "Be <ins>kind</ins>." in text
    assert "<ins>Hang up.</ins>" in text
    assert "Say &lt;b&gt;goodbye&lt;/b&gt;." in text
    assert "<b>goodbye" not in text
    assert "Nothing of it." not in text
    assert "Both say the same." in page(scene, f"{path}/prompts?from=2&to=2")


def test_a_version_that_never_was_is_a_miss_and_what_is_no_number_is_told(scene: Scene) -> None:
    path = made(scene)
    wrote(scene, path, "Be brief.", 0)
    ana = scene.browser("Ana")

    answers = {
        asked: ana.get(f"{path}/prompts?{asked}").status_code
        for asked in ("from=1&to=2", "to=0", "from=x", "before=-1", "to=9999999999", "before=1", "from=&to=")
    }

    assert answers == {
        **{"from=1&to=2": 404, "to=0": 400, "from=x": 400, "before=-1": 400, "to=9999999999": 400},
        **{"before=1": 200, "from=&to=": 200},
    }


def test_a_former_version_is_restored_as_a_new_one_that_names_it(scene: Scene) -> None:
    path = made(scene)
    wrote(scene, path, "Be brief.", 0)
    wrote(scene, path, "Be kind.", 1)
    ben = scene.browser("Ben")

    answers = [ben.post(f"{path}/prompts/1/restore") for _ in range(2)]
    missing = [ben.post(f"{path}/prompts/{number}/restore").status_code for number in (0, 4)]

    assert {answer.status_code for answer in answers} == {303}
    assert missing == [404, 404]
    assert scene.facts().count("Agent.PromptWritten") == 3  # the second time it held already
    assert "3 holds now brought back from 1" in page(scene, f"{path}/prompts")
    assert "Be brief.</textarea>" in html(scene, path)


def test_what_was_written_on_top_of_an_older_version_is_refused_and_nothing_is_lost(scene: Scene) -> None:
    path = made(scene)
    wrote(scene, path, "Be brief.", 0)
    wrote(scene, path, "Be brief.\nSays Adam.", 1, by="Adam")
    before = scene.facts()

    refused = wrote(scene, path, "Be brief.\nSays Ben.", 1, by="Ben")
    text = refused.get_data(as_text=True)
    again = wrote(scene, path, "Be brief.\nSays Ben.", 2, by="Ben")

    assert refused.status_code == 409
    assert 'data-code="changed_meanwhile"' in text
    assert "Says <del>Adam</del>." in text
    assert "Says <ins>Ben</ins>." in text
    assert "Be brief.\nSays Ben.</textarea>" in text
    assert 'name="based_on" value="2"' in text
    assert again.status_code == 303
    assert scene.facts()[len(before) :] == ["Agent.PromptWritten"]


def test_the_same_form_sent_twice_makes_one_version_also_when_others_wrote_meanwhile(scene: Scene) -> None:
    path = made(scene)
    wrote(scene, path, "Be brief.", 0)
    wrote(scene, path, "Be kind.", 1, by="Adam")

    again = wrote(scene, path, "Be brief.", 0)

    assert again.status_code == 303
    assert scene.facts().count("Agent.PromptWritten") == 2


def test_what_is_no_prompt_is_refused_and_kept_in_the_form(scene: Scene) -> None:
    path = made(scene)
    before = scene.facts()

    answers = {
        text[:9]: wrote(scene, path, text, 0)
        for text in ("", " \n ", "x" * 50_001, "a bell: \a", "a zero: \0")
    }
    most = wrote(scene, path, "ü" * 50_000, 0)
    lost = scene.browser("Ana").client.post(f"{path}/prompt", data={FORM_TOKEN: "false", "prompt": "Mine"})

    assert {answer.status_code for answer in answers.values()} == {422}
    assert "it has 50,001" in answers["xxxxxxxxx"].get_data(as_text=True)
    assert most.status_code == 303
    assert lost.status_code == 400
    assert scene.facts()[len(before) :] == ["Agent.PromptWritten"]


def test_who_wrote_it_is_told_to_who_knows_the_members_and_else_the_agency_is_one(scene: Scene) -> None:
    path = made(scene)
    wrote(scene, path, "Be brief.", 0, by="Adam")
    wrote(scene, path, "Be kind.", 1, by="Ben")

    seen = {name: page(scene, f"{path}/prompts", name) for name in ("Ana", "Olga", "Vera")}

    told = {name: text.partition("Version Written By")[2] for name, text in seen.items()}
    assert ("Adam" in told["Ana"], "Ben" in told["Ana"]) == (True, True)
    assert ("Adam" in told["Olga"], "the agency" in told["Olga"], "Ben" in told["Olga"]) == (
        False,
        True,
        True,
    )
    assert "Ben" not in told["Vera"]
    assert "the agency" not in told["Vera"]


def test_who_may_only_view_the_prompts_restores_none(scene: Scene) -> None:
    path = made(scene)
    wrote(scene, path, "Be brief.", 0)
    wrote(scene, path, "Be kind.", 1)
    shows(scene, prompts="view")
    before = scene.facts()

    text = html(scene, f"{path}/prompts", "Olga")
    answer = scene.browser("Olga").post(f"{path}/prompts/1/restore")

    assert "Be <ins>kind</ins>." in text
    assert "/restore" not in text
    assert answer.status_code == 404
    assert scene.facts() == before


def test_very_many_versions_come_page_by_page(scene: Scene) -> None:
    path = made(scene)
    agent_id = path.rpartition("/")[2]
    ana = scene.browser("Ana")
    for number in range(52):
        assert ana.post(f"{path}/prompt", prompt=f"Take {number}", based_on=number).status_code == 303

    first = html(scene, f"{path}/prompts")
    older = html(scene, f"{path}/prompts?before=3")

    assert f"/agents/{agent_id}/prompts?before=3" in first
    assert "/prompts/2/restore" not in first
    assert "/prompts/3/restore" in first
    assert "/prompts/2/restore" in older
    assert "Older versions" not in older
