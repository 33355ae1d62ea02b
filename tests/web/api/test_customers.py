"""Customers for programs: a key of the anchor reads and adds them, and for any other key there are none."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from projections.catalogue import VISIBILITY
from tests.house import House
from tests.house_customers import a_customer
from tests.web.pages.scene import Scene

PATH = "/api/v1/customers"


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


def key(scene: Scene, place: str = "anchor", *scopes: str, mode: str = "live") -> dict[str, str]:
    owner = scene.people["Eve" if place == "eves" else "Ana"]
    text = scene.house.key(
        getattr(scene, f"{place}_id"), owner, mode=mode, scopes=scopes or ("read", "manage")
    )
    return {"Authorization": f"Bearer {text}"}


def reads(scene: Scene, headers: dict[str, str]) -> TestResponse:
    return scene.house.app.test_client().get(PATH, headers=headers)


def adds(scene: Scene, headers: dict[str, str], **body: Any) -> TestResponse:
    return scene.house.app.test_client().post(PATH, json=body, headers=headers)


def test_a_key_of_the_anchor_adds_a_customer_with_all_that_there_is_and_reads_them(scene: Scene) -> None:
    headers = key(scene)

    answer = adds(
        scene,
        headers,
        name="Larkfield",
        contact="Lara",
        notes="one\ntwo",
        workspace_name="Larkfield — Sales",
        visibility={"prompts": "none"},
    )

    assert answer.status_code == 201
    told = reads(scene, headers).get_json()["customers"]
    assert told == [answer.get_json()]
    assert {name: told[0][name] for name in ("name", "contact", "notes", "status", "workspace_name")} == {
        "name": "Larkfield",
        "contact": "Lara",
        "notes": "one\ntwo",
        "status": "active",
        "workspace_name": "Larkfield — Sales",
    }
    workspace = scene.house.agency.workspace(scene.house.agency.tree(scene.tree_id).children[-1])
    assert str(workspace.id) == told[0]["workspace_id"]
    assert [*workspace.members] == [scene.people["Ana"]], "whoever owns the anchor owns it"
    with scene.house.database.reading() as db:
        assert VISIBILITY.in_workspace(db, workspace.id).prompts == "none"


def test_under_one_key_a_customer_is_added_once(scene: Scene) -> None:
    headers = key(scene) | {"Idempotency-Key": "crm-4711"}

    answers = [adds(scene, headers, name="Larkfield") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].get_json() == answers[1].get_json()
    assert scene.facts().count("Customer.Added") == 1


def test_a_workspace_that_is_there_gets_its_customer_and_no_second_one(scene: Scene) -> None:
    headers, place = key(scene), str(scene.child_id)

    answers = [adds(scene, headers, name=name, workspace_id=place) for name in ("First", "Second")]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[0].get_json()["workspace_name"] == "Larkfield — Support line"
    assert answers[1].get_json()["error"]["code"] == "customer_exists"


def test_an_erased_contact_is_told_nobody(scene: Scene) -> None:
    ana = scene.people["Ana"]
    customer_id = a_customer(scene.house, scene.child_id, ana)
    because = scene.house.because(f"person:{ana}")
    scene.house.agency.erase_contact(scene.tree_id, ana, customer_id, because=because)

    (told,) = reads(scene, key(scene)).get_json()["customers"]

    assert (told["contact"], told["name"]) == (None, "Larkfield Ltd")


@pytest.mark.parametrize(
    ("place", "scopes", "mode", "status"),
    [
        ("child", ("read", "manage"), "live", (404, 404)),
        ("eves", ("read", "manage"), "live", (404, 404)),
        ("anchor", ("read",), "live", (200, 403)),
        ("anchor", ("manage",), "live", (403, 201)),
        ("anchor", ("track",), "live", (403, 403)),
        ("anchor", ("read", "manage"), "test", (200, 403)),
    ],
)
def test_only_a_live_key_of_an_anchor_with_the_scope_adds(
    scene: Scene, place: str, scopes: tuple[str, ...], mode: str, status: tuple[int, int]
) -> None:
    headers = key(scene, place, *scopes, mode=mode)

    answers = reads(scene, headers), adds(scene, headers, name="Larkfield")

    assert tuple(answer.status_code for answer in answers) == status
    assert ("Customer.Added" in scene.facts()) is (status[1] == 201)


def test_bad_input_is_told_by_its_field_and_changes_nothing(scene: Scene) -> None:
    headers, before = key(scene), scene.in_the_vault()
    bodies: dict[str, dict[str, Any]] = {
        "name": {"name": " "},
        "contact": {"name": "x", "contact": "a\nb"},
        "notes": {"name": "x", "notes": "a\u0000b"},
        "workspace_name": {"name": "x", "workspace_name": "a\tb"},
        "workspace_id": {"name": "x", "workspace_id": str(scene.eves_id)},
        "visibility.prompts": {"name": "x", "visibility": {"prompts": "all"}},
        "phone": {"name": "x", "phone": "1"},
    }

    answers = {field: adds(scene, headers, **body) for field, body in bodies.items()}

    assert {answer.status_code for answer in answers.values()} == {422}
    told = {field: answer.get_json()["error"]["field"] for field, answer in answers.items()}
    assert {field: one for field, one in told.items() if one not in (field, None)} == {}
    assert "Customer.Added" not in scene.facts()
    assert scene.in_the_vault() == before


def test_a_full_agency_is_told_so(scene: Scene) -> None:
    headers = key(scene)
    assert [adds(scene, headers, name=f"Client {number}").status_code for number in range(2)] == [201, 201]
    before = scene.in_the_vault()

    answer = adds(scene, headers, name="One too many")

    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "tree_is_full")
    assert scene.in_the_vault() == before
