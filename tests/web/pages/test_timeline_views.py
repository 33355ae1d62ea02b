"""Saved views: kept under a name, for oneself, and gone with the person."""

from __future__ import annotations

import re

import pytest

from adapters import saved_views
from domain.permissions import Role
from tests.web.pages.reading import join
from tests.web.pages.scene import Browser, Scene, text_of
from tests.web.pages.test_timeline import OF_CHILD, OF_TREE

VIEW = re.compile(r'action="/views/([0-9a-f-]+)/name"')


def keep(scene: Scene, browser: Browser, name: str, path: str = OF_TREE, query: str = ""):  # type: ignore[no-untyped-def]
    page = scene.path(path) + query
    return browser.post("/views", **browser.form(page, "/views") | {"view": name})


def views_of(scene: Scene, name: str, path: str = OF_TREE) -> dict[str, str]:
    page = scene.browser(name).get(scene.path(path)).get_data(as_text=True)
    return {
        name: url.replace("&amp;", "&")
        for url, name in re.findall(r'<li class="inline"><a href="([^"]+)">([^<]+)</a>', page)
    }


def rows_of(scene: Scene) -> int:
    with scene.house.database.reading() as db:
        row = db.execute("SELECT count(*) AS n FROM saved_views").fetchone()
    assert row is not None
    return int(row["n"])


def test_a_view_is_kept_under_its_name_and_opens_the_same_filter(scene: Scene) -> None:
    ana = scene.browser("Ana")

    kept = keep(scene, ana, "Who came", query="?name=Workspace.MemberJoined&text=ben")

    assert kept.status_code == 303
    assert "The view “Who came” is kept." in text_of(ana.follow(kept))
    views = views_of(scene, "Ana")
    assert list(views) == ["Who came"]
    assert text_of(ana.get(views["Who came"])).count("Ben joined") == 1
    assert views_of(scene, "Adam") == {}
    assert views_of(scene, "Ana", "/w/{anchor}/timeline") == {}


def test_a_view_is_renamed_and_removed(scene: Scene) -> None:
    ana = scene.browser("Ana")
    keep(scene, ana, "Who came", query="?name=Workspace.MemberJoined")
    (view_id,) = VIEW.findall(ana.get(scene.path(OF_TREE)).get_data(as_text=True))

    renamed = ana.post(f"/views/{view_id}/name", view="Newcomers")
    names = list(views_of(scene, "Ana"))
    removed = ana.post(f"/views/{view_id}/remove")
    again = ana.post(f"/views/{view_id}/remove")

    assert [one.status_code for one in (renamed, removed, again)] == [303, 303, 404]
    assert "name=Workspace.MemberJoined" in renamed.headers["Location"]
    assert names == ["Newcomers"]
    assert views_of(scene, "Ana") == {}


def test_names_and_filters_lie_in_the_vault_and_go_with_the_person(scene: Scene) -> None:
    before = scene.in_the_vault()
    olga = scene.browser("Olga")
    keep(scene, olga, "About Ben", OF_CHILD, "?text=ben")

    with scene.house.database.reading() as db:
        stored = str(db.execute("SELECT saved_views::text AS row FROM saved_views").fetchall())
    scene.house.wiring.erasure.destroy(scene.people["Olga"])

    assert "About" not in stored
    assert "ben" not in stored
    assert rows_of(scene) == 0
    assert scene.in_the_vault() < before + 1


def test_a_form_that_is_sent_twice_keeps_one_view(scene: Scene) -> None:
    ana = scene.browser("Ana")
    form = ana.form(scene.path(OF_TREE), "/views") | {"view": "All"}

    answers = [ana.post("/views", **form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert rows_of(scene) == 1


def test_there_is_room_for_so_many_and_no_more(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "VIEWS_MAX", 2)
    ana = scene.browser("Ana")
    answers = [keep(scene, ana, f"View {number}") for number in range(2)]
    vault = scene.in_the_vault()

    refused = keep(scene, ana, "One more")

    assert [answer.status_code for answer in answers] == [303, 303]
    assert refused.status_code == 409
    assert "Remove one of them first" in text_of(refused)
    assert scene.in_the_vault() == vault
    assert rows_of(scene) == 2
    assert keep(scene, ana, "Elsewhere", "/w/{anchor}/timeline").status_code == 303


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"view": ""}, 422),
        ({"view": "x" * 61}, 422),
        ({"view": "two\nlines"}, 422),
        ({"query": "name=" + "x" * 121}, 400),
        ({"query": "since=yesterday"}, 400),
        ({"query": "x" * 2_001}, 422),
        ({"of": "larkfield"}, 422),
        ({"of": ""}, 422),
    ],
)
def test_bad_input_gets_a_clear_answer_and_keeps_nothing(
    scene: Scene, changed: dict[str, str], status: int
) -> None:
    ana = scene.browser("Ana")
    before = scene.in_the_vault()
    form = ana.form(scene.path(OF_TREE), "/views") | {"view": "Mine"} | changed

    answer = ana.post("/views", **form)

    assert answer.status_code == status
    assert re.search("name|filter|timeline|since", text_of(answer))
    assert (rows_of(scene), scene.in_the_vault()) == (0, before)


def test_others_neither_keep_nor_change_a_view_where_they_have_no_sight(scene: Scene) -> None:
    ana, eve = scene.browser("Ana"), scene.browser("Eve")
    form = ana.form(scene.path(OF_TREE), "/views") | {"view": "Mine"}
    ana.post("/views", **form)
    (view_id,) = VIEW.findall(ana.get(scene.path(OF_TREE)).get_data(as_text=True))

    answers = [
        eve.post("/views", **form),
        scene.browser("Ben").post("/views", **form | {"of": str(scene.child_id)}),
        eve.post(f"/views/{view_id}/name", view="Hers"),
        scene.browser("Adam").post(f"/views/{view_id}/remove"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert list(views_of(scene, "Ana")) == ["Mine"]


def test_a_view_of_what_one_may_see_no_more_is_a_miss(scene: Scene) -> None:
    ada = join(scene, "Ada", scene.child_id, Role.AUDITOR)
    keep(scene, ada, "Mine", OF_CHILD)
    (view_id,) = VIEW.findall(ada.get(scene.path(OF_CHILD)).get_data(as_text=True))
    scene.house.agency.remove_member(
        scene.child_id,
        scene.people["Ana"],
        scene.people["Ada"],
        because=scene.house.because(f"person:{scene.people['Ana']}"),
    )
    scene.house.run_followed()

    answer = ada.post(f"/views/{view_id}/name", view="Still mine")

    assert answer.status_code == 404
