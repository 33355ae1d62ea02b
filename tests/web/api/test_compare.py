"""A key compares two moments by the rights of today: an anchor's the whole tree, a child's itself."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import msgspec
import pytest

from domain.permissions import Role
from domain.what_if.subscribed import as_it_is
from tests.house import House
from tests.web.api.asking import Program, asked, error_of, program_of
from web.api.compared import CompareAnswer


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def test_an_anchors_key_reads_what_differs_in_the_tree(house: House, ana: UUID) -> None:
    tree_id, anchor_id = house.agency_of(ana, children=1)
    program = program_of(house, ana, anchor_id)
    before = house.clock()
    house.clock.advance(hours=1)
    child_id = house.child(tree_id, ana, "Heron")
    house.run_followed()

    answer = asked(program, "/audit/compare", **{"from": before.isoformat()})
    told = msgspec.json.decode(answer.data, type=CompareAnswer)

    assert {(row.table, row.state) for row in told.rows} == {("dashboard", "new"), ("members", "new")}
    assert {row.key["workspace_id"] for row in told.rows} == {str(child_id)}
    facts = {fact.name for row in told.rows for one in row.fields for fact in one.facts}
    assert facts == {"Workspace.Opened"}
    places = {"from": f"{told.from_.position}.0", "to": f"{told.to.position}.0"}
    assert asked(program, "/audit/compare", **places).get_json()["rows"] == answer.get_json()["rows"]


def test_a_clients_key_reads_nothing_of_the_agency(house: House, ana: UUID) -> None:
    tree_id, anchor_id = house.agency_of(ana, children=1)
    child_id = house.child(tree_id, ana, "Heron")
    house.run_followed()
    program, before = program_of(house, ana, child_id), house.clock()
    house.clock.advance(hours=1)
    house.member(child_id, ana, house.person("Ben"), Role.MEMBER)
    house.child(tree_id, ana, "Osprey")
    house.run_followed()

    answer = asked(program, "/audit/compare", **{"from": before.isoformat()})

    assert {row["table"] for row in answer.get_json()["rows"]} == {"dashboard", "invitations", "members"}
    for hidden in (tree_id, anchor_id):
        assert str(hidden) not in answer.get_data(as_text=True)


def test_a_former_childs_key_reads_nothing_of_the_agency_that_it_came_from(house: House, ana: UUID) -> None:
    tree_id, anchor_id = house.agency_of(ana, children=1)
    child_id = house.child(tree_id, ana, "Heron")
    house.run_followed()
    program, before = program_of(house, ana, child_id), house.clock()
    house.clock.advance(hours=1)
    tree = house.agency.tree(tree_id)
    ended = replace(as_it_is(tree), status="canceled", ended_at=house.clock())
    house.agency.sync_subscription(tree_id, ended, because=house.because("stripe"))
    house.run_followed()

    answer = asked(program, "/audit/compare", **{"from": before.isoformat()})

    assert answer.status_code == 200
    (row,) = (one for one in answer.get_json()["rows"] if one["table"] == "dashboard")
    assert {one["name"]: one["before"] for one in row["fields"]} == {
        "tree_id": "another",
        "parent_id": "another",
        "plan": "agency",
    }
    for hidden in (tree_id, anchor_id):
        assert str(hidden) not in answer.get_data(as_text=True)


def test_what_is_no_moment_is_told_so(house: House, ana: UUID) -> None:
    program = program_of(house, ana, house.workspace(ana))

    for query, field in (
        ({}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2099-01-01T00:00:00Z"}, "from"),
        ({"from": "1.99999999"}, "from"),
        ({"from": "9" * 18}, "from"),
        ({"from": "1", "to": "0"}, "to"),
        ({"from": "2.0", "to": "1.0"}, "to"),
        ({"from": "1", "at": "1"}, "at"),
    ):
        assert error_of(asked(program, "/audit/compare", **query)) == (422, "validation_error", field)


def test_a_key_that_only_tracks_compares_nothing(house: House, ana: UUID) -> None:
    key = house.key(house.workspace(ana), ana, scopes=("track",))
    house.run_followed()

    assert Program(house, key).get("/audit/compare?from=1").status_code == 403
