"""An agency's customers: added with a workspace or in one, kept, found, and gone."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from domain.permissions import Role
from domain.visibility import EVERYTHING, Area, Level
from projections.catalogue import CUSTOMERS, VISIBILITY
from projections.customers import CustomerRow
from tests.web.pages.looking import looks
from tests.web.pages.reading import Forms, join
from tests.web.pages.scene import Browser, Scene, text_of

LIST = "/w/{anchor}/customers"
LARKFIELD = {"name": "Larkfield Ltd", "contact": "Lara, lara@larkfield.example", "notes": "pays late"}


def rows(scene: Scene) -> list[CustomerRow]:
    with scene.house.database.reading() as db:
        return CUSTOMERS.of_anchor(db, scene.anchor_id)


def adds(scene: Scene, **fields: Any) -> TestResponse:
    return scene.browser("Ana").post(scene.path(LIST), **LARKFIELD | fields)


def added(scene: Scene, **fields: Any) -> str:
    """The page of a customer in the child's workspace, or as the fields say."""
    answer = adds(scene, **{"child": str(scene.child_id)} | fields)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def kept(scene: Scene) -> tuple[list[str], int]:
    return scene.facts(), scene.in_the_vault()


# Added.


def test_a_customer_comes_with_a_workspace_of_their_own_and_both_at_once(scene: Scene) -> None:
    before = scene.facts()

    answer = adds(scene, workspace="Larkfield — Sales line")

    page = text_of(scene.browser("Ana").follow(answer))
    assert scene.facts()[len(before) :] == ["Tree.ChildAdded", "Workspace.Opened", "Customer.Added"]
    for told in ("Larkfield Ltd", "Lara, lara@larkfield.example", "pays late", "Larkfield — Sales line"):
        assert told in page
    assert "Larkfield — Sales line" in text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/workspaces")))


def test_the_same_form_sent_twice_adds_one_customer(scene: Scene) -> None:
    ana = scene.browser("Ana")
    form = ana.form(scene.path("/w/{anchor}/customers/new"), scene.path(LIST))

    answers = [ana.post(scene.path(LIST), **form | LARKFIELD) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert scene.facts().count("Customer.Added") == 1


def test_a_workspace_that_is_nobody_s_gets_its_customer_and_stays_as_it_is(scene: Scene) -> None:
    before = scene.facts()
    page = scene.browser("Ana").get(scene.path(LIST)).text
    url = scene.path("/w/{anchor}/customers/new?child={child}")
    assert url in Forms(page).links

    added(scene)

    assert scene.facts()[len(before) :] == ["Customer.Added"]
    assert url not in Forms(scene.browser("Ana").get(scene.path(LIST)).text).links


def test_the_tree_s_cap_holds_and_nothing_is_kept_of_who_is_refused(scene: Scene) -> None:
    for number in range(2):
        scene.house.child(scene.tree_id, scene.people["Ana"], f"Client {number}")
    scene.house.run_followed()
    before = kept(scene)

    answer = adds(scene, workspace="One too many")

    assert answer.status_code == 409
    assert "already has all the workspaces of its plan" in text_of(answer)
    assert "lara@larkfield.example" in answer.text, "what was typed is kept in the form"
    assert kept(scene) == before


def test_a_second_customer_of_a_workspace_is_refused_and_nothing_is_kept(scene: Scene) -> None:
    added(scene)
    before = kept(scene)

    answer = adds(scene, child=str(scene.child_id), name="Somebody else")

    assert answer.status_code == 409
    assert "This workspace has a customer already." in text_of(answer)
    assert kept(scene) == before


WRONG = (
    ("name", "", "Please enter the name of the customer."),
    ("name", "x" * 121, "Please shorten the name of the customer"),
    ("contact", "a\nb", "without control characters"),
    ("contact", "x" * 301, "Please shorten the contact"),
    ("notes", "x" * 2_001, "Please shorten the notes"),
    ("notes", "a\x00b", "Please write the notes without control characters."),
    ("workspace", "x" * 121, "Please shorten a name for the workspace"),
    ("child", "nonsense", "Please choose a workspace of this agency."),
    ("child", "{eves}", "Please choose a workspace of this agency."),
    ("child", "{nowhere}", "Please choose a workspace of this agency."),
    ("dashboard", "everything", "Please choose one of"),
)


def test_bad_input_is_said_at_its_form_and_changes_nothing(scene: Scene) -> None:
    before = kept(scene)

    answers = [(adds(scene, **{field: scene.path(value)}), told) for field, value, told in WRONG]

    assert [answer.status_code for answer, _ in answers] == [422] * len(WRONG)
    assert [told for answer, told in answers if told not in text_of(answer)] == []
    assert kept(scene) == before


def test_what_the_customer_sees_is_chosen_with_them_or_is_what_new_workspaces_begin_with(
    scene: Scene,
) -> None:
    ana = scene.browser("Ana")
    levels = {area.value: "edit" for area in Area} | {"prompts": "view"}
    ana.post(scene.path("/w/{anchor}/workspaces/visibility/defaults"), **levels)

    adds(scene, name="By default")
    adds(scene, name="Chosen", actions="none")
    added(scene, configuration="none")

    by_workspace = {row.workspace_id: row for row in rows(scene)}
    with scene.house.database.reading() as db:
        seen = VISIBILITY.in_workspaces(db, list(by_workspace))
    default = EVERYTHING.but({Area.PROMPTS: Level.VIEW})
    chosen = sorted(map(str, (seen[one].levels() for one in by_workspace)))
    wanted = (
        default,
        default.but({Area.ACTIONS: Level.NONE}),
        EVERYTHING.but({Area.CONFIGURATION: Level.NONE}),
    )
    assert chosen == sorted(str(one.levels()) for one in wanted)


# Who may.


@pytest.mark.parametrize("name", ["Olga", "Ben", "Vera", "Eve"])
def test_for_who_does_not_lead_the_agency_there_are_no_customers(scene: Scene, name: str) -> None:
    page, before = added(scene), kept(scene)
    browser = scene.browser(name)

    answers = [
        browser.get(scene.path(LIST)),
        browser.get(scene.path("/w/{anchor}/customers/new")),
        browser.get(scene.path("/w/{anchor}/customers/not-appearing")),
        browser.get(page),
        browser.post(scene.path(LIST), **LARKFIELD),
        *(
            browser.post(f"{page}{form}", **LARKFIELD)
            for form in ("", "/suspend", "/close", "/contact/erase")
        ),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert kept(scene) == before


def test_who_only_reads_the_agency_reads_and_changes_nothing(scene: Scene) -> None:
    page = added(scene)
    ada, sam = join(scene, "Ada", scene.anchor_id, Role.AUDITOR), looks(scene)
    before = scene.facts()

    for reader in (ada, sam):
        shown = reader.get(page)
        assert "Lara, lara@larkfield.example" in text_of(shown)
        assert [form for form in Forms(shown.text).posts if "/customers" in form] == []
        assert reader.get(scene.path("/w/{anchor}/customers/new")).status_code == 404
        assert {
            reader.post(f"{page}{form}").status_code for form in ("", "/suspend", "/resume", "/close")
        } == {404}
    assert scene.facts() == before


def test_a_customer_of_another_agency_is_a_miss(scene: Scene) -> None:
    page = added(scene)
    hana = scene.house.person("Hana")
    _, harbor = scene.house.agency_of(hana, "Harbor")
    customer_id = page.rpartition("/")[2]
    browser = Browser(scene.house, hana)

    answers = [
        browser.get(f"/w/{harbor}/customers/{customer_id}"),
        browser.post(f"/w/{harbor}/customers/{customer_id}/suspend"),
        browser.get(f"/w/{harbor}/customers/new?child={scene.child_id}"),
    ]

    assert {answer.status_code for answer in answers} == {404}
