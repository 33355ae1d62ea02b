"""Knowledge bases are made, filled and emptied on pages, as far as one's role and the agency allow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from uuid import UUID, uuid4

import pytest

from domain.holdings import Held
from domain.knowledge import DOCUMENT_BYTES_MAX
from domain.plans import PLANS
from domain.refusals import Refused
from domain.visibility import Area, Level
from tests.held import a_base, a_document, an_agent
from tests.web.pages.scene import Browser, Scene, text_of

KNOWLEDGE = "/w/{child}/knowledge"


@pytest.fixture
def base(scene: Scene) -> UUID:
    """At the child, with one document."""
    base_id = a_base(scene.house, scene.child_id, scene.people["Ana"], "Prices")
    a_document(scene.house, scene.child_id, scene.people["Ana"], base_id, title="Hours", text="9 to 6")
    scene.house.run_followed()
    return base_id


def page_of(scene: Scene, base_id: UUID) -> str:
    return scene.path(f"{KNOWLEDGE}/{base_id}")


def see(scene: Scene, browser: Browser, base_id: UUID) -> str:
    return text_of(browser.get(page_of(scene, base_id)))


def upload(scene: Scene, base_id: UUID, content: bytes, name: str = "hours.txt", **fields: str):  # type: ignore[no-untyped-def]
    browser = scene.browser("Ben")
    return browser.post(f"{page_of(scene, base_id)}/documents", file=(BytesIO(content), name), **fields)


def show(scene: Scene, level: Level) -> None:
    scene.house.agency.set_visibility(
        scene.tree_id,
        scene.people["Ana"],
        [scene.child_id],
        {Area.CONFIGURATION: level},
        because=scene.house.because(),
    )
    scene.house.run_followed()


def test_a_member_makes_a_knowledge_base_once_however_often_the_form_is_sent(scene: Scene) -> None:
    ben = scene.browser("Ben")
    fields = {"name": "Prices", "request_id": str(uuid4())}

    answers = [ben.post(scene.path(KNOWLEDGE), **fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert "1 of 10 knowledge bases, 0 of 10,000,000 bytes" in text_of(ben.get(scene.path(KNOWLEDGE)))
    assert scene.facts()[-2:] == ["KnowledgeBase.Made", "Holdings.Begun"]


def test_a_pasted_text_is_kept_with_its_bytes_counted_and_can_be_read(scene: Scene, base: UUID) -> None:
    ben = scene.browser("Ben")

    answer = ben.post(f"{page_of(scene, base)}/documents", title="Prices", text="Zwölf\r\nEuro")

    assert answer.status_code == 303
    assert "“Prices” is there, with 11 bytes." in text_of(ben.follow(answer))
    page = ben.get(page_of(scene, base)).get_data(as_text=True)
    links = {part.split('"')[0] for part in page.split('href="')[1:]}
    documents = [one for one in links if "/documents/" in one]
    assert any("Zwölf Euro" in text_of(ben.get(one)) for one in documents)


def test_a_file_is_called_as_it_is_unless_it_has_a_title(scene: Scene, base: UUID) -> None:
    named = upload(scene, base, "Übersicht".encode(), "price list.md")
    titled = upload(scene, base, b"\xef\xbb\xbfa,b\n1,2\n", "x.csv", title="Table")

    seen = see(scene, scene.browser("Vera"), base)

    assert (named.status_code, titled.status_code) == (303, 303)
    assert "price list 10 " in seen
    assert "Table 8 " in seen


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "x.txt", "not in UTF-8: byte 1 cannot be read"),
        ("Zwölf".encode("latin-1"), "x.txt", "not in UTF-8: byte 3 cannot be read"),
        (b"a\x00b", "x.txt", "holds characters that nobody types"),
        (b"%PDF-1.7", "x.pdf", "Files are read that end with one of .txt, .md, .csv"),
        (b" \n", "x.txt", "The document is empty."),
        (b"x" * (DOCUMENT_BYTES_MAX + 1), "x.txt", "at most 1,000,000 bytes; this one has 1,000,001"),
    ],
)
def test_a_file_that_is_no_text_is_refused_and_nothing_is_kept(
    scene: Scene, base: UUID, content: bytes, name: str, said: str
) -> None:
    before, kept = scene.facts(), scene.in_the_vault()

    answer = upload(scene, base, content, name)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert (scene.facts(), scene.in_the_vault()) == (before, kept)


def test_a_text_and_a_file_at_once_neither_and_no_title_are_refused(scene: Scene, base: UUID) -> None:
    documents = f"{page_of(scene, base)}/documents"
    ben = scene.browser("Ben")

    both = upload(scene, base, b"a file", text="a text")
    neither = ben.post(documents, title="Empty")
    untitled = ben.post(documents, text="kept in the form")

    assert [answer.status_code for answer in (both, neither, untitled)] == [422, 422, 422]
    assert "not both at once" in text_of(both)
    assert "The document is empty." in text_of(neither)
    assert "kept in the form" in text_of(untitled)
    assert scene.facts().count("KnowledgeBase.DocumentAdded") == 1


def test_a_request_of_more_than_two_mebibytes_is_refused_before_it_is_read(scene: Scene, base: UUID) -> None:
    answer = upload(scene, base, b"x" * (2 * 1024 * 1024))

    assert answer.status_code == 413
    assert scene.facts().count("KnowledgeBase.DocumentAdded") == 1


def test_a_document_is_removed_and_a_knowledge_base_renamed_and_deleted(scene: Scene, base: UUID) -> None:
    ben = scene.browser("Ben")
    page = ben.get(page_of(scene, base)).get_data(as_text=True)
    remove = next(part.split('"')[0] for part in page.split('action="')[1:] if "/remove" in part[:300])

    removed = ben.post(remove)
    renamed = ben.post(f"{page_of(scene, base)}/rename", name="Opening hours")
    seen = see(scene, ben, base)
    deleted = ben.post(f"{page_of(scene, base)}/delete")

    assert [one.status_code for one in (removed, renamed, deleted)] == [303, 303, 303]
    assert "There is no document yet." in seen
    assert "Opening hours" in seen
    assert "There is no knowledge base yet." in text_of(ben.get(scene.path(KNOWLEDGE)))
    assert ben.get(page_of(scene, base)).status_code == 404
    assert scene.house.agency.held(scene.child_id, Held.KNOWLEDGE_BASE) == {}


def test_while_an_agent_answers_from_it_it_is_kept_and_the_agent_is_named(scene: Scene, base: UUID) -> None:
    an_agent(scene.house, scene.child_id, scene.people["Ana"], "Concierge", knows=(base,))
    scene.house.run_followed()
    ben = scene.browser("Ben")

    refused = ben.post(f"{page_of(scene, base)}/delete")

    assert refused.status_code == 409
    assert "Detach it from every agent first." in text_of(refused)
    assert "Attached to Concierge." in see(scene, ben, base)
    assert "Prices 1 6 Concierge" in text_of(ben.get(scene.path(KNOWLEDGE)))


def test_a_viewer_reads_and_a_stranger_finds_nothing(scene: Scene, base: UUID) -> None:
    vera, eve, nobody = scene.browser("Vera"), scene.browser("Eve"), scene.browser(None)

    seen = see(scene, vera, base)

    assert "Hours" in seen
    assert "Add a document" not in seen
    assert vera.post(f"{page_of(scene, base)}/documents", title="x", text="y").status_code == 404
    assert vera.post(f"{page_of(scene, base)}/delete").status_code == 404
    assert eve.get(page_of(scene, base)).status_code == 404
    assert nobody.get(page_of(scene, base)).status_code == 302


@pytest.mark.parametrize(
    ("level", "sees", "changes"), [("none", 404, 404), ("view", 200, 404), ("edit", 200, 303)]
)
def test_a_client_sees_and_changes_what_the_agency_shows(
    scene: Scene, base: UUID, level: str, sees: int, changes: int
) -> None:
    show(scene, Level(level))
    olga, adam = scene.browser("Olga"), scene.browser("Adam")

    seen = [olga.get(path).status_code for path in (scene.path(KNOWLEDGE), page_of(scene, base))]
    changed = olga.post(f"{page_of(scene, base)}/rename", name="Hers").status_code

    assert (seen, changed) == ([sees, sees], changes)
    assert adam.post(f"{page_of(scene, base)}/rename", name="His").status_code == 303
    assert ("Knowledge" in text_of(olga.get(scene.path("/w/{child}/")))) == (sees == 200)


def test_a_knowledge_base_of_one_workspace_is_none_of_another(scene: Scene, base: UUID) -> None:
    ana = scene.browser("Ana")

    answers = [
        ana.get(scene.path(f"/w/{{sibling}}/knowledge/{base}")),
        ana.post(scene.path(f"/w/{{sibling}}/knowledge/{base}/rename"), name="Mine"),
        ana.post(scene.path(f"/w/{{sibling}}/knowledge/{base}/delete")),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_the_plan_limits_how_many_there_are_also_for_several_at_once(scene: Scene) -> None:
    limits = replace(PLANS["agency"].limits)
    house, ana, child = scene.house, scene.people["Ana"], scene.child_id
    for number in range(limits.knowledge_bases_max - 1):
        a_base(house, child, ana, f"Base {number}")

    def make(number: int) -> str:
        try:
            a_base(house, child, ana, f"Last {number}")
        except Refused as refused:
            return refused.refusal.value
        return "made"

    with ThreadPoolExecutor(4) as threads:
        told = sorted(threads.map(make, range(4)))

    assert told == ["limit_reached"] * 3 + ["made"]
    house.run_followed()
    page = scene.browser("Ana").post(scene.path(KNOWLEDGE), name="One more")
    assert page.status_code == 409
    assert "as many of these as its plan allows" in text_of(page)


def test_all_documents_together_have_as_many_bytes_as_the_plan_holds(scene: Scene) -> None:
    house, eve, alone = scene.house, scene.people["Eve"], scene.eves_id
    base_id = a_base(house, alone, eve)
    a_document(house, alone, eve, base_id, text="x" * 999_990)
    house.run_followed()
    browser = scene.browser("Eve")
    documents = scene.path(f"/w/{{eves}}/knowledge/{base_id}/documents")

    over = browser.post(documents, title="Eleven", text="x" * 11)
    fits = browser.post(documents, title="Ten", text="x" * 10)

    assert (over.status_code, fits.status_code) == (409, 303)
    assert house.agency.held(alone, Held.KNOWLEDGE_BASE) == {base_id: 1_000_000}


def test_the_page_shows_what_there_was_at_a_moment(scene: Scene, base: UUID) -> None:
    position = scene.position_of(base)
    ana = scene.browser("Ana")
    ana.post(f"{page_of(scene, base)}/rename", name="Later")

    then = text_of(ana.get(f"{page_of(scene, base)}?as_of={position}"))

    assert "Prices" in then
    assert "Later" not in then
    assert "Add a document" not in then
    assert "Later" in see(scene, ana, base)


def test_the_timeline_tells_what_was_done_and_no_name_or_text(scene: Scene, base: UUID) -> None:
    told = text_of(scene.browser("Ana").get(scene.path("/trees/{tree}/timeline")))

    assert "Ana made a knowledge base in Larkfield — Support line" in told
    assert "Ana added a document of 6 bytes to a knowledge base" in told
    assert "Prices" not in told
    with scene.house.database.reading() as db:
        stored = str(db.execute("SELECT state FROM agency_events").fetchall())
    assert "Prices" not in stored
    assert "9 to 6" not in stored


def test_with_its_workspace_a_knowledge_base_is_gone(scene: Scene, base: UUID) -> None:
    scene.house.agency.delete_child(scene.child_id, scene.people["Ana"], because=scene.house.because())
    scene.house.run_followed()

    with scene.house.database.connection() as db:
        left = db.execute(
            "SELECT (SELECT count(*) FROM knowledge_bases) + (SELECT count(*) FROM knowledge_documents) AS n"
        ).fetchone()

    assert left == {"n": 0}
    assert scene.browser("Ana").get(page_of(scene, base)).status_code == 404
