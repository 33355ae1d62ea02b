"""A batch: a result for each event, in order, and a bad one spoils no other."""

from __future__ import annotations

from typing import Any

import pytest

from domain.plans import FREE
from domain.tracking import BATCH_MAX
from tests.house import House
from tests.web.api.asking import EVENT, Program, error_of, recorded, rows_of, used


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def results_of(answer: Any) -> list[tuple[int, str | None]]:
    """Status and error code of each event."""
    assert answer.status_code == 200
    return [
        (result["status"], result.get("error", {}).get("code")) for result in answer.get_json()["results"]
    ]


def test_each_event_of_a_batch_has_an_id_of_its_own(house, workspace, program):
    answer = program.batch([EVENT, EVENT, EVENT])

    results = answer.get_json()["results"]
    assert answer.get_json()["recorded"] == 3
    assert len({result["event_id"] for result in results}) == 3
    assert (rows_of(house, workspace), used(house, workspace)) == (3, {"2026-03-01": 3})


def test_a_bad_event_spoils_no_other(house, workspace, program):
    events: list[Any] = [
        EVENT,
        EVENT | {"outcome": "perhaps"},
        None,
        EVENT | {"occurred_at": "1970-01-01T00:00:00Z"},
        [],
        EVENT | {"agent_id": "a\x00"},
        EVENT,
    ]

    answer = program.batch(events)

    assert results_of(answer) == [
        (201, None),
        (422, "validation_error"),
        (422, "validation_error"),
        (422, "occurred_at_out_of_range"),
        (422, "validation_error"),
        (422, "validation_error"),
        (201, None),
    ]
    assert answer.get_json()["results"][1]["error"]["field"] == "outcome"
    assert (rows_of(house, workspace), used(house, workspace)) == (2, {"2026-03-01": 2})


def test_a_batch_of_nothing_but_bad_events_records_nothing(house, program):
    before = recorded(house)

    answer = program.batch([{}, {"agent_id": 1}, EVENT | {"workspace_id": "b"}])

    assert results_of(answer) == [(422, "validation_error")] * 3
    assert answer.get_json()["recorded"] == 0
    assert recorded(house) == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"events": []},
        {"events": {}},
        {"events": "all"},
        {"events": None},
        {"event": [EVENT]},
        {"events": [EVENT], "workspace_id": "b"},
        EVENT,
        {"events": [EVENT] * (BATCH_MAX + 1)},
    ],
    ids=["{}", "none", "an object", "a text", "null", "misspelt", "more", "one event", "too many"],
)
def test_what_is_no_batch_is_refused_whole_and_nothing_recorded(house, program, body):
    before = recorded(house)

    answer = program.post("/track/batch", body)

    assert error_of(answer) == (422, "validation_error", "events")
    assert recorded(house) == before


def test_a_batch_sent_again_answers_as_it_did_and_counts_nothing(house, workspace, program):
    events = [EVENT | {"idempotency_key": f"order-{number}"} for number in range(3)]
    first = program.batch(events).get_json()

    again = program.batch(events)

    assert results_of(again) == [(200, None)] * 3
    assert again.get_json()["recorded"] == 0
    for one, other in zip(first["results"], again.get_json()["results"], strict=True):
        assert one | {"status": 200} == other
    assert (rows_of(house, workspace), used(house, workspace)) == (3, {"2026-03-01": 3})


@pytest.mark.parametrize("known", [(0,), (2,), (0, 2), (1, 2)])
def test_what_was_sent_before_is_told_so_wherever_it_stands_in_a_batch(house, workspace, program, known):
    events = [EVENT | {"idempotency_key": f"order-{number}"} for number in range(4)]
    first = {number: program.batch([events[number]]).get_json()["results"][0] for number in known}

    answer = program.batch(events)

    assert results_of(answer) == [(200 if number in known else 201, None) for number in range(4)]
    assert all(answer.get_json()["results"][number] == first[number] | {"status": 200} for number in known)
    assert (rows_of(house, workspace), used(house, workspace)) == (4, {"2026-03-01": 4})


def test_what_was_sent_before_is_told_so_also_behind_what_the_quota_refuses(house, workspace, program):
    known, new = EVENT | {"idempotency_key": "known"}, EVENT | {"idempotency_key": "new"}
    program.batch([known, *[EVENT] * (FREE.pool_events - 1)])

    answer = program.batch([new, known, known | {"model": "other"}])

    assert results_of(answer) == [(429, "quota_exceeded"), (200, None), (409, "idempotency_conflict")]
    assert rows_of(house, workspace) == FREE.pool_events


def test_within_one_batch_a_key_counts_once_and_conflicts_with_another_body(house, workspace, program):
    same, other = EVENT | {"idempotency_key": "k"}, EVENT | {"idempotency_key": "k", "model": "m"}

    answer = program.batch([same, same, other, EVENT])

    assert results_of(answer) == [(201, None), (200, None), (409, "idempotency_conflict"), (201, None)]
    first, second = answer.get_json()["results"][:2]
    assert first["event_id"] == second["event_id"]
    assert rows_of(house, workspace) == 2


@pytest.mark.parametrize("key", ["", "k" * 256, "two words", "line\n", 7])
def test_an_event_whose_key_is_none_is_refused_alone(house, workspace, program, key):
    answer = program.batch([EVENT | {"idempotency_key": key}, EVENT])

    assert results_of(answer) == [(422, "validation_error"), (201, None)]
    assert answer.get_json()["results"][0]["error"]["field"] == "idempotency_key"
    assert rows_of(house, workspace) == 1


def test_a_batch_that_reaches_the_quota_is_recorded_up_to_it(house, workspace, program):
    program.batch([EVENT] * (FREE.pool_events - 2))

    answer = program.batch([EVENT, {"agent_id": "a"}, EVENT, EVENT, EVENT])

    assert results_of(answer) == [
        (201, None),
        (422, "validation_error"),
        (201, None),
        (429, "quota_exceeded"),
        (429, "quota_exceeded"),
    ]
    assert used(house, workspace) == {"2026-03-01": FREE.pool_events}


def test_a_whole_batch_is_one_fact(house, workspace, program):
    program.batch([EVENT] * BATCH_MAX)

    with house.database.connection() as db:
        row = db.execute(
            "SELECT count(*) AS facts FROM event_index WHERE log = 'metering' AND workspace_id = %s",
            (workspace,),
        ).fetchone()
    assert row == {"facts": 1}
    assert used(house, workspace) == {"2026-03-01": FREE.pool_events}  # and it is a Free workspace


def test_a_test_key_gets_a_result_for_each_and_counts_nothing(house, ana, workspace):
    tester = Program(house, house.key(workspace, ana, mode="test"))
    before = recorded(house)

    answer = tester.batch([EVENT, {}, EVENT])

    assert results_of(answer) == [(201, None), (422, "validation_error"), (201, None)]
    assert {result.get("counted") for result in answer.get_json()["results"]} == {False, None}
    assert recorded(house) == before
