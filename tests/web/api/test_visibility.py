"""A key of a child speaks for the client: it reads what the agency shows them, and tracks in any case."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.visibility import Area, Level
from tests.house import House
from tests.web.api.asking import Program, program_of, recorded

READ = ("/workspace", "/usage", "/usage?group_by=agent", "/tree", "/tree/usage")


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def shows(house: House, ana: UUID, tree_id: UUID, child_id: UUID, level: Level, *areas: Area) -> None:
    changes = dict.fromkeys(areas, level)
    house.agency.set_visibility(tree_id, ana, [child_id], changes, because=house.because(f"person:{ana}"))


def told(program: Program) -> list[int]:
    return [program.get(path).status_code for path in READ]


def test_without_the_dashboard_a_key_of_the_child_reads_nothing_from_the_next_request_on(house, ana, tree_id):
    child_id, sibling_id = house.agency.tree(tree_id).children
    child, sibling = (program_of(house, ana, one) for one in (child_id, sibling_id))
    seen = {}

    for level in (Level.EDIT, Level.NONE, Level.VIEW):
        shows(house, ana, tree_id, child_id, level, Area.DASHBOARD)
        seen[level] = told(child)

    assert seen[Level.NONE] == [404] * 5
    assert seen[Level.VIEW] == seen[Level.EDIT] == [200, 200, 200, 404, 404] == told(sibling)


def test_what_is_hidden_answers_as_what_is_not_there(house, ana, tree_id):
    child_id = house.agency.tree(tree_id).children[0]
    child = program_of(house, ana, child_id)
    missing = child.get("/tree").get_json()

    shows(house, ana, tree_id, child_id, Level.NONE, Area.DASHBOARD)

    assert child.get("/usage").get_json() == child.get("/workspace").get_json() == missing


def test_the_other_areas_bind_no_key(house, ana, tree_id):
    child_id = house.agency.tree(tree_id).children[0]
    child = program_of(house, ana, child_id)

    shows(house, ana, tree_id, child_id, Level.NONE, *(area for area in Area if area is not Area.DASHBOARD))

    assert told(child) == [200, 200, 200, 404, 404]


def test_tracking_goes_on_whatever_is_hidden(house, ana, tree_id):
    child_id = house.agency.tree(tree_id).children[0]
    child = program_of(house, ana, child_id)

    shows(house, ana, tree_id, child_id, Level.NONE, *Area)

    assert child.track().status_code == 201


def test_a_key_of_the_anchor_and_one_of_a_workspace_alone_are_not_bound(house, ana, tree_id, program):
    anchor = program_of(house, ana, house.agency.tree(tree_id).anchor_id)
    for child_id in house.agency.tree(tree_id).children:
        shows(house, ana, tree_id, child_id, Level.NONE, *Area)
    house.run_followed()
    before = recorded(house)

    assert told(anchor) == [200] * 5
    assert program.get("/usage").status_code == 200
    assert recorded(house) == before
