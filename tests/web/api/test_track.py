"""Tracking an event: what is answered, what is kept, and that nothing counts twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from tests.house import House
from tests.web.api.asking import EVENT, Program, error_of, recorded, rows_of, used
from web.app import create_app

FULL = EVENT | {
    "agent_duration_seconds": 12.5,
    "agent_cost": 0.02,
    "model": "gpt",
    "tokens_in": 1_200,
    "tokens_out": 80,
    "human_baseline_minutes": 30,
    "metadata": {"ticket": 17, "tags": ["a", "b"], "nested": {"ok": True, "none": None}},
    "audit_sample": {"input_excerpt": "Dear", "output_excerpt": "Hello"},
    "occurred_at": "2026-02-27T12:00:00+02:00",
}


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


@pytest.mark.parametrize("event", [EVENT, FULL], ids=["the required fields", "every field"])
def test_an_event_is_recorded_for_the_workspace_of_the_key(house, workspace, program, event):
    answer = program.post("/track", event)

    body = answer.get_json()
    assert answer.status_code == 201
    assert (body["workspace_id"], body["counted"]) == (str(workspace), True)
    assert UUID(body["event_id"]).version == 7
    assert (rows_of(house, workspace), used(house, workspace)) == (1, {"2026-03-01": 1})


def test_the_raw_row_holds_what_was_sent(house, workspace, program):
    answer = program.post("/track", FULL)

    with house.database.connection() as db:
        row = db.execute(
            "SELECT workspace_id, received_at, body FROM usage WHERE event_id = %s",
            (answer.get_json()["event_id"],),
        ).fetchone()
    frozen = row["body"].pop("frozen")
    sent = {name: value for name, value in FULL.items() if name != "audit_sample"}  # Free keeps none
    assert row == {"workspace_id": workspace, "received_at": house.clock(), "body": sent}
    assert frozen == {
        "agent_cost_micros": 20_000,
        "agent_cost_source": "event",
        "baseline_seconds": 1_800,
        "baseline_source": "event",
        "hourly_rate_cents": 4_000,
        "hourly_rate_source": "default",
        "net_saved_micros": 19_980_000,
        "saved_micros": 20_000_000,
        "saved_seconds": 1_800,
    }


@pytest.mark.parametrize("outcome", ["success", "failure", "needs_review"])
def test_every_outcome_counts(house, workspace, program, outcome):
    assert program.track(outcome=outcome).status_code == 201
    assert used(house, workspace) == {"2026-03-01": 1}


def test_the_same_key_and_body_get_the_first_answer_for_ever_and_count_once(house, workspace, program):
    first = program.track(key="order-1")

    house.clock.advance(days=700)
    again = program.track(key="order-1")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()
    assert (rows_of(house, workspace), used(house, workspace)) == (1, {"2026-03-01": 1})


def test_a_repetition_gets_the_first_answer_also_when_the_event_is_too_old_by_now(house, workspace, program):
    at = house.clock().isoformat()
    first = program.track(key="order-1", occurred_at=at)
    in_batch = EVENT | {"occurred_at": at, "idempotency_key": "order-1"}

    house.clock.advance(days=91)
    again = program.track(key="order-1", occurred_at=at)
    batched, unknown = program.batch([in_batch, in_batch | {"idempotency_key": "order-2"}]).get_json()[
        "results"
    ]

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()
    assert batched == {"status": 200, **first.get_json()}
    assert (unknown["status"], unknown["error"]["code"]) == (422, "occurred_at_out_of_range")
    assert (rows_of(house, workspace), used(house, workspace)) == (1, {"2026-03-01": 1})


def test_too_old_or_not_another_body_under_a_known_key_is_a_conflict(house, program):
    program.track(key="order-1")

    answer = program.track(key="order-1", occurred_at="1970-01-01T00:00:00Z")

    assert error_of(answer) == (409, "idempotency_conflict", "Idempotency-Key")


def test_a_test_key_is_told_what_is_too_old(house, ana, workspace):
    tester = Program(house, house.key(workspace, ana, mode="test"))

    answer = tester.track(occurred_at="1970-01-01T00:00:00Z")

    assert error_of(answer) == (422, "occurred_at_out_of_range", "occurred_at")


def test_what_is_answered_kept_and_recorded_is_of_one_instant(house, program):
    def restless() -> datetime:
        house.clock.advance(seconds=1)
        return house.clock()

    program.client = create_app(replace(house.services, clock=restless)).test_client()

    answers = [program.track().get_json(), *program.batch([EVENT, EVENT]).get_json()["results"]]

    with house.database.connection() as db:
        kept = db.execute(
            "SELECT u.received_at, i.at FROM usage u JOIN event_index i ON i.stream = u.batch_id"
            " WHERE u.event_id = ANY(%s) ORDER BY 1",
            ([UUID(answer["event_id"]) for answer in answers],),
        ).fetchall()
    told = [datetime.fromisoformat(answer["received_at"]) for answer in answers]
    assert [row["received_at"] for row in kept] == [row["at"] for row in kept] == told
    assert told[0] < told[1] == told[2]


def test_the_same_key_with_another_body_is_a_conflict_and_keeps_the_first(house, workspace, program):
    program.track(key="order-1")
    before = recorded(house)

    answer = program.track(key="order-1", outcome="failure")

    assert error_of(answer) == (409, "idempotency_conflict", "Idempotency-Key")
    assert recorded(house) == before


def test_members_in_another_order_and_numbers_written_differently_are_the_same_body(program):
    first = program.post(
        "/track",
        raw='{"agent_id":"a","task_type":"other","outcome":"success","agent_cost":5}',
        Idempotency_Key="k",
    )

    again = program.post(
        "/track",
        raw='{"agent_cost": 5.0, "outcome":"success","task_type":"other","agent_id":"a"}',
        Idempotency_Key="k",
    )

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()


def test_a_key_is_the_same_alone_and_in_a_batch(program):
    first = program.track(key="order-1")

    results = program.batch([EVENT | {"idempotency_key": "order-1"}]).get_json()["results"]

    assert results == [{"status": 200, **first.get_json()}]


def test_idempotency_keys_of_two_workspaces_have_nothing_to_do_with_each_other(
    house, ana, workspace, program
):
    other = house.workspace(ana, "Harbor Lane")
    theirs = Program(house, house.key(other, ana))

    answers = [program.track(key="order-1"), theirs.track(key="order-1", outcome="failure")]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert (rows_of(house, workspace), rows_of(house, other)) == (1, 1)


def test_idempotency_keys_of_two_keys_of_one_workspace_are_the_same(house, ana, workspace, program):
    second = Program(house, house.key(workspace, ana))

    answers = [program.track(key="order-1"), second.track(key="order-1")]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert rows_of(house, workspace) == 1


@pytest.mark.parametrize("key", ["", "k" * 256, "two words", "Schlüssel", "tab\there"])
def test_an_idempotency_key_that_is_none_is_refused_and_nothing_recorded(house, program, key):
    before = recorded(house)

    answer = program.track(key=key)

    assert error_of(answer) == (422, "validation_error", "Idempotency-Key")
    assert recorded(house) == before


def test_the_longest_idempotency_key_works(program):
    assert program.track(key="k" * 255).status_code == 201


@pytest.mark.parametrize("field", ["workspace_id", "tree_id", "org_id", "pool_id"])
def test_whatever_the_body_says_a_key_records_against_its_own_workspace(
    house, ana, workspace, program, field
):
    other = house.workspace(ana, "Harbor Lane")

    beside = program.track(**{field: str(other)})
    within = program.track(metadata={field: str(other)})

    assert error_of(beside) == (422, "validation_error", field)
    assert within.get_json()["workspace_id"] == str(workspace)
    assert (rows_of(house, workspace), rows_of(house, other)) == (1, 0)


def test_a_test_key_validates_everything_and_counts_nothing(house, ana, workspace):
    tester = Program(house, house.key(workspace, ana, mode="test"))
    before = recorded(house)

    good = tester.track(key="order-1")
    conflicting = tester.track(key="order-1", outcome="failure")
    bad = tester.track(outcome="perhaps")

    assert (good.status_code, good.get_json()["counted"]) == (201, False)
    assert conflicting.status_code == 201  # nothing was kept that it could conflict with
    assert error_of(bad) == (422, "validation_error", "outcome")
    assert recorded(house) == before


def test_the_fact_names_the_key_and_the_request(house, ana, workspace, program):
    program.track()

    with house.database.connection() as db:
        row = db.execute(
            "SELECT actor, story FROM event_index WHERE log = 'metering' AND workspace_id = %s", (workspace,)
        ).fetchone()
    assert row is not None
    assert row["actor"].startswith("key:")
    assert row["story"].startswith("request:")
