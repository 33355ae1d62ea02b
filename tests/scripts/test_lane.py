"""The lane: who tracks on a connection that is kept is answered with others, and anybody else as ever."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from scripts.ports import HOST, free_port
from tests.scripts.laned import LARGE_BYTES, SLOW_SECONDS
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_MAX = 15
TOGETHER = 12
WITH_A_THREAD_SECONDS = 1.2  # the lane waits for half a second, a thread for two


class Client:
    """One connection, kept as long as the server keeps it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=SECONDS_MAX)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.read = self.socket.makefile("rb")

    def send(self, received: bytes) -> None:
        self.socket.sendall(received)

    def answer(self) -> str:
        """The body of the next answer; nothing if the connection has ended."""
        length = None
        while (line := self.read.readline().strip()) and line:
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return "" if length is None else self.read.read(length).decode()

    def ask(self, body: bytes = b"", *, path: str = "/lane") -> str:
        self.send(request(body, path=path))
        return self.answer()

    def hears_nothing(self, seconds: float) -> None:
        self.socket.settimeout(seconds)
        with pytest.raises(TimeoutError):
            self.socket.recv(1)
        self.socket.settimeout(SECONDS_MAX)

    def rest(self) -> bytes:
        """All that comes until the connection ends."""
        pieces = []
        with suppress(ConnectionResetError):
            while piece := self.socket.recv(1 << 20):
                pieces.append(piece)
        return b"".join(pieces)

    def is_let_go(self) -> bool:
        return self.rest() == b""


def request(body: bytes = b"", *, path: str = "/lane") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = [sys.executable, "-P", "-m", "gunicorn", "--no-control-socket", "--threads", "4"]
    command += ["--worker-class", "tests.scripts.laned.Laned", "--bind", f"{HOST}:{port}"]
    command += ["--graceful-timeout", "5", "--log-level", "critical", "--chdir", str(ROOT)]
    with subprocess.Popen([*command, *options, "tests.scripts.laned:app"], cwd=ROOT) as process:
        try:
            until(lambda: process.poll() is not None or listens(port), seconds=SECONDS_MAX)
            yield process, port
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as (_, port):
        yield port


@pytest.fixture
def client(port: int) -> Client:
    """One whose connection is kept: its first request was answered."""
    return kept(port)


def kept(port: int) -> Client:
    client = Client(port)
    assert client.ask(b"first") == "thread None first"
    return client


def listens(port: int) -> bool:
    try:
        return Client(port).ask() == "thread None "
    except OSError:
        return False


def test_on_a_connection_that_is_kept_it_is_the_lane_that_answers(client: Client) -> None:
    assert client.ask(b"a") == "lane 1 a"
    assert client.ask(b"b") == "lane 1 b"


def test_what_is_not_for_it_is_answered_by_a_thread_and_what_comes_then_by_the_lane(client: Client) -> None:
    said = [client.ask(b"a"), client.ask(b"p", path="/page"), client.ask(b"elsewhere"), client.ask(b"b")]

    assert said == ["lane 1 a", "thread None p", "thread None elsewhere", "lane 1 b"]


def test_those_who_ask_at_once_are_answered_together(port: int) -> None:
    clients = [kept(port) for _ in range(TOGETHER)]
    clients[0].send(request(b"slow"))  # the others come together behind it

    for number, client in enumerate(clients[1:]):
        client.send(request(b"%d" % number))

    assert clients[0].answer().endswith("slow")
    said = [client.answer() for client in clients[1:]]
    assert [one.split()[2] for one in said] == [str(number) for number in range(TOGETHER - 1)]
    assert any(int(one.split()[1]) > TOGETHER / 2 for one in said)


def test_a_request_in_pieces_is_waited_for(client: Client) -> None:
    client.ask(b"a")
    head, _, body = request(b"in pieces").partition(b"\r\n\r\n")

    for piece in (head[:30], head[30:], b"\r\n\r\n", body[:3], body[3:]):
        client.send(piece)

    assert client.answer() == "lane 1 in pieces"


def test_the_rest_of_a_request_that_comes_late_is_waited_for_by_a_thread(client: Client) -> None:
    client.ask(b"a")
    client.send(request(b"late")[:-2])
    client.hears_nothing(WITH_A_THREAD_SECONDS)

    client.send(b"te")

    assert client.answer() == "thread None late"


def test_a_request_that_never_ends_is_ended(client: Client) -> None:
    client.ask(b"a")
    client.send(request(b"never")[:-2])

    assert b"never" not in client.rest()


def test_two_requests_in_one_message_are_answered_in_their_order(client: Client) -> None:
    client.ask(b"a")

    client.send(request(b"one") + request(b"two") + request(b"three"))

    assert [client.answer().split()[-1] for _ in range(3)] == ["one", "two", "three"]


def test_a_second_request_before_the_first_is_answered_waits_for_its_turn(client: Client) -> None:
    client.ask(b"a")
    client.send(request(b"slow"))

    client.send(request(b"two"))

    assert [client.answer().split()[-1] for _ in range(2)] == ["slow", "two"]


def test_who_asked_during_a_round_that_took_long_is_answered_and_not_cut_off(
    port: int, client: Client
) -> None:
    client.ask(b"a")
    another = kept(port)
    another.send(request(b"stalled"))
    another.hears_nothing(0.2)  # the round is under way

    client.send(request(b"meanwhile"))

    assert [another.answer(), client.answer()] == ["lane 1 stalled", "lane 1 meanwhile"]


def test_what_was_decided_is_told_to_the_thread_that_answers_and_to_no_other(client: Client) -> None:
    said = [client.ask(b"a"), client.ask(b"decided"), client.ask(b"p", path="/page"), client.ask(b"b")]

    assert said == ["lane 1 a", "thread decided on the lane decided", "thread None p", "lane 1 b"]


def test_who_goes_away_spoils_nothing_for_the_others(port: int) -> None:
    clients = [kept(port) for _ in range(4)]
    for client in clients[:3]:
        client.send(request(b"slow"))
        client.socket.close()
        client.read.close()

    assert [clients[3].ask(b"a").split()[-1], clients[3].ask(b"b")] == ["a", "lane 1 b"]


def test_who_does_not_read_what_is_answered_is_cut_off(port: int, client: Client) -> None:
    client.ask(b"a")
    client.send(request(b"large"))

    assert kept(port).ask(b"b") == "lane 1 b"
    assert len(client.rest()) < LARGE_BYTES


def test_who_says_nothing_is_let_go_as_on_any_connection(client: Client) -> None:
    client.ask(b"a")
    began = time.monotonic()

    assert client.is_let_go()
    assert time.monotonic() - began < 5


def test_those_on_the_lane_leave_room_for_who_comes_new() -> None:
    with serving("--worker-connections", "8") as (_, port):
        crowd = [Client(port) for _ in range(8)]
        for client in crowd:
            client.ask(b"first")
            if not client.ask(b"again"):  # let go, it goes
                client.read.close()
                client.socket.close()
        newcomer = Client(port)
        newcomer.socket.settimeout(1)  # sooner than anybody is let go who says nothing

        assert newcomer.ask(b"a") == "thread None a"


def test_after_a_fault_of_the_lane_threads_answer_again() -> None:
    with serving() as (_, port):
        with_fault, idle = kept(port), kept(port)
        idle.ask(b"a")
        with_fault.send(request(b"fault"))

        assert with_fault.is_let_go()
        assert idle.ask(b"b") == "thread None b"
        other = kept(port)
        assert [other.ask(b"c"), other.ask(b"d")] == ["thread None c", "thread None d"]


def test_a_server_that_stops_answers_who_is_waiting() -> None:
    with serving() as (process, port):
        waiting, idle = kept(port), kept(port)
        idle.ask(b"a")
        waiting.send(request(b"slow"))
        waiting.hears_nothing(SLOW_SECONDS / 2)  # its request is on the lane by then
        process.send_signal(signal.SIGTERM)

        assert waiting.answer() == "lane 1 slow"
        assert waiting.is_let_go()
        assert idle.is_let_go()
        assert process.wait(SECONDS_MAX) == 0
