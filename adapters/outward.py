"""One exchange over HTTP with an address that somebody typed: bounded in time and size, and never inside.

Which address a name leads to is asked once, and the connection goes to what was answered: so no name can
lead elsewhere between the look and the call.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from domain.addresses import is_public

EXCHANGE_SECONDS = 5.0  # from the name to the last byte
ANSWER_MAX = 64 * 1024  # bytes
EXCHANGES_MAX = 4  # at once in a process, so that what is slow elsewhere keeps few of us waiting
PIECE = 8 * 1024
SELF = ("127.0.0.1", "localhost")


class NotAllowed(Exception):
    """An address that we do not call; nothing was sent."""


class Away(Exception):
    """Nobody answered in time, or not with an answer that we take."""


class Bounds(threading.local):
    """The exchange that this thread is in."""

    until = 0.0
    resolving: ThreadPoolExecutor | None = None
    handles: list[socket.socket]


_bounds = Bounds()


def _left() -> float:
    seconds = _bounds.until - time.monotonic()
    if seconds <= 0:
        raise Away("it took too long")
    return seconds


def _connect(host: str, port: int, *, inside: bool) -> socket.socket:
    """`inside` is this machine and nothing else; otherwise it is everywhere but inside."""
    assert _bounds.resolving is not None
    asked = _bounds.resolving.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = [(family, place) for family, _, _, _, place in asked.result(timeout=_left())]
    except (OSError, UnicodeError, TookTooLong):
        raise Away("its name leads nowhere") from None
    for family, place in found:
        if (ip_address(place[0]).is_loopback if inside else is_public(str(place[0]))) is False:
            raise NotAllowed("it is not on the public internet")
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left())
            connection.connect(place)
        except OSError:
            connection.close()
            continue
        _bounds.handles.append(connection.dup())
        return connection
    raise Away("it does not answer")


class _Inside(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self.host, self.port or 80, inside=True)


class _Outside(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self.host, self.port or 443, inside=False)


class _InsidePool(HTTPConnectionPool):
    ConnectionCls = _Inside


class _OutsidePool(HTTPSConnectionPool):
    ConnectionCls = _Outside


class Outward(HTTPAdapter):
    """HTTPS everywhere; with `loopback_too`, for the demo, plain HTTP on this machine as well."""

    def __init__(self, *, loopback_too: bool, seconds: float = EXCHANGE_SECONDS) -> None:
        self.loopback_too = loopback_too
        self.seconds = seconds
        self._resolving = ThreadPoolExecutor(EXCHANGES_MAX, thread_name_prefix="resolve")
        self._places = threading.BoundedSemaphore(EXCHANGES_MAX)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _InsidePool, "https": _OutsidePool}

    def session(self) -> Session:
        session: Session = outward(Session(), self)
        return session

    def may_call(self, url: str) -> bool:
        """Whether an address is of a kind that we call; where its name leads is looked at when we do."""
        try:
            parts = urlsplit(url)
            plain = not (parts.username or parts.password or parts.fragment) and (parts.port or 1) > 0
        except ValueError:
            return False
        if not (plain and parts.hostname and url.isascii() and url.isprintable() and " " not in url):
            return False
        return parts.scheme == "https" or (
            parts.scheme == "http" and self.loopback_too and parts.hostname in SELF
        )

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """NotAllowed, Away; a redirect is an answer that we do not take."""
        if not self.may_call(request.url or ""):
            raise NotAllowed("its address is not https")
        request.headers.update({"Accept-Encoding": "identity", "Connection": "close"})
        with self._bounded():
            try:
                response = super().send(request, stream=True, timeout=self.seconds, verify=True)
                content = _read(response)
            except (RequestException, HTTPError, OSError, ValueError):
                raise Away("it does not answer as it should") from None
            _left()  # what was cut off may look like an answer that is whole
        if response.is_redirect:
            raise Away("it leads elsewhere")
        response._content = content
        return response

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """When the time is over, whatever is read or written ends at once."""
        if not self._places.acquire(timeout=self.seconds):
            raise Away("too many wait for an answer already")
        _bounds.until = time.monotonic() + self.seconds
        handles: list[socket.socket] = []
        _bounds.resolving, _bounds.handles = self._resolving, handles
        end = threading.Timer(self.seconds, _cut, (handles,))
        end.daemon = True
        end.start()
        try:
            yield
        finally:
            end.cancel()
            for handle in handles:
                handle.close()
            self._places.release()


def outward(session: Session, adapter: Outward) -> Any:
    """A session that calls through this adapter, and knows no proxy, no password file and no variable."""
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session


def _cut(handles: list[socket.socket]) -> None:
    for handle in handles:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)


def _read(response: Response) -> bytes:
    content = b""
    for piece in response.raw.stream(PIECE, decode_content=False):
        content += piece
        if len(content) > ANSWER_MAX:
            response.raw.close()
            raise Away("its answer is too long")
    return content
