"""What a key may know: its own workspace, and the tree if it is the anchor's; else there is nothing."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest

from tests.house import House
from tests.web.api.asking import EVENT, Program, error_of, recorded


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def program_of(house: House, ana: UUID, workspace_id: UUID) -> Program:
    return Program(house, house.key(workspace_id, ana))


def test_a_key_sees_its_workspace_and_what_it_tracked(house, ana, workspace, program):
    program.batch([EVENT] * 3)
    house.run_followed()

    answer = program.get("/workspace")

    assert answer.status_code == 200
    assert answer.get_json() == {
        "workspace_id": str(workspace),
        "name": "Bright Signal",
        "plan": "free",
        "cycle": {"started_at": "2026-03-01T00:00:00+00:00", "ends_at": "2026-04-01T00:00:00+00:00"},
        "events": 3,
    }


def test_a_key_of_the_anchor_sees_the_whole_tree(house, ana, tree_id):
    tree = house.agency.tree(tree_id)
    anchor_id, children = tree.anchor_id, tree.children
    program_of(house, ana, children[0]).batch([EVENT] * 4)
    program = program_of(house, ana, anchor_id)
    program.batch([EVENT] * 2)
    house.run_followed()

    body = program.get("/tree").get_json()

    assert (body["tree_id"], body["status"], body["plan"]) == (str(tree_id), "active", "agency")
    first, *others = body["workspaces"]
    assert (first["workspace_id"], first["parent_org_id"], first["name"]) == (
        str(anchor_id),
        None,
        "Bright Signal",
    )
    assert {(one["workspace_id"], one["parent_org_id"], one["name"]) for one in others} == {
        (str(child), str(anchor_id), f"Client {number}") for number, child in enumerate(children, 1)
    }
    (cycle,) = body["cycles"]
    assert (cycle["used"], cycle["pool_events"], cycle["overage_events"]) == (6, 25_000, 0)


def test_a_childs_key_sees_its_own_usage_and_nothing_of_the_tree(house, ana, tree_id):
    anchor_id = house.agency.tree(tree_id).anchor_id
    child, sibling = house.agency.tree(tree_id).children
    program_of(house, ana, sibling).batch([EVENT] * 5)
    program = program_of(house, ana, child)
    program.batch([EVENT] * 2)
    house.run_followed()

    own, tree = program.get("/workspace"), program.get("/tree")

    assert (own.get_json()["events"], own.get_json()["name"]) == (2, "Client 1")
    told = own.get_data(as_text=True) + tree.get_data(as_text=True)
    for foreign in (anchor_id, sibling, tree_id, "Bright Signal", "Client 2", 25_000, 25000):
        assert str(foreign) not in told


def test_a_key_whose_workspace_the_screens_do_not_show_yet_is_asked_to_try_again(house, program):
    answers = [program.get("/workspace"), program.get("/tree")]

    house.run_followed()
    assert [error_of(answer) for answer in answers] == [(503, "try_again", None)] * 2
    assert program.get("/workspace").status_code == 200


def becomes_an_agency(house: House, ana: UUID, workspace_id: UUID) -> None:
    """Paid for and recorded, while the screens know nothing of it yet."""
    tree_id, checkout_id = house.pays_for_agency(workspace_id, ana)
    because = house.because(f"person:{ana}")
    assert house.wiring.billing.returned(checkout_id, ana, because=because) == tree_id


def test_plan_cycle_and_events_are_of_the_same_instant_while_the_screens_follow(house, ana):
    workspace_id = house.workspace(ana)
    program = program_of(house, ana, workspace_id)
    program.track()
    house.run_followed()
    before = program.get("/workspace").get_json()

    becomes_an_agency(house, ana, workspace_id)
    meanwhile = program.get("/workspace").get_json()
    house.run_followed()
    after = program.get("/workspace").get_json()

    assert meanwhile == before
    assert (after["plan"], after["events"]) == ("agency", 0)
    assert after["cycle"] != before["cycle"]


def test_the_running_cycle_is_told_also_before_stripe_has_named_it(house, ana, tree_id):
    anchor_id = house.agency.tree(tree_id).anchor_id
    program = program_of(house, ana, anchor_id)
    program.batch([EVENT] * 2)
    house.clock.at = house.agency.tree(tree_id).cycle_ends_at
    program.batch([EVENT] * 3)
    house.run_followed()

    running, ended = program.get("/tree").get_json()["cycles"]

    assert (running["used"], ended["used"]) == (3, 2)
    assert running["started_at"] == ended["ends_at"] == house.clock().isoformat()
    assert running["pool_events"] == ended["pool_events"]


def test_for_a_childs_key_the_tree_is_as_absent_as_an_address_that_never_was(house, ana, workspace, tree_id):
    child = house.agency.tree(tree_id).children[0]
    program = program_of(house, ana, child)

    answers = [
        program.get("/tree"),
        program.get("/no-such-address"),
        program.get(f"/tree/{tree_id}"),
        program.get(f"/workspaces/{house.agency.tree(tree_id).anchor_id}"),
        program.get(f"/workspaces/{uuid4()}"),
        program_of(house, ana, workspace).get("/tree"),  # it stands alone
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.get_data() for answer in answers}) == 1
    assert error_of(answers[0]) == (404, "not_found", None)


def test_the_404_of_a_child_differs_in_no_header_from_that_of_a_workspace_without_a_tree(
    house, ana, workspace, tree_id
):
    house.run_followed()
    child, alone = (
        program_of(house, ana, one) for one in (house.agency.tree(tree_id).children[0], workspace)
    )

    hidden, missing, nowhere = child.get("/tree"), alone.get("/tree"), child.get("/no-such-address")

    assert dict(hidden.headers) == dict(missing.headers)
    assert hidden.data == missing.data == nowhere.data


def test_reading_records_nothing(house, ana, tree_id):
    program = program_of(house, ana, house.agency.tree(tree_id).anchor_id)
    before = recorded(house)

    for path in ("/workspace", "/tree", "/no-such-address"):
        program.get(path)

    assert recorded(house) == before


def test_a_key_that_may_only_track_reads_nothing(house, ana, workspace):
    text = house.key(workspace, ana, scopes=("track",))

    answers = [Program(house, text).get(path) for path in ("/workspace", "/tree")]

    assert [error_of(answer) for answer in answers] == [(403, "scope_missing", None)] * 2


def test_a_tree_that_has_ended_is_nobodys_tree_any_more(house, ana):
    tree_id, anchor_id = house.agency_of(ana, children=1)
    program = program_of(house, ana, anchor_id)
    subscription_id = house.agency.tree(tree_id).subscription_id
    seen = house.wiring.gateway.subscription(subscription_id)
    ended = {"status": "canceled", "ended_at": house.clock()}
    because = house.because("stripe")

    house.agency.sync_subscription(tree_id, type(seen)(**vars(seen) | ended), because=because)
    house.run_followed()

    assert error_of(program.get("/tree")) == (404, "not_found", None)
    assert program.get("/workspace").get_json()["plan"] == "free"


def test_every_answer_of_the_api_is_json_and_says_so(program):
    answers = [
        program.track(),
        program.track(outcome="perhaps"),
        program.get("/workspace"),
        program.get("/none"),
    ]

    for answer in answers:
        assert answer.content_type == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert json.loads(answer.get_data(as_text=True))
