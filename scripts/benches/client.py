"""Clients of the bench: many connections, driven by one thread, so that they cost little."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
STALLED_SECONDS = 30.0


@dataclass
class Measured:
    """What came of a run: answers by status, how long it took, how long each answer took."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Connection:
    def __init__(self, address: tuple[str, int], request: Callable[[], bytes]) -> None:
        self.address = address
        self.request = request
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unsent = b""
        self.head = b""  # of the answer
        self.missing: int | None = None  # bytes of its body, once its head is there
        self.sent_at = 0.0

    def begin(self) -> None:
        self.unsent, self.head, self.missing = self.request(), b"", None
        self.sent_at = time.perf_counter()
        self.go_on()

    def go_on(self) -> None:
        """Send what fits; the rest when there is room again."""
        self.socket.setblocking(False)
        try:
            sent = self.socket.send(self.unsent)
        except BlockingIOError:
            sent = 0
        self.unsent = self.unsent[sent:]

    def status(self) -> int | None:
        """Of the answer, once it is whole; its body is counted, not kept."""
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise ConnectionError("the server closed the connection")
        if self.missing is not None:
            self.missing -= len(piece)
            return None if self.missing else int(self.head.split(b" ", 2)[1])
        self.head += piece
        head, end, body = self.head.partition(HEAD_END)
        if not end:
            return None
        self.head = head.lower()
        self.missing = int(self.head.partition(LENGTH)[2].split(b"\r\n", 1)[0]) - len(body)
        return None if self.missing else int(self.head.split(b" ", 2)[1])


def drive(url: str, requests: list[Callable[[], bytes]], seconds: float) -> Measured:
    """One connection for each maker of requests, each busy until the time is over."""
    parts = urlsplit(url)
    assert parts.hostname == "127.0.0.1"
    assert parts.port
    connections = [_Connection((parts.hostname, parts.port), one) for one in requests]
    by_number = {one.socket.fileno(): one for one in connections}
    poll = select.epoll()
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    measured, begun = Measured(), time.perf_counter()
    for one in connections:
        one.begin()
        _watch(poll, one)
    busy = len(connections)
    while busy:
        found = poll.poll(STALLED_SECONDS)
        if not found:
            raise TimeoutError("the server does not answer any more")
        for number, event in found:
            busy -= _advance(poll, by_number[number], event, measured, begun + seconds)
    measured.seconds = time.perf_counter() - begun
    for one in connections:
        one.socket.close()
    return measured


def _advance(poll: select.epoll, one: _Connection, event: int, measured: Measured, until: float) -> int:
    """Send on or read on; 1 if this connection has had its last answer."""
    if event & select.EPOLLOUT:
        one.go_on()
        _watch(poll, one)
        return 0
    status = one.status()
    if status is None:
        return 0
    at = time.perf_counter()
    measured.statuses[status] = measured.statuses.get(status, 0) + 1
    measured.latencies.append(at - one.sent_at)
    if at > until:
        poll.unregister(one.socket.fileno())
        return 1
    one.begin()
    _watch(poll, one)
    return 0


def _watch(poll: select.epoll, one: _Connection) -> None:
    poll.modify(one.socket.fileno(), select.EPOLLIN | (select.EPOLLOUT if one.unsent else 0))


def request(path: str, body: bytes, *, key: str, **headers: str) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + HEAD_END + body
