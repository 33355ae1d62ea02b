"""A body may come packed: within the same limit, whole, as gzip, and refused in clear words otherwise."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from tests.house import House
from tests.web.api.asking import EVENT, Program, error_of, recorded, rows_of, used
from web.app import BODY_MAX

BODIES = {"/track": EVENT, "/track/batch": {"events": [EVENT, EVENT]}}


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def plain(path: str) -> bytes:
    return json.dumps(BODIES[path]).encode()


def sent(program: Program, path: str, body: bytes, encoding: str = "gzip") -> TestResponse:
    return program.post(path, raw=body, Content_Encoding=encoding)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZip "])
def test_a_packed_event_is_recorded(house, workspace, program, encoding):
    answer = sent(program, "/track", gzip.compress(plain("/track")), encoding)

    assert (answer.status_code, answer.get_json()["counted"]) == (201, True)
    assert (rows_of(house, workspace), used(house, workspace)) == (1, {"2026-03-01": 1})


def test_a_packed_batch_is_recorded(house, workspace, program):
    answer = sent(program, "/track/batch", gzip.compress(plain("/track/batch")))

    assert (answer.status_code, answer.get_json()["recorded"]) == (200, 2)
    assert (rows_of(house, workspace), used(house, workspace)) == (2, {"2026-03-01": 2})


def test_packed_or_not_it_is_the_same_body_under_one_key(program):
    first = program.track(key="order-1")

    again = program.post(
        "/track", raw=gzip.compress(plain("/track")), Content_Encoding="gzip", Idempotency_Key="order-1"
    )

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data == first.data


def test_a_body_of_exactly_the_limit_is_taken(program):
    body = plain("/track").ljust(BODY_MAX)

    assert sent(program, "/track", gzip.compress(body)).status_code == 201


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("size", [BODY_MAX + 1, 50 * BODY_MAX])
def test_what_is_too_large_when_it_is_unpacked_is_refused(house, program, path, size):
    bomb, before = gzip.compress(plain(path).ljust(size)), recorded(house)

    answer = sent(program, path, bomb)

    assert len(bomb) < BODY_MAX
    assert error_of(answer) == (413, "too_large", None)
    assert recorded(house) == before


def spoilt(body: bytes) -> dict[str, bytes]:
    packed = gzip.compress(body)
    return {
        "cut off": packed[:-9],
        "without its checksum": packed[:-8],
        "with half of its checksum": packed[:-2],
        "with a wrong checksum": packed[:-8] + bytes(4) + packed[-4:],
        "with something behind it": packed + b"x",
        "with a second one behind it": packed + packed,
        "the header alone": packed[:10],
        "empty": b"",
        "not packed": body,
        "zlib's own format": zlib.compress(body),
        "packed twice": gzip.compress(packed),
        "packed, and no JSON": gzip.compress(b"{"),
    }


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("fault", spoilt(b""))
def test_what_is_no_gzip_of_a_body_is_refused(house, program, path, fault):
    before = recorded(house)

    answer = sent(program, path, spoilt(plain(path))[fault])

    assert error_of(answer) == (422, "validation_error", None)
    assert recorded(house) == before


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "gzip;q=1", ""])
def test_another_packing_is_refused_and_the_answer_names_the_one_to_use(house, program, path, encoding):
    before = recorded(house)

    answer = sent(program, path, zlib.compress(plain(path)), encoding)

    assert error_of(answer) == (415, "unsupported_media_type", None)
    assert "gzip" in json.dumps(answer.get_json())
    assert recorded(house) == before


def test_after_all_that_the_event_counts_once(house, workspace, program):
    body = gzip.compress(plain("/track"))
    for wrong in (body[:-1], body + b"x", plain("/track")):
        sent(program, "/track", wrong)

    answer: Any = sent(program, "/track", body)

    assert UUID(answer.get_json()["event_id"]).version == 7
    assert (rows_of(house, workspace), used(house, workspace)) == (1, {"2026-03-01": 1})
