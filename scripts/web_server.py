"""How the web server is set up: what it loads before it forks, and what each of its workers does first.

Nothing is built before the fork: a pool or a thread would not survive it. `scripts/wsgi.py` builds in each
worker.
"""

from __future__ import annotations

import gc
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from flask import Flask
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from adapters import logs
from scripts import wiring  # noqa: F401
from scripts.lane import Lane, Traffic
from web import app  # noqa: F401
from web.api.singles import Singles
from web.api.track import told
from web.services import HEARTWOOD

YIELD_SECONDS = 0.000_1  # for each connection
YIELD_SECONDS_MAX = 0.001  # others wait for their turn in the same loop
REQUEST_SECONDS_MAX = 20.0  # for a request to arrive, from its first byte to the last of its body
ANSWER_SECONDS_MAX = 600.0  # for all of it, with what the client takes to fetch the answer


def post_worker_init(worker: Any) -> None:
    """What was loaded stays; looking through it for garbage took a fifth of the time of a batch."""
    gc.collect()
    gc.freeze()


class RedactedLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """What the server itself says, of requests too if it is told to (`--access-logfile`)."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logs.configure()
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(logs.line_format())


logger_class = RedactedLog


class EvenWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A worker that lets those with fewer connections be first, and waits for nobody without end.

    All workers listen on one socket, and whichever is awake takes what comes: of a client's eight connections
    nearly all, sometimes, which leaves the other cores idle for as long as they live.

    A thread that reads what a client sends a byte at a time is there for nobody else. When the time for that
    is over the client is read no further, as if it had gone: half a request is none, and a whole one is
    answered all the same.

    Who tracks single events on a connection that is kept has the lane (`scripts/lane.py`) and no thread, from
    their second request on. What is not for it comes back with what was read and decided there.
    """

    request_seconds_max = REQUEST_SECONDS_MAX
    answer_seconds_max = ANSWER_SECONDS_MAX

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.under_way: dict[Any, float] = {}  # connections in a thread, and since when
        self.decided: dict[Any, Any] = {}  # of what they asked, before a thread has seen it
        self.lane: Lane | None = None

    def run(self) -> None:
        traffic = self.traffic()
        # On the lane nothing is deciphered, and no line is written for each request.
        if traffic is not None and not self.cfg.is_ssl and not self.cfg.accesslog:
            back = self.method_queue.defer
            self.lane = Lane(traffic, partial(back, self.come_back), partial(back, self.cut_off))
            self.lane.start()
        super().run()

    def traffic(self) -> Traffic | None:
        """What an application answers on a lane; one that is no Heartwood has nothing of the kind."""
        ours = isinstance(self.wsgi, Flask) and HEARTWOOD in self.wsgi.extensions
        return Singles(self.wsgi) if ours else None

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        if self.lane:
            self.lane.end()

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """As the thread worker does it, but for who asks what is for the lane."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        lane = self.lane if self.alive else None
        if not (lane and _begins_with(client, lane.first_line) and lane.take(conn)):
            self.enqueue_req(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Gunicorn keeps room for who comes new, but counts those only who wait in its own loop: with those
        on the lane, too, whoever comes above that is answered and let go."""
        if self.nr_conns > self.max_keepalived:
            req.force_close()
        return super().handle_request(req, conn)

    def come_back(self, conn: Any, received: bytes, decided: Any) -> None:
        """From the lane, with what was read there of a request that is not for it."""
        if decided is not None:
            self.decided[conn] = decided
        conn.parser.unreader.unread(received)
        was_kept: Future[bool] = Future()
        was_kept.set_result(True)
        self.finish_request(conn, was_kept)

    def cut_off(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def accept(self, listener: Any) -> None:
        time.sleep(min(self.nr_conns * YIELD_SECONDS, YIELD_SECONDS_MAX))
        super().accept(listener)

    def handle(self, conn: Any) -> Any:
        self.under_way[conn] = time.monotonic()
        try:
            with told(self.decided.pop(conn, None)):
                return super().handle(conn)
        finally:
            del self.under_way[conn]

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(timeout)
        self.end_what_is_slow(time.monotonic())

    def end_what_is_slow(self, now: float) -> None:
        for conn, since in list(self.under_way.items()):
            if now - since > self.answer_seconds_max:
                _shut(conn.sock, socket.SHUT_RDWR)
            elif now - since > self.request_seconds_max:
                _shut(conn.sock, socket.SHUT_RD)


def _begins_with(client: socket.socket, line: bytes) -> bool:
    with suppress(OSError):
        return client.recv(len(line), socket.MSG_PEEK) == line
    return False


def _shut(connection: socket.socket, how: int) -> None:
    with suppress(OSError):  # the client or the thread has closed it meanwhile
        connection.shutdown(how)
