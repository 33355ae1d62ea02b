"""The wire to PostgreSQL, in our hands: a proxy that knows the protocol's messages and cuts between them."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo

SSL_OR_GSS = {80_877_103, 80_877_104}  # asked for in the first packet; a plain wire says no
NO = b"N"
QUERIES = {b"Q", b"P"}
READY_FOR_QUERY = b"Z"
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing is not a good-bye
CHUNK = 65_536
JOIN_SECONDS = 10


class AtCommit(Enum):
    """What becomes of the next COMMIT."""

    DROP_ANSWER = "the server does it, and its answer is lost"
    HOLD = "the client is cut off, and the server gets it later"


@dataclass
class Messages:
    """Bytes in, whole messages out; a client's first packets have no type."""

    typed: bool
    kept: bytes = b""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self.kept += chunk
        while len(self.kept) >= 4 + self.typed:
            length = int.from_bytes(self.kept[self.typed : self.typed + 4]) + self.typed
            if len(self.kept) < length:
                return
            message, self.kept = self.kept[:length], self.kept[length:]
            yield message


@dataclass(eq=False)
class Line:
    """One client's connection, and ours to the server on its behalf."""

    client: socket.socket
    server: socket.socket
    asked: Messages = field(default_factory=lambda: Messages(typed=False))
    said: Messages = field(default_factory=lambda: Messages(typed=True))
    silenced: bool = False  # what the server says is not passed on
    cut: bool = False

    def cut_off(self) -> None:
        self.cut = True
        hang_up(self.client)
        hang_up(self.server)


def hang_up(end: socket.socket) -> None:
    """What the other side has received it may still read; everything after that fails."""
    with contextlib.suppress(OSError):
        if end.family == socket.AF_INET:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    end.close()


def at_once(end: socket.socket) -> socket.socket:
    """Each message travels by itself, and does not wait for the next one."""
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return end


class Wire:
    """Counts the messages of both directions once it is armed; the one that is counted out cuts its line."""

    def __init__(self, conninfo: str) -> None:
        self.server = conninfo_to_dict(conninfo)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.conninfo = make_conninfo(conninfo, host="127.0.0.1", port=self.listener.getsockname()[1])
        self.lock = threading.Lock()
        self.lines: set[Line] = set()
        self.threads: list[threading.Thread] = []
        self.dead = False
        self.cuts = 0
        self._left: int | None = None
        self._half = False
        self._at_commit: AtCommit | None = None
        self._release = threading.Event()

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self.die()
        self._release.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(JOIN_SECONDS)
            assert not thread.is_alive()

    # What a test does to the wire.

    def cut_after(self, messages: int, *, half: bool = False) -> None:
        """Cut once so many messages have passed; `half`: of the last one only half of the bytes."""
        with self.lock:
            self._left, self._half = messages, half

    def at_commit(self, what: AtCommit) -> None:
        self._at_commit = what

    def release_commit(self) -> None:
        self._release.set()

    def mend(self) -> None:
        """Nothing will be cut any more."""
        with self.lock:
            self._left = None

    def die(self) -> None:
        """Every line is cut, and every new one at once."""
        with self.lock:
            self.dead = True
            for line in self.lines:
                for end in (line.client, line.server):
                    with contextlib.suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)  # wakes who carries it

    def revive(self) -> None:
        self.dead = False

    # Carrying.

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args)  # type: ignore[arg-type]
        self.threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                if self.dead:
                    hang_up(client)
                    continue
                line = Line(at_once(client), self._connect())
                self.lines.add(line)
            self._start(self._carry, line)

    def _connect(self) -> socket.socket:
        host, port = str(self.server.get("host") or "localhost"), int(self.server.get("port") or 5432)
        if not host.startswith("/"):
            return at_once(socket.create_connection((host, port)))
        end = socket.socket(socket.AF_UNIX)
        end.connect(f"{host}/.s.PGSQL.{port}")
        return end

    def _carry(self, line: Line) -> None:
        try:
            while not line.cut:
                for end in select.select([line.client, line.server], [], [])[0]:
                    chunk = end.recv(CHUNK)
                    if not chunk:
                        return
                    self._carry_chunk(line, end is line.client, chunk)
                    if line.cut:
                        return
        except OSError:
            return  # one end is gone, and so is the other
        finally:
            line.cut_off()
            with self.lock:
                self.lines.discard(line)

    def _carry_chunk(self, line: Line, from_client: bool, chunk: bytes) -> None:
        for message in (line.asked if from_client else line.said).feed(chunk):
            if not from_client:
                self._answer(line, message)
            elif line.asked.typed:
                self._ask(line, message)
            elif int.from_bytes(message[4:8]) in SSL_OR_GSS:
                line.client.sendall(NO)
            else:
                line.asked.typed = True
                self._pass(line, line.server, message)
            if line.cut:
                return

    def _ask(self, line: Line, message: bytes) -> None:
        is_commit = message[:1] in QUERIES and b"COMMIT" in message
        what = self._at_commit if is_commit else None
        if what is None:
            self._pass(line, line.server, message)
            return
        self._at_commit = None
        self.cuts += 1
        if what is AtCommit.HOLD:
            hang_up(line.client)
            self._release.wait()
        else:
            line.silenced = True
        line.server.sendall(message)
        line.cut = what is AtCommit.HOLD

    def _answer(self, line: Line, message: bytes) -> None:
        if not line.silenced:
            self._pass(line, line.client, message)
        elif message[:1] == READY_FOR_QUERY:
            line.cut_off()

    def _pass(self, line: Line, to: socket.socket, message: bytes) -> None:
        with self.lock:
            if self._left is None:
                to.sendall(message)
                return
            self._left -= 1
            is_last = self._left == 0
            to.sendall(message[: len(message) // 2] if is_last and self._half else message)
            if is_last:
                self._left = None
                self.cuts += 1
                line.cut_off()
