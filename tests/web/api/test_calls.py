"""Calls as a program tells them: exact to the second, counted once, and never beyond what there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import msgspec
import pytest

from domain.calls.call import Direction, Ending, Kind
from tests.house import House
from tests.web.api.asking import Program, error_of, recorded
from tests.web.api.voiced import CALL, FORWARDED, GRANT, PHONE, SAID, SMS, WEB, Voiced
from web.api.call_bodies import CallBody


@pytest.fixture
def voiced(shared_house: House) -> Voiced:
    return Voiced(shared_house)


def test_every_second_of_a_call_costs_the_rate_of_its_kind(voiced):
    told = {
        kind: [voiced.tell(kind=kind, seconds=seconds).get_json() for seconds in (0, 1, 61, 40_001)]
        for kind in Kind
    }

    costs = {kind: [one["credits_micros"] for one in answers] for kind, answers in told.items()}
    assert costs == {
        kind: [0, rate, 61 * rate, 40_001 * rate]
        for kind, rate in (("phone", PHONE), ("web", WEB), ("forwarded", FORWARDED))
    }
    assert [told[kind][0]["category"] for kind in Kind] == ["phone_call", "web_call", "forwarding"]
    assert voiced.spent() == voiced.use().spent_micros == 40_063 * (PHONE + WEB + FORWARDED)


def test_the_answer_says_all_that_was_recorded(voiced):
    answer = voiced.tell("call-1", seconds=63, outcome="transferred", **SAID).get_json()

    assert UUID(answer.pop("call_id"))
    assert answer == {
        "workspace_id": str(voiced.child_id),
        "received_at": "2026-03-01T09:00:00Z",
        "counted": True,
        "state": "ended",
        "agent_id": None,
        "kind": "phone",
        "direction": "inbound",
        "started_at": "2026-03-01T08:55:00Z",
        "category": "phone_call",
        "cycle_started_at": "2026-03-01T09:00:00Z",
        "rate_micros": PHONE,
        "seconds": 63,
        "outcome": "transferred",
        "credits_micros": 126_000,
        "held_micros": 0,
        "hold_expires_at": None,
    }


def test_a_call_sent_again_counts_once_and_is_answered_as_before(voiced):
    first = voiced.tell("call-1", seconds=63, **SAID)
    voiced.house.clock.advance(days=29)

    again = [voiced.tell("call-1", seconds=63, **SAID) for _ in range(3)]

    assert first.status_code == 201
    assert [(one.status_code, one.get_json()) for one in again] == [(200, first.get_json())] * 3
    assert voiced.spent() == 63 * PHONE
    assert voiced.calls() == 1


OTHERS = (
    {"seconds": 64},
    {"kind": "web"},
    {"direction": "outbound"},
    {"outcome": "failed"},
    {"started_at": "2026-03-01T08:55:01Z"},
    {"caller": "+4930901821"},
    {"transcript": "agent: Larkfield, good evening."},
    {"fields": {"wants": "nothing"}},
    {"seconds": None, "outcome": None, "state": "running"},
)


def test_another_call_under_the_same_key_is_a_conflict_and_nothing_of_it_is_kept(voiced):
    voiced.tell("call-1", seconds=63, **SAID)
    before = recorded(voiced.house)

    answers = [voiced.tell("call-1", **{"seconds": 63, **SAID, **other}) for other in OTHERS]

    assert {error_of(answer) for answer in answers} == {(409, "idempotency_conflict", "Idempotency-Key")}
    assert recorded(voiced.house) == before


def test_eight_clients_at_once_count_one_call_once(voiced):
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: voiced.tell("call-1", seconds=63, **SAID), range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.get_data() for answer in answers}) == 1
    assert voiced.spent() == 63 * PHONE
    assert voiced.texts() == 1


def test_eight_clients_at_once_spend_no_more_than_there_is(voiced):
    voiced.tell(seconds=86_400)
    day = 86_400 * PHONE

    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: voiced.tell(seconds=86_400, **SAID), range(8)))

    there_was_room_for = GRANT // day - 1
    assert sorted(answer.status_code for answer in answers) == [201] * there_was_room_for + [402] * (
        8 - there_was_room_for
    )
    assert voiced.left() == GRANT - (there_was_room_for + 1) * day
    assert voiced.texts() == there_was_room_for


def test_without_credits_nothing_is_recorded(voiced):
    for _ in range(4):
        voiced.tell(seconds=86_400)
    before = recorded(voiced.house)

    answer = voiced.tell(seconds=86_400, **SAID)

    assert error_of(answer) == (402, "insufficient_credits", None)
    assert recorded(voiced.house) == before


def test_what_costs_nothing_is_recorded_without_credits(voiced):
    for number in range(5):
        call_id = voiced.begin(f"call-{number}", hold_seconds=1).get_json()["call_id"]
        voiced.end(call_id, seconds=86_400)

    missed = voiced.tell(seconds=0, outcome="no_answer")

    assert voiced.left() < 0
    assert (missed.status_code, missed.get_json()["credits_micros"]) == (201, 0)
    assert error_of(voiced.tell(seconds=1))[:2] == (402, "insufficient_credits")


def test_a_plan_without_calls_has_none(shared_house, program):
    before = recorded(shared_house)

    answers = [
        program.post("/calls", CALL | {"seconds": 1} | SAID),
        program.post("/calls", CALL | {"state": "running"}),
        program.post("/messages", {"count": 1}),
    ]

    many = program.post("/calls/batch", {"calls": [CALL | {"seconds": 1} | SAID]}).get_json()

    assert {error_of(answer) for answer in answers} == {(403, "calls_not_in_plan", None)}
    assert [(one["status"], one["error"]["code"]) for one in many["results"]] == [(403, "calls_not_in_plan")]
    assert recorded(shared_house) == before


def test_a_test_key_checks_everything_and_counts_nothing(voiced):
    live = voiced.program
    voiced.program = Program(voiced.house, voiced.house.key(voiced.child_id, voiced.ana, mode="test"))
    voiced.house.run_followed()
    before = recorded(voiced.house)

    told, begun = voiced.tell("call-1", seconds=63, **SAID), voiced.begin("call-2")
    many = voiced.batch({"seconds": 63, **SAID}, {"seconds": -1})
    messages = voiced.program.post("/messages", {"count": 2})
    wrong = voiced.tell(seconds=-1)

    assert [told.status_code, begun.status_code, messages.status_code] == [201, 201, 201]
    assert [one.get_json()["counted"] for one in (told, begun, messages)] == [False] * 3
    assert told.get_json()["credits_micros"] == 63 * PHONE
    assert [one["status"] for one in many.get_json()["results"]] == [201, 422]
    assert error_of(wrong)[1] == "validation_error"
    assert recorded(voiced.house) == before
    voiced.program = live
    assert voiced.tell("call-1", seconds=63).status_code == 201


# Messages.


def test_messages_cost_the_rate_of_one_each(voiced):
    first = voiced.program.post("/messages", {"count": 3}, Idempotency_Key="sent-1")
    again = voiced.program.post("/messages", {"count": 3}, Idempotency_Key="sent-1")
    other = voiced.program.post("/messages", {"count": 4}, Idempotency_Key="sent-1")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert first.get_json()["credits_micros"] == 3 * SMS
    assert error_of(other)[:2] == (409, "idempotency_conflict")
    assert voiced.spent() == 3 * SMS


# What is sent.


WRONG = (
    ({"seconds": None}, "seconds"),
    ({"seconds": -1}, "seconds"),
    ({"seconds": 86_401}, "seconds"),
    ({"seconds": 1.5}, "seconds"),
    ({"kind": "letter"}, "kind"),
    ({"outcome": "maybe"}, "outcome"),
    ({"started_at": "2026-03-01T08:55:00"}, "started_at"),
    ({"started_at": "2025-11-30T08:00:00Z"}, "started_at"),
    ({"started_at": "2026-03-02T09:00:01Z"}, "started_at"),
    ({"transcript": "x" * 200_001}, "transcript"),
    ({"caller": "x" * 65}, "caller"),
    ({"recording_url": "http://recordings.example.com/1"}, "recording_url"),
    ({"recording_url": "javascript:alert(1)"}, "recording_url"),
    ({"recording_url": "https://recordings.example.com/" + "x" * 2_000}, "recording_url"),
    ({"fields": {str(n): "x" for n in range(51)}}, "fields"),
    ({"fields": {"x": "x" * 2_001}}, None),
    ({"fields": {"x": "\x00"}}, None),
    ({"agent_id": "concierge"}, "agent_id"),
    ({"hold_seconds": 60}, "hold_seconds"),
    ({"state": "running"}, "seconds"),
    ({"unknown": 1}, "unknown"),
)


def test_what_cannot_be_meant_is_refused_and_changes_nothing(voiced):
    before = recorded(voiced.house)

    told = [(field, error_of(voiced.tell(**fields))) for fields, field in WRONG]

    assert {status for _, (status, _, _) in told} == {422}
    assert {code for _, (_, code, _) in told} == {"validation_error", "started_at_out_of_range"}
    assert [about for field, (_, _, about) in told if field] == [field for field, _ in told if field]
    assert recorded(voiced.house) == before


def test_what_is_just_within_bounds_is_taken(voiced):
    bounds = {
        "transcript": "x" * 200_000,
        "caller": "x" * 64,
        "fields": {str(n): "y" * 2_000 for n in range(50)},
    }
    answers = [
        voiced.tell(**bounds),
        voiced.tell(started_at="2025-12-01T09:00:00Z"),
        voiced.tell(started_at="2026-03-02T09:00:00Z"),
        voiced.begin(hold_seconds=7_200),
    ]

    assert {answer.status_code for answer in answers} == {201}
    assert error_of(voiced.begin(hold_seconds=7_201))[2] == "hold_seconds"


def test_the_words_of_the_api_are_those_of_the_domain():
    said = msgspec.json.schema(CallBody)["$defs"]["CallBody"]["properties"]

    assert set(said["kind"]["enum"]) == set(Kind)
    assert set(said["direction"]["enum"]) == set(Direction)
    assert {*said["outcome"]["anyOf"][0]["enum"]} == set(Ending)
