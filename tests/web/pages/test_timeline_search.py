"""Words looked for in a timeline: found by what one reads, and never by what one may not."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from projections import timeline_page
from tests.web.pages.scene import Scene
from tests.web.pages.test_timeline import OF_CHILD, OF_TREE, POSITIONS, rename, told
from tests.web.pages.test_timeline_facts import link


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("invited Ben", "Ana invited Ben to Larkfield — Support line as member"),
        ("BEN joined", "Ben joined Larkfield — Support line as member"),
        ("Ana invited Ben to Larkfield — Support line", "Ana invited Ben"),
        ("osprey opened", "Ana opened Osprey — Sales line for a client"),
        ("viewer", "Vera joined Larkfield"),
        ("Founded", "Ana chose the Agency plan"),
    ],
)
def test_words_of_a_line_find_it(scene: Scene, text: str, first: str) -> None:
    rows = told(scene, f"?text={quote(text)}")

    assert rows
    assert first in rows[0]


def test_every_word_has_to_be_there(scene: Scene) -> None:
    assert told(scene, "?text=invited+Ben+zebra") == []
    assert len(told(scene, "?text=Ben")) == 2


def test_ids_and_positions_find_facts(scene: Scene) -> None:
    (row,) = told(scene, "?name=Tree.Founded")
    page = scene.browser("Ana").get(scene.path(OF_TREE) + "?name=Tree.Founded").get_data(as_text=True)
    (position,) = POSITIONS.findall(page)

    assert row in told(scene, f"?text={position}&name=Tree.Founded")
    assert len(told(scene, f"?text={scene.people['Ben']}")) == 2
    assert len(told(scene, f"?text={scene.sibling_id}")) == 2


def test_a_workspace_is_found_by_each_of_its_names(scene: Scene) -> None:
    rename(scene, "Ana", scene.sibling_id, "Heron")

    former, newer = told(scene, "?text=osprey"), told(scene, "?text=heron")

    assert former == newer
    assert len(newer) == 3


def test_signs_of_patterns_mean_themselves(scene: Scene) -> None:
    for sign in ("%25x", "_a_", "x%5C"):
        assert told(scene, f"?text={sign}") == []


def test_words_are_looked_for_together_with_other_filters(scene: Scene) -> None:
    rename(scene, "Ana", scene.child_id, "Larkfield")

    rows = told(scene, f"?text=larkfield&actor=person:{scene.people['Ana']}&name=Workspace.Renamed")

    assert len(rows) == 1


def test_a_client_finds_nothing_by_what_they_may_not_read(scene: Scene) -> None:
    rename(scene, "Adam", scene.child_id, "Larkfield")
    words = ["Adam", str(scene.people["Adam"]), str(scene.tree_id), "request", "Bright", "adam@example.com"]

    found = {word: told(scene, f"?text={quote(word)}", OF_CHILD, "Olga") for word in words}

    assert not any(found.values())
    assert len(told(scene, "?text=renamed", OF_CHILD, "Olga")) == 1
    assert len(told(scene, "?text=Ben+invited", OF_CHILD, "Olga")) == 1


def test_a_window_ends_a_search_and_the_page_says_where_to_go_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline_page, "WINDOW", 5)
    browser, seen, pages = scene.browser("Ana"), [], 0
    path: str | None = scene.path(OF_TREE) + "?text=Founded"

    while path:
        page = browser.get(path).get_data(as_text=True)
        seen += POSITIONS.findall(page)
        pages += 1
        path = link(page, "next")

    assert pages > 2
    assert len(seen) == 1
