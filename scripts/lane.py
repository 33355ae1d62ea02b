"""A lane beside the threads of a web worker: one thread for all connections that track single events."""

from __future__ import annotations

import logging
import os
import selectors
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, Protocol

from web.plain_request import Incomplete

READ_BYTES = 65_536  # what is larger is for a thread of its own
COMPANY_SECONDS = 0.004  # that the first of a round waits for others, if the round before had some
SWEEP_SECONDS = 0.5
REST_SECONDS = 0.5  # for the rest of a request; who takes longer is waited for by a thread

log = logging.getLogger(__name__)


class Traffic(Protocol):
    """What is asked on the lane, and what is answered."""

    first_line: bytes

    def read(self, received: bytes) -> Any | None:
        """What a request asks; None for one that is not for the lane, Incomplete if its rest is missing."""

    def answers(self, asked: Sequence[Any]) -> Sequence[Any]:
        """Of each request the bytes to send, or what was decided of it where others have to answer."""


class Lane:
    """Connections that are kept alive and track, each with one request at a time under way.

    Those who send something else, or are to be told an error, leave with what was read of them and what was
    decided of it. There is nothing to lose: who goes on waiting for an answer is answered or cut off.
    """

    def __init__(
        self,
        traffic: Traffic,
        leave: Callable[[Any, bytes, Any], None],
        close: Callable[[Any], None],
    ) -> None:
        self.first_line = traffic.first_line
        self._traffic = traffic
        self._leave = leave
        self._close = close
        self._joining: deque[Any] = deque()
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)
        self._poller = selectors.DefaultSelector()
        self._poller.register(self._woken, selectors.EVENT_READ)
        self._on: set[Any] = set()
        # By connection: what came of a request, and until when its rest may; what was sent, and what it asks.
        self._begun: dict[Any, tuple[bytes, float]] = {}
        self._round: dict[Any, tuple[bytes, Any]] = {}
        self._had_company = False
        self._over = False  # said by a signal, in whose way no lock may be
        self._closed = False
        self._lock = Lock()
        self._sweep_at = 0.0

    def start(self) -> None:
        Thread(target=self._run, name="lane", daemon=True).start()

    def end(self) -> None:
        """Answer who is waiting, let the others go on elsewhere, and take nobody any more."""
        self._over = True
        self._wake_up()

    def take(self, connection: Any) -> bool:
        """Have a connection that has something to read; False if it is too late for that."""
        with self._lock:
            if not self._closed:
                self._joining.append(connection)
                self._wake_up()
            return not self._closed

    def _wake_up(self) -> None:
        with suppress(BlockingIOError):  # a pipe that is full wakes, too
            os.write(self._wake, b".")

    def _run(self) -> None:
        try:
            while not self._over:
                self._gather()
                self._sweep()  # now, when all that was sent is read, however long the round before took
                if self._round:
                    self._answer()
        except Exception:
            log.exception("the lane for single events has ended; each of them gets a thread again")
        with self._lock:
            self._closed = True
        self._join()
        for connection in self._on & self._round.keys():  # what became of it nobody knows: they ask again
            self._cut_off(connection)
        for connection in list(self._on):
            received, _ = self._begun.get(connection, (b"", 0.0))
            self._give_back(connection, received)

    def _join(self) -> None:
        while self._joining:
            connection = self._joining.popleft()
            self._on.add(connection)
            connection.set_timeout()
            self._poller.register(connection.sock, selectors.EVENT_READ, connection)

    def _off(self, connection: Any) -> None:
        self._on.discard(connection)
        self._begun.pop(connection, None)
        self._poller.unregister(connection.sock)

    def _give_back(self, connection: Any, received: bytes = b"", decided: Any = None) -> None:
        self._off(connection)
        self._leave(connection, received, decided)

    def _gather(self) -> None:
        """Who asks now, and those who usually come with them."""
        more = self._arrived(SWEEP_SECONDS)
        until = time.monotonic() + COMPANY_SECONDS
        while (
            more
            and self._had_company
            and 0 < len(self._round) < len(self._on)
            and (left := until - time.monotonic()) > 0
        ):
            more = self._arrived(left)
        if self._round:
            self._had_company = len(self._round) > 1

    def _arrived(self, seconds: float) -> bool:
        """Read who has sent something; False if one of them goes on before the answer: whoever waits for
        others would be woken by that again and again."""
        more = True
        for key, _ in self._poller.select(seconds):
            if key.data is None:
                os.read(self._woken, READ_BYTES)
                self._join()
            elif key.data in self._round:
                more = False
            else:
                self._read(key.data)
        return more

    def _read(self, connection: Any) -> None:
        try:
            received = connection.sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            self._cut_off(connection)
            return
        begun, until = self._begun.pop(connection, (b"", time.monotonic() + REST_SECONDS))
        received = begun + received
        try:
            asked = self._traffic.read(received)
        except Incomplete:
            self._begun[connection] = received, until
            return
        if asked is None:
            self._give_back(connection, received)
        else:
            self._round[connection] = received, asked

    def _answer(self) -> None:
        answers = self._traffic.answers([asked for _, asked in self._round.values()])
        for (connection, (received, _)), answer in zip(self._round.items(), answers, strict=True):
            if isinstance(answer, bytes):
                self._send(connection, answer)
            else:
                self._give_back(connection, received, answer)
        self._round.clear()

    def _send(self, connection: Any, answer: bytes) -> None:
        """An answer is small: for whom it does not fit has read none of those before."""
        try:
            sent = connection.sock.send(answer)
        except OSError:
            sent = 0
        connection.set_timeout()
        if sent < len(answer):
            self._cut_off(connection)

    def _cut_off(self, connection: Any) -> None:
        self._off(connection)
        self._close(connection)

    def _sweep(self) -> None:
        """Who is slow gets a thread; who says nothing is let go as any connection is."""
        now = time.monotonic()
        if now < self._sweep_at:
            return
        self._sweep_at = now + SWEEP_SECONDS
        for connection, (received, until) in list(self._begun.items()):
            if until < now:
                self._give_back(connection, received)
        silent = self._on - self._begun.keys() - self._round.keys()
        for connection in [one for one in silent if one.timeout < now]:
            self._cut_off(connection)
