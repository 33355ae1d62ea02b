"""One fact on its own page, the timeline of a person, and pages beside each other."""

from __future__ import annotations

import re

import pytest

from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_timeline import OF_CHILD, OF_TREE, POSITIONS, rename, told

TOLD = re.compile(r'class="told" href="([^"]+)"')


def links_of(scene: Scene, path: str, name: str = "Ana") -> list[str]:
    page = scene.browser(name).get(scene.path(path)).get_data(as_text=True)
    return [one.replace("&amp;", "&") for one in TOLD.findall(page)]


def text_and_links(scene: Scene, name: str, path: str) -> str:
    return scene.browser(name).get(scene.path(path)).get_data(as_text=True)


def link(page: str, rel: str) -> str | None:
    """Where a link of this kind leads."""
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
    return found[1].replace("&amp;", "&") if found else None


# One fact.


def test_the_page_of_a_fact_holds_it_as_it_is_stored_and_leads_on(scene: Scene) -> None:
    (path,) = links_of(scene, OF_TREE + "?name=Tree.Founded")

    answer = scene.browser("Ana").get(path)

    page, text = answer.get_data(as_text=True), text_of(answer)
    assert "Ana chose the Agency plan for Bright Signal" in text
    assert '"fact": "Tree.Founded"' in text
    position = path.rpartition("/")[2].partition("?")[0]
    for way in (f"/why/{position}", f"as_of={position}", "/compare?"):
        assert way in page
        led = re.search(rf'href="([^"]*{re.escape(way)}[^"]*)"', page)
        assert led is not None
        assert scene.browser("Ana").get(led[1].replace("&amp;", "&")).status_code == 200
    assert f"#p{position}" in page  # the way back to its row


def test_the_list_holds_no_fact_as_it_is_stored(scene: Scene) -> None:
    page = scene.browser("Ana").get(scene.path(OF_TREE)).get_data(as_text=True)

    assert "Raw event" not in page
    assert "&#34;stream&#34;" not in page


def test_facts_lead_to_their_neighbours_within_the_filter(scene: Scene) -> None:
    rows = links_of(scene, OF_TREE + "?name=Workspace.MemberJoined")
    browser = scene.browser("Ana")

    pages = [browser.get(path).get_data(as_text=True) for path in rows]

    beside = [(link(page, "prev"), link(page, "next")) for page in pages]
    assert beside == list(zip([None, *rows[:-1]], [*rows[1:], None], strict=True))


def test_a_client_opens_a_fact_and_reads_no_more_than_in_the_list(scene: Scene) -> None:
    rename(scene, "Adam", scene.child_id, "Larkfield")
    newest = links_of(scene, OF_CHILD, "Olga")[0]

    page = scene.browser("Olga").get(newest).get_data(as_text=True)

    assert "The agency renamed a workspace to Larkfield" in page
    hidden = (scene.tree_id, scene.anchor_id, scene.people["Adam"])
    assert not [one for one in hidden if str(one) in page]
    assert not [word for word in ("Raw event", "request:", "Adam", "Bright Signal") if word in page]


def test_a_fact_of_elsewhere_is_a_miss(scene: Scene) -> None:
    of_tree = links_of(scene, OF_TREE + "?name=Tree.Founded")[0].rpartition("/")[2].partition("?")[0]
    paths = [
        *(("Olga", OF_CHILD, of_tree), ("Olga", OF_CHILD, "999999"), ("Ana", OF_TREE, "999999")),
        *(
            ("Ana", OF_CHILD, of_tree),
            ("Ana", OF_TREE, "0"),
            ("Ana", OF_TREE, "x"),
            ("Ana", OF_TREE, "1.1.1"),
        ),
        *(("Eve", OF_TREE, of_tree), ("Ben", OF_CHILD, "7"), ("Ana", OF_TREE, "9" * 30)),
    ]

    answers = [scene.browser(who).get(scene.path(f"{path}/{place}")) for who, path, place in paths]

    missing = scene.browser("Ana").get("/nothing").data
    assert [answer.status_code for answer in answers] == [404] * len(paths)
    assert all(
        answer.data == missing for answer, (who, *_) in zip(answers, paths, strict=True) if who == "Ana"
    )


# A person.


def test_the_timeline_of_a_person_holds_what_they_did_and_what_names_them(scene: Scene) -> None:
    rename(scene, "Olga", scene.child_id, "Larkfield")

    rows = told(scene, "", "/w/{child}/people/{olga}/timeline")
    theirs = told(scene, "", "/w/{child}/people/{ben}/timeline", "Olga")

    assert [any(word in row for word in ("renamed", "joined", "invited")) for row in rows] == [True] * 3
    assert len(theirs) == 2
    assert all("Ben" in row for row in theirs)
    everywhere = scene.path("/trees/{tree}/timeline?person={olga}")
    assert everywhere in text_and_links(scene, "Ana", "/w/{child}/people/{olga}/timeline")
    assert "/trees/" not in text_and_links(scene, "Olga", "/w/{child}/people/{olga}/timeline")


def test_members_lead_to_their_timelines(scene: Scene) -> None:
    page = scene.browser("Olga").get(scene.path("/w/{child}/members")).get_data(as_text=True)

    assert scene.path('href="/w/{child}/people/{ben}/timeline"') in page
    assert "/timeline" not in scene.browser("Ben").get(scene.path("/w/{child}/members")).get_data(
        as_text=True
    )


def test_whoever_is_not_of_the_workspace_has_no_timeline_there(scene: Scene) -> None:
    rename(scene, "Adam", scene.child_id, "Larkfield")
    paths = [
        ("Olga", "/w/{child}/people/{adam}/timeline"),  # did something, as the agency
        ("Olga", "/w/{child}/people/{eve}/timeline"),
        ("Olga", "/w/{child}/people/{nowhere}/timeline"),
        ("Ana", "/w/{child}/people/{eve}/timeline"),
        ("Ben", "/w/{child}/people/{ben}/timeline"),
        ("Eve", "/w/{child}/people/{eve}/timeline"),
    ]

    answers = [scene.browser(name).get(scene.path(path)) for name, path in paths]

    assert [answer.status_code for answer in answers] == [404] * len(paths)
    assert len(told(scene, "", "/w/{child}/people/{adam}/timeline")) == 1  # for who leads them


# Pages.


def test_newer_pages_lead_back_over_the_same_rows(scene: Scene) -> None:
    for number in range(120):
        digest = scene.house.wiring.vault.keep_text(scene.child_id, f"Name {number}")
        because = scene.house.because(f"person:{scene.people['Ana']}")
        scene.house.agency.rename(scene.child_id, scene.people["Ana"], digest, because=because)
    scene.house.run_followed()
    browser = scene.browser("Ana")
    down: list[list[str]] = []
    path: str | None = scene.path(OF_TREE) + "?name=Workspace.Renamed"

    while path:
        page = browser.get(path).get_data(as_text=True)
        down.append(POSITIONS.findall(page))
        path = link(page, "next")
    up = []
    while path := link(page, "prev"):
        page = browser.get(path).get_data(as_text=True)
        up.append(POSITIONS.findall(page))

    assert [len(rows) for rows in down] == [50, 50, 20]
    assert up[:2] == [down[1], down[0]]
    assert up[2:] in ([], [[]])


def test_what_is_new_is_told_alone(scene: Scene) -> None:
    browser, path = scene.browser("Ana"), scene.path(OF_TREE)
    newest = POSITIONS.findall(browser.get(path).get_data(as_text=True))[0]

    nothing = browser.get(f"{path}?part=alone&after={newest}")
    rename(scene, "Ana", scene.child_id, "Larkfield")
    new = browser.get(f"{path}?part=alone&after={newest}")
    filtered = browser.get(f"{path}?part=alone&after={newest}&name=Tree.Founded")

    assert (nothing.status_code, nothing.data) == (204, b"")
    assert len(POSITIONS.findall(new.get_data(as_text=True))) == 1
    assert "<html" not in new.get_data(as_text=True)
    assert "after=" not in new.get_data(as_text=True)  # the rows belong to the newest page
    assert filtered.status_code == 204


@pytest.mark.parametrize(
    "query",
    [
        *("before=5&after=7", "part=raw", "after=-1", "after=x", "person=ben", "text=" + "x" * 121),
        *("text=%01", "text=" + "+".join(f"word{number}" for number in range(9))),
    ],
)
def test_what_cannot_be_meant_gets_a_clear_answer(scene: Scene, query: str) -> None:
    answer = scene.browser("Ana").get(f"{scene.path(OF_TREE)}?{query}")

    assert answer.status_code == 400
    assert re.search("filter|position|part", text_of(answer))
