"""A key may ask so often in a second, whichever process answers, and each answer tells how much is left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from domain.api_keys import REQUESTS_PER_SECOND_MAX
from scripts.wiring import Wiring
from tests.house import House, settings_of
from tests.web.api.asking import EVENT, Program, error_of, recorded, rows_of
from web.app import create_app

ALL = REQUESTS_PER_SECOND_MAX


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def told(answer: TestResponse) -> tuple[str | None, ...]:
    return tuple(answer.headers.get(f"RateLimit-{name}") for name in ("Limit", "Remaining", "Reset"))


def use_up(house: House, program: Program, requests: int = ALL) -> None:
    key_id = program.headers["Authorization"].split("_")[2]
    house.wiring.key_traffic.take_now({key_id: requests}, house.clock())


def test_the_two_hundred_and_first_request_of_a_second_is_told_to_wait(
    house: House, workspace: UUID, program: Program
) -> None:
    house.run_followed()
    answers = [program.get("/workspace") for _ in range(ALL)]
    before = recorded(house)

    refused = program.track()

    assert {answer.status_code for answer in answers} == {200}
    assert [told(answer) for answer in answers] == [("200", str(ALL - 1 - n), "1") for n in range(ALL)]
    assert error_of(refused) == (429, "rate_limited", None)
    assert told(refused) == ("200", "0", "1")
    assert refused.headers["Retry-After"] == "1"
    assert recorded(house) == before
    assert rows_of(house, workspace) == 0


def test_in_the_next_second_it_may_ask_again(house: House, program: Program) -> None:
    use_up(house, program)
    house.clock.advance(microseconds=999_999)
    refused = program.track()

    house.clock.advance(microseconds=1)
    answer = program.track()

    assert refused.status_code == 429
    assert (answer.status_code, told(answer)) == (201, ("200", "199", "1"))


def test_another_key_of_the_same_workspace_has_a_limit_of_its_own(
    house: House, ana: UUID, workspace: UUID, program: Program
) -> None:
    use_up(house, program)

    answers = [one.track() for one in (program, Program(house, house.key(workspace, ana)))]

    assert [answer.status_code for answer in answers] == [429, 201]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/tree", None, 404),
        ("post", "/track", {}, 422),
        ("post", "/track/batch", {"events": []}, 422),
        ("post", "/track", EVENT, 201),
    ],
)
def test_whatever_a_working_key_is_told_carries_its_limit(
    house: House, program: Program, method: str, path: str, body: object, status: int
) -> None:
    house.run_followed()

    answer = program.get(path) if method == "get" else program.post(path, body)

    assert (answer.status_code, told(answer)) == (status, ("200", "199", "1"))


def test_a_key_without_the_scope_has_its_limit_too(house: House, ana: UUID, workspace: UUID) -> None:
    text = house.key(workspace, ana, scopes=("read",))
    program = Program(house, text)

    answer = program.track()
    use_up(house, program, ALL - 1)
    refused = program.track()

    assert (error_of(answer)[1], told(answer)) == ("scope_missing", ("200", "199", "1"))
    assert (error_of(refused)[1], told(refused)) == ("rate_limited", ("200", "0", "1"))


def test_who_holds_no_working_key_learns_nothing_of_a_limit_and_uses_none_of_it(
    house: House, ana: UUID, workspace: UUID
) -> None:
    text = house.key(workspace, ana)
    key_id = text.split("_")[2]
    false = Program(house, f"hh_live_{key_id}_{'s' * 48}").track()
    house.agency.revoke_key(workspace, ana, key_id, because=house.because(f"person:{ana}"))

    revoked = Program(house, text).track()

    assert [error_of(answer)[1] for answer in (false, revoked)] == ["invalid_api_key", "key_revoked"]
    assert {told(answer) for answer in (false, revoked)} == {(None, None, None)}
    with house.database.connection() as db:
        assert house.wiring.key_traffic.last_used(db, [key_id]) == {}


def test_the_limit_holds_over_two_processes(house: House, program: Program) -> None:
    other = Wiring(settings_of(house.wiring.settings.database, house.wiring.settings.data), clock=house.clock)
    apps = [house.app, create_app(other.services)]

    def ask(number: int) -> int:
        client = apps[number % 2].test_client()
        return client.post("/api/v1/track/batch", json={}, headers=program.headers).status_code

    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(ask, range(300)))
    other.agency.close()
    other.metering.close()
    other.database.close()

    assert sorted(set(statuses)) == [422, 429]
    assert statuses.count(422) == ALL
    assert {*statuses[0::2]} == {*statuses[1::2]} == {422, 429}
