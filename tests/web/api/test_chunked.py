"""A body that comes in chunks, without a word of its length, is held to the same limit as any other."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from werkzeug.serving import BaseWSGIServer, make_server

from tests.house import House
from tests.web.api.asking import EVENT, Program, recorded
from web.app import BODY_MAX

CHUNK = 1 << 16
ANSWER_SECONDS = 20


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


@pytest.fixture
def server(house: House) -> Iterator[BaseWSGIServer]:
    """The house on a real socket: only a server knows of chunks."""
    built = make_server("127.0.0.1", 0, house.app)
    thread = threading.Thread(target=built.serve_forever)
    thread.start()
    yield built
    built.shutdown()
    thread.join()
    built.server_close()


def sent(server: BaseWSGIServer, program: Program, body: bytes, *, chunked: bool) -> tuple[int, dict]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=ANSWER_SECONDS)
    pieces = (body[at : at + CHUNK] for at in range(0, len(body), CHUNK))
    connection.request(
        "POST",
        "/api/v1/track",
        body=pieces if chunked else body,
        headers={"Content-Type": "application/json", **program.headers},
        encode_chunked=chunked,
    )
    answer = connection.getresponse()
    told = answer.status, json.loads(answer.read())
    connection.close()
    return told


def padded(size: int) -> bytes:
    """A good event, and spaces after it."""
    return json.dumps(EVENT).encode().ljust(size)


@pytest.mark.parametrize("over", [1, CHUNK])
def test_a_body_in_chunks_that_is_too_large_is_refused_in_the_same_words(house, server, program, over):
    before = recorded(house)

    chunked = sent(server, program, padded(BODY_MAX + over), chunked=True)

    whole = program.post("/track", raw=padded(BODY_MAX + over))
    assert chunked == (413, whole.get_json())
    assert recorded(house) == before


@pytest.mark.parametrize("size", [0, BODY_MAX - 1, BODY_MAX])
def test_a_body_in_chunks_that_fits_is_taken(server, program, size):
    assert sent(server, program, padded(size), chunked=True)[0] == 201
