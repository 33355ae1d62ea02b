"""What the lane does not take: a request that may have to be told an error is read where errors are told."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.house import House
from tests.web.api.asking import EVENT, Program, error_of
from tests.web.api.singly import request
from web.api.singles import Singles


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        b'{"agent_id":"a","task_type":"other","outcome":"success","unknown":1}',
        b'{"agent_id":"a","task_type":"other","outcome":"success","agent_id":"b"}',
        b'{"agent_id":"a","task_type":"no such","outcome":"success"}',
        b'{"agent_id":"\\u0061","task_type":"other","outcome":"success"}',
        b'{"agent_id":"\xff","task_type":"other","outcome":"success"}',
        b'{"agent_id":"a","task_type":"other","outcome":"success"} x',
        b'{"agent_id":"a","task_type":"other","outcome":"success","agent_cost":1e400}',
        b'{"metadata":' + b"[" * 10_000,
    ],
)
def test_a_body_that_has_to_be_looked_at_closely_is_read_elsewhere(
    singles: Singles, known: Program, raw: bytes
) -> None:
    assert singles.read(request(known, raw=raw)) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Idempotency-Key": "two words"},
        {"Idempotency-Key": "k" * 256},
        {"Idempotency-Key": ""},
        {"Authorization": ""},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": f"Bearer hh_live_{'k' * 8}_{'s' * 48}"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_what_a_header_makes_another_request_is_read_elsewhere(
    singles: Singles, known: Program, headers: dict[str, str]
) -> None:
    assert singles.read(request(known, **headers)) is None


def test_the_false_secret_of_a_known_key_is_nobodys(singles: Singles, known: Program) -> None:
    changed = known.headers["Authorization"][:-1] + "-"
    other = known.headers["Authorization"].replace("hh_live_", "hh_test_")
    another = known.headers["Authorization"].swapcase()

    assert [singles.read(request(known, Authorization=one)) for one in (changed, other, another)] == [
        None
    ] * 3


def test_a_key_that_was_not_seen_before_is_looked_up_elsewhere(singles: Singles, program: Program) -> None:
    first = singles.read(request(program))
    program.track()

    assert first is None
    assert singles.read(request(program)) is not None


def test_a_key_without_the_scope_is_told_so_elsewhere(
    house: House, singles: Singles, ana: UUID, workspace: UUID
) -> None:
    reader = Program(house, house.key(workspace, ana, scopes=("read",)))
    assert error_of(reader.post("/track", EVENT))[1] == "scope_missing"

    assert singles.read(request(reader)) is None
