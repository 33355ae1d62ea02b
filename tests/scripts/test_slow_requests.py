"""A client that is slow, or sends too much, is waited for so long and keeps nobody waiting for longer."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from scripts.ports import HOST, free_port
from scripts.programs import WEB_LIMITS
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
THREADS = 4
SECONDS_MAX = 15
HELLO = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-P", "-m", "gunicorn", "--no-control-socket", "--threads", str(THREADS)]
    command += ["--worker-class", "tests.scripts.impatient.Impatient", "--bind", f"{HOST}:{port}"]
    command += [*WEB_LIMITS, "--graceful-timeout", "1", "--log-level", "critical"]
    with subprocess.Popen(
        [*command, "--chdir", str(ROOT), "tests.scripts.impatient:app"], cwd=ROOT
    ) as server:
        try:
            until(lambda: server.poll() is not None or answers(port), seconds=SECONDS_MAX)
            yield port
        finally:
            server.terminate()


def answers(port: int) -> bool:
    try:
        return told(port, HELLO).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def connect(port: int) -> socket.socket:
    return socket.create_connection((HOST, port), timeout=SECONDS_MAX)


def told(port: int, request: bytes) -> bytes:
    """Everything that is answered, until the connection ends."""
    with connect(port) as client:
        client.sendall(request)
        return rest_of(client)


def rest_of(client: socket.socket) -> bytes:
    parts = []
    try:
        while part := client.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def trickle(client: socket.socket, part: bytes) -> float:
    """Send it again and again, never long apart; how many seconds it was taken for."""
    began = time.monotonic()
    client.settimeout(0.05)
    while time.monotonic() - began < SECONDS_MAX:
        try:
            client.sendall(part)
            if client.recv(65_536) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("begins", "part"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n"),
        (b"GET /", b"x"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["headers", "first line", "body", "chunks"],
)
def test_a_request_that_never_ends_is_ended(port: int, begins: bytes, part: bytes) -> None:
    with connect(port) as client:
        client.sendall(begins)

        seconds = trickle(client, part)

    assert seconds < 6


def test_those_who_are_slow_keep_others_waiting_for_their_time_only(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(THREADS):
            slow = stack.enter_context(connect(port))
            slow.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()

        answer = told(port, HELLO)

    assert answer.startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < 5


def test_who_says_nothing_is_let_go(port: int) -> None:
    with connect(port) as client:
        assert rest_of(client) == b""


def test_who_is_answered_slowly_is_answered(port: int) -> None:
    answer = told(port, b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert answer.endswith(b"0 http 127.0.0.1")


def test_who_does_not_fetch_the_answer_does_not_keep_a_thread(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(THREADS):
            client = stack.enter_context(connect(port))
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        began = time.monotonic()

        answer = told(port, HELLO)

    assert answer.startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < 14


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"x" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 9_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 100 + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
    ids=["line", "field", "fields", "two lengths", "nonsense"],
)
def test_what_is_too_large_or_no_request_is_refused(port: int, request_: bytes, status: bytes) -> None:
    assert told(port, request_).split(b" ")[1] == status


def test_what_a_client_says_of_itself_is_not_believed(port: int) -> None:
    said = b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Ssl: on\r\n"

    answer = told(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + said + b"\r\n")

    assert answer.endswith(b"0 http 127.0.0.1")
