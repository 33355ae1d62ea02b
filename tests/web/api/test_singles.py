"""A single event is answered the same whether it comes alone, to a thread, or with others on the lane."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest

from domain.api_keys import REQUESTS_PER_SECOND_MAX, KeyMode
from domain.plans import FREE
from tests.house import House
from tests.web.api.asking import EVENT, Program, error_of, recorded, rows_of, used
from tests.web.api.singly import kinds, parts, read, repeated, request
from tests.web.told import tell
from web.api.singles import Singles

OLD = "2020-01-01T00:00:00Z"


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def test_what_is_answered_together_is_what_each_would_be_answered_alone(
    house: House, singles: Singles, known: Program, workspace: UUID
) -> None:
    alone = known.track()

    (answer,) = singles.answers(read(singles, request(known)))

    status, fields, body = parts(answer)
    assert (status, fields.pop("Server"), fields.pop("Connection")) == (201, "gunicorn", "keep-alive")
    assert fields.pop("Date").endswith(" GMT")
    assert fields.pop("RateLimit-Remaining") == str(int(alone.headers["RateLimit-Remaining"]) - 1)
    assert fields == {
        name: value
        for name, value in alone.headers.items()
        if name not in ("Content-Length", "RateLimit-Remaining")
    }
    assert body | {"event_id": ""} == alone.get_json() | {"event_id": ""}
    assert list(body) == list(json.loads(alone.data))
    assert rows_of(house, workspace) == 2


def test_each_of_many_is_recorded_once_with_an_id_of_its_own(
    house: House, singles: Singles, known: Program, workspace: UUID
) -> None:
    requests = [request(known, Idempotency_Key=f"key-{n % 20}") for n in range(30)]

    answers = singles.answers(read(singles, *requests))

    assert kinds(answers) == [201] * 20 + [200] * 10
    ids = [parts(one)[2]["event_id"] for one in answers]
    assert ids[20:] == ids[:10]
    assert len({str(UUID(one)) for one in ids}) == 20
    assert rows_of(house, workspace) == sum(used(house, workspace).values()) == 20
    assert known.track(key="key-3").get_json()["event_id"] == ids[3]


def test_a_test_key_is_answered_and_counts_nothing(
    house: House, singles: Singles, ana: UUID, workspace: UUID
) -> None:
    tester = Program(house, house.key(workspace, ana, mode=KeyMode.TEST))
    tester.post("/track", {})
    before = recorded(house)

    (answer,) = singles.answers(read(singles, request(tester)))

    assert parts(answer)[0] == 201
    assert parts(answer)[2]["counted"] is False
    assert recorded(house) == before


def test_an_error_is_told_in_its_words_and_decided_once(
    house: House, singles: Singles, known: Program, workspace: UUID
) -> None:
    known.track(key="first")
    before = recorded(house)
    requests = [
        request(known, EVENT | {"outcome": "failure"}, Idempotency_Key="first"),
        request(known, EVENT | {"occurred_at": OLD}),
        request(known, Idempotency_Key="first"),
    ]

    conflict, too_old, replayed = singles.answers(read(singles, *requests))
    answers = [repeated(known, requests[0], conflict), repeated(known, requests[1], too_old)]

    assert [error_of(one)[:2] for one in answers] == [
        (409, "idempotency_conflict"),
        (422, "occurred_at_out_of_range"),
    ]
    assert parts(replayed)[0] == 200
    assert recorded(house) == before
    left = [int(one.headers["RateLimit-Remaining"]) for one in answers] + [
        int(parts(replayed)[1]["RateLimit-Remaining"])
    ]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) == 3
    assert int(known.get("/workspace").headers["RateLimit-Remaining"]) == left[-1] - 1


def test_a_pool_that_is_full_stops_those_who_come_together_at_its_limit(
    house: House, singles: Singles, known: Program, workspace: UUID
) -> None:
    tell(house, workspace, FREE.pool_events - 3)
    requests = [request(known) for _ in range(8)]

    answers = singles.answers(read(singles, *requests))
    refused = repeated(known, requests[5], answers[5])

    assert kinds(answers) == [201] * 3 + [None] * 5
    assert error_of(refused)[:2] == (429, "quota_exceeded")
    assert refused.headers["X-Quota-Resets-At"]
    assert rows_of(house, workspace) == FREE.pool_events


def test_a_key_that_asks_too_much_is_told_to_wait_and_the_others_are_answered(
    house: House, singles: Singles, known: Program
) -> None:
    house.clock.advance(seconds=5)
    key_id = known.headers["Authorization"].split("_")[2]
    house.wiring.key_traffic.take_now({key_id: REQUESTS_PER_SECOND_MAX - 2}, house.clock())
    requests = [request(known) for _ in range(4)]

    answers = singles.answers(read(singles, *requests))
    refused = repeated(known, requests[3], answers[3])

    assert kinds(answers) == [201, 201, None, None]
    assert error_of(refused)[:2] == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "1"


def test_a_key_that_was_revoked_since_it_was_seen_is_told_so(
    house: House, singles: Singles, ana: UUID, workspace: UUID, known: Program
) -> None:
    asked = read(singles, request(known))
    key_id = known.headers["Authorization"].split("_")[2]
    house.agency.revoke_key(workspace, ana, key_id, because=house.because(f"person:{ana}"))
    before = recorded(house)

    (answer,) = singles.answers(asked)

    assert error_of(repeated(known, request(known), answer))[:2] == (401, "key_revoked")
    assert recorded(house) == before


def test_what_was_decided_of_one_request_is_forgotten_with_it(known: Program, singles: Singles) -> None:
    requests = [request(known, EVENT | {"occurred_at": OLD})]
    (decided,) = singles.answers(read(singles, *requests))

    refused = repeated(known, requests[0], decided)

    assert refused.status_code == 422
    assert known.track(key=str(uuid4())).status_code == 201
