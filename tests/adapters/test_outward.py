"""A call to an address that somebody typed goes out into the open, ends in time, and takes no long answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from adapters.outward import ANSWER_MAX, Away, NotAllowed, Outward
from domain.addresses import is_public

SECONDS = 0.5
INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
    *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::"),
]


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that takes one connection, reads a request and does this with it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4_096)
                try:
                    answer(connection)
                except OSError:
                    return  # the caller has hung up

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join(5)


def of(body: bytes, head: bytes = b"HTTP/1.1 200 OK") -> Callable[[socket.socket], None]:
    length = f"Content-Length: {len(body)}".encode()
    return lambda connection: connection.sendall(head + b"\r\n" + length + b"\r\n\r\n" + body)


def call(url: str, *, loopback_too: bool = True) -> bytes:
    answer = Outward(loopback_too=loopback_too, seconds=SECONDS).session().get(url)
    return bytes(answer.content)


def test_what_is_inside_is_not_public():
    assert [address for address in INSIDE if is_public(address)] == []
    assert all(map(is_public, ("93.184.216.34", "2606:4700:4700::1111", "::ffff:93.184.216.34")))


def test_an_answer_is_brought_back():
    with answering(of(b"hello")) as url:
        assert call(url) == b"hello"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:9/", "http://example.com/", "https://ana:secret@example.com/"),
        *("https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/latest"),
        *("https://2130706433/", "https://0x7f.1/", "https://[::ffff:10.0.0.1]/", "https://0/"),
    ],
)
def test_what_is_not_https_to_the_open_is_not_called(url):
    with pytest.raises(NotAllowed):
        call(url, loopback_too=False)


@pytest.mark.parametrize(
    "url",
    [
        *("", "https://", "https:///x", "//example.com/", "example.com", "ftp://example.com/", "file:///etc"),
        *("https://example.com:99999/", "https://ex ample.com/", "https://example.com/#x", "javascript:1"),
        *("https://exämple.com/", "https://example.com/\n", "https://ana@example.com/", "https://[::1/"),
    ],
)
def test_what_cannot_be_an_address_of_ours_is_known_by_its_look(url):
    assert not Outward(loopback_too=True).may_call(url)


def test_in_the_demo_plain_http_reaches_this_machine_and_no_other():
    for url in ("http://10.0.0.1/", "http://example.com/", "http://127.0.0.2/", "https://127.0.0.1/"):
        with pytest.raises(NotAllowed):
            call(url)


def test_a_name_that_leads_nowhere_and_a_port_where_nobody_listens_are_away():
    for url in ("http://127.0.0.1:1/", "https://nowhere.invalid/"):
        with pytest.raises(Away):
            call(url)


def test_a_redirect_is_not_followed():
    with answering(of(b"", b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/")) as url:
        with pytest.raises(Away, match="leads elsewhere"):
            call(url)


def test_an_answer_may_have_64_kib_and_not_a_byte_more():
    with answering(of(b"x" * ANSWER_MAX)) as url:
        assert len(call(url)) == ANSWER_MAX

    with answering(of(b"x" * (ANSWER_MAX + 1))) as url:
        with pytest.raises(Away, match="too long"):
            call(url)


def dripping(first: bytes) -> Callable[[socket.socket], None]:
    """A byte now and then, for ever: each is in time, the whole is not."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(200):
            connection.sendall(b"x")
            threading.Event().wait(0.05)

    return answer


@pytest.mark.parametrize(
    "first",
    [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"],
    ids=["head", "body"],
)
def test_what_drips_is_cut_off_in_time(first):
    began = time.monotonic()

    with answering(dripping(first)) as url, pytest.raises(Away):
        call(url)

    assert time.monotonic() - began < SECONDS + 2


def test_silence_ends_in_time():
    began = time.monotonic()

    with answering(lambda connection: threading.Event().wait(3) and None) as url, pytest.raises(Away):
        call(url)

    assert time.monotonic() - began < SECONDS + 4
