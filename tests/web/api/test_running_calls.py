"""Calls that are running: what they hold, how they end, and what becomes of them if nobody ends them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.house import House
from tests.web.api.asking import Program, error_of, recorded
from tests.web.api.voiced import GRANT, PHONE, SAID, Voiced


@pytest.fixture
def voiced(shared_house: House) -> Voiced:
    return Voiced(shared_house)


def test_a_running_call_holds_credits_and_settles_them_when_it_ends(voiced):
    begun = voiced.begin("call-1", hold_seconds=600).get_json()
    held = voiced.left()

    ended = voiced.end(begun["call_id"], seconds=61, **SAID)

    assert (begun["state"], begun["held_micros"], begun["credits_micros"]) == ("running", 600 * PHONE, None)
    assert begun["hold_expires_at"] == "2026-03-01T10:10:00Z"
    assert held == GRANT - 600 * PHONE
    assert (ended.status_code, ended.get_json()["credits_micros"]) == (200, 61 * PHONE)
    assert voiced.left() == GRANT - 61 * PHONE
    assert voiced.use().held_micros == 0


def test_an_end_told_again_is_one_and_another_end_a_conflict(voiced):
    begun = voiced.begin("call-1").get_json()
    first = voiced.end(begun["call_id"], seconds=61, **SAID)

    again = voiced.end(begun["call_id"], seconds=61, **SAID)
    others = [
        voiced.end(begun["call_id"], **({"seconds": 61, **SAID} | other))
        for other in ({"seconds": 62}, {"outcome": "failed"}, {"transcript": "no"})
    ]
    began_again = voiced.begin("call-1")

    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert {error_of(one) for one in others} == {(409, "call_is_over", None)}
    assert (began_again.status_code, began_again.get_json()) == (200, begun)
    assert voiced.spent() == 61 * PHONE
    assert voiced.texts() == 1


def test_eight_clients_at_once_end_a_call_once(voiced):
    begun = voiced.begin("call-1").get_json()

    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: voiced.end(begun["call_id"], seconds=61), range(8)))

    assert [answer.status_code for answer in answers] == [200] * 8
    assert voiced.spent() == 61 * PHONE


def test_a_call_begins_only_if_what_it_holds_is_there_and_ends_whatever_it_costs(voiced):
    for _ in range(4):
        voiced.tell(seconds=86_400)
    left = voiced.left() // PHONE

    voiced.tell(seconds=left - 300)
    refused = voiced.begin(hold_seconds=301)
    begun = voiced.begin(hold_seconds=300)
    ended = voiced.end(begun.get_json()["call_id"], seconds=400)

    assert (refused.status_code, begun.status_code, ended.status_code) == (402, 201, 200)
    assert voiced.left() == -100 * PHONE
    assert error_of(voiced.begin(hold_seconds=1))[:2] == (402, "insufficient_credits")


def test_a_running_call_that_nobody_ends_is_given_up_and_charged_if_it_ends_later(voiced):
    call_id = voiced.begin(hold_seconds=60).get_json()["call_id"]
    voiced.house.run_followed()
    voiced.house.clock.advance(minutes=60)
    voiced.house.wiring.abandoning.abandon_all()
    held = voiced.left()
    voiced.house.clock.advance(minutes=1)

    voiced.house.wiring.abandoning.abandon_all()
    voiced.house.wiring.abandoning.abandon_all()
    free = voiced.left()
    voiced.house.run_followed()
    given_up = voiced.program.get(f"/calls/{call_id}").get_json()
    ended = voiced.end(call_id, seconds=61)

    assert (held, free) == (GRANT - 60 * PHONE, GRANT)
    assert (given_up["state"], given_up["held_micros"]) == ("abandoned", 0)
    assert (ended.status_code, voiced.left()) == (200, GRANT - 61 * PHONE)
    voiced.house.run_followed()
    assert voiced.program.get(f"/calls/{call_id}").get_json()["state"] == "ended"


def test_a_call_of_another_workspace_is_none(voiced, shared_house):
    call_id = voiced.begin().get_json()["call_id"]
    other = Voiced(shared_house)
    before = recorded(shared_house)

    answers = [other.end(call_id, seconds=1), other.end(str(uuid4()), seconds=1)]
    read = [other.program.get(f"/calls/{one}") for one in (call_id, uuid4())]

    assert {answer.status_code for answer in (*answers, *read)} == {404}
    assert len({answer.get_data() for answer in (*answers, *read)}) == 1
    assert recorded(shared_house) == before


def test_a_test_key_ends_no_call_that_runs(voiced):
    call_id = voiced.begin().get_json()["call_id"]
    tried = Program(voiced.house, voiced.house.key(voiced.child_id, voiced.ana, mode="test"))
    before = recorded(voiced.house)

    supposed = tried.post(f"/calls/{call_id}/end", {"seconds": 61, **SAID})

    assert (supposed.status_code, supposed.get_json()["counted"]) == (200, False)
    assert supposed.get_json()["credits_micros"] == 61 * PHONE
    assert recorded(voiced.house) == before
    assert (voiced.spent(), voiced.texts()) == (0, 0)
    assert voiced.end(call_id, seconds=30).get_json()["credits_micros"] == 30 * PHONE
