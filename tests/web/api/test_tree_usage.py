"""What a key of the anchor is told of the pool, to the event; any other key is told nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.house import House
from tests.web.api.asking import asked, error_of, program_of
from tests.web.told import tell

MARCH = {"started_at": "2026-03-01T09:00:00+00:00", "ends_at": "2026-04-01T09:00:00+00:00"}


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def test_an_event_of_the_old_cycle_is_not_in_the_new_one(house, ana, tree_id):
    anchor_id, one = house.agency.tree(tree_id).anchor_id, house.agency.tree(tree_id).children[0]
    ends_at = house.agency.tree(tree_id).cycle_ends_at
    house.clock.at = ends_at - timedelta(microseconds=1)
    tell(house, one, 2)
    house.clock.at = ends_at
    tell(house, one, 3)
    anchor, client = (program_of(house, ana, place) for place in (anchor_id, one))

    own, pool = client.get("/usage").get_json(), anchor.get("/tree/usage").get_json()
    before = asked(anchor, "/tree/usage", cycle=MARCH["started_at"]).get_json()

    assert (own["from"], own["total"]["events"]) == (MARCH["ends_at"], 3)
    assert (pool["cycle"]["started_at"], pool["used"], pool["projected"]) == (MARCH["ends_at"], 3, None)
    assert (before["cycle"], before["used"], before["projected"]["used"]) == (MARCH, 2, 2)
    assert len(before["days"]) == 31
    assert before["days"][-1] == {"day": "2026-03-31T09:00:00+00:00", "events": 2}


def test_the_anchor_is_told_the_pool_to_the_event(house, ana, tree_id, told):
    anchor_id = house.agency.tree(tree_id).anchor_id
    program = program_of(house, ana, anchor_id)

    body = program.get("/tree/usage").get_json()

    assert body == {
        "tree_id": str(tree_id),
        "cycle": MARCH,
        "currency": "eur",
        "pool_events": 25_000,
        "used": 12,
        "overage_events": 0,
        "overage_micros": 0,
        "bands": [],
        "projected": {"used": 12 * 31, "overage_events": 0, "overage_micros": 0},
        "workspaces": [
            {"workspace_id": str(told[1]), "name": "Client 2", "events": 7},
            {"workspace_id": str(told[0]), "name": "Client 1", "events": 5},
            {"workspace_id": str(anchor_id), "name": "Bright Signal", "events": 0},
        ],
        "days": [
            {"day": MARCH["started_at"], "events": 9},
            {"day": "2026-03-02T09:00:00+00:00", "events": 3},
        ],
    }


def test_at_the_first_instant_of_a_cycle_nothing_is_projected(house, ana, tree_id):
    program = program_of(house, ana, house.agency.tree(tree_id).anchor_id)

    body = program.get("/tree/usage").get_json()

    assert (body["used"], body["projected"], body["days"]) == (
        0,
        None,
        [{"day": MARCH["started_at"], "events": 0}],
    )


def test_a_deleted_childs_usage_stays_in_the_pool(house, ana, tree_id, told):
    because = house.because(f"person:{ana}")
    house.agency.delete_child(told[1], ana, because=because)
    program = program_of(house, ana, house.agency.tree(tree_id).anchor_id)

    body = program.get("/tree/usage").get_json()

    assert body["used"] == 12
    assert body["workspaces"][0] == {"workspace_id": str(told[1]), "name": "Client 2", "events": 7}


def test_a_client_is_told_nothing_of_the_pool_or_of_others(house, ana, tree_id, told, workspace):
    anchor_id = house.agency.tree(tree_id).anchor_id
    client = program_of(house, ana, told[0])

    answers = [
        client.get("/tree/usage"),
        asked(client, "/tree/usage", cycle="nonsense"),
        program_of(house, ana, workspace).get("/tree/usage"),  # it stands alone
        client.get("/no-such-address"),
    ]
    own = client.get("/usage").get_data(as_text=True)

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.get_data() for answer in answers}) == 1
    for foreign in (anchor_id, told[1], tree_id, "Bright Signal", "Client 2", "foreign", "25000"):
        assert str(foreign) not in own


@pytest.mark.parametrize("cycle", ["2026-03-01T09:00:01Z", "2026-02-01T09:00:00Z", "first", "2026-03-01"])
def test_a_cycle_that_never_was_is_refused(house, ana, tree_id, cycle):
    program = program_of(house, ana, house.agency.tree(tree_id).anchor_id)

    answer = asked(program, "/tree/usage", cycle=cycle)

    assert error_of(answer) == (422, "validation_error", "cycle")
