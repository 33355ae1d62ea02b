"""Many calls in one request: each by itself, and together where all fit."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.web.api.voiced import PHONE, SAID, WEB, Voiced


@pytest.fixture
def voiced(shared_house: House) -> Voiced:
    return Voiced(shared_house)


def test_a_batch_answers_each_call_by_itself(voiced):
    voiced.tell("known", seconds=10)
    voiced.tell("other", seconds=10)

    answer = voiced.batch(
        {"seconds": 1, "idempotency_key": "new", **SAID},
        {"seconds": 10, "idempotency_key": "known"},
        {"seconds": 11, "idempotency_key": "other", **SAID},
        {"kind": "web", "seconds": 2},
        {"seconds": 3, "kind": "carrier pigeon"},
        {"seconds": 1, "idempotency_key": "new", **SAID},
        {"state": "running"},
    )

    told = answer.get_json()
    assert (answer.status_code, told["recorded"]) == (200, 2)
    assert [one["status"] for one in told["results"]] == [201, 200, 409, 201, 422, 200, 422]
    assert told["results"][0] | {"status": 200} == told["results"][5]
    assert voiced.spent() == 21 * PHONE + 2 * WEB
    assert voiced.texts() == 1


def test_a_thousand_calls_count_once_each_however_often_they_are_sent(voiced):
    calls = [{"seconds": n % 100, "idempotency_key": f"call-{n}", **SAID} for n in range(1_000)]

    first, again = voiced.batch(*calls), voiced.batch(*calls)

    assert {one["status"] for one in first.get_json()["results"]} == {201}
    assert {one["status"] for one in again.get_json()["results"]} == {200}
    assert voiced.spent() == 10 * sum(range(100)) * PHONE
    assert (voiced.calls(), voiced.texts()) == (1_000, 1_000)


def test_of_a_batch_what_fits_is_recorded(voiced):
    for _ in range(4):
        voiced.tell(seconds=86_400)
    left = voiced.left() // PHONE

    told = voiced.batch(*({"seconds": seconds, **SAID} for seconds in (left - 10, 11, 8, 3, 2, 1))).get_json()

    assert [one["status"] for one in told["results"]] == [201, 402, 201, 402, 201, 402]
    assert voiced.left() == 0
    assert voiced.texts() == 3
