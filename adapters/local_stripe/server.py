"""The local Stripe as a process: it answers on the loopback, keeps time, and delivers its notices."""

from __future__ import annotations

import fcntl
import logging
import signal
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from adapters.local_stripe import notices
from adapters.local_stripe.engine import LocalStripe
from adapters.local_stripe.hearing import Hearing
from adapters.local_stripe.notices import Attempt

HOST = "127.0.0.1"
TICK_SECONDS = 1.0
IDLE_SECONDS = 0.1
POST_TIMEOUT_SECONDS = 10
log = logging.getLogger(__name__)

READY = "Local Stripe is ready:"


def serve(port: int, state_dir: Path, webhook_url: str, webhook_secret: str) -> None:
    """Until it is told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (state_dir / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # two on one directory would number alike
        engine = LocalStripe(state_dir, lambda: datetime.now(UTC), webhook_secret)
        engine.app.config["TRUSTED_HOSTS"] = [HOST, "localhost"]
        server = make_server(HOST, port, engine.app, threaded=True, request_handler=Quiet)
        engine.account.base_url = f"http://{HOST}:{server.server_port}"
        notices.listen(engine.account, webhook_url)
        stop = threading.Event()
        hearing = Hearing(engine, stop)
        engine.hear = hearing.wait
        _in_background(stop, TICK_SECONDS, lambda: engine.advance(engine.now()))
        _in_background(stop, IDLE_SECONDS, lambda: deliver(engine, webhook_url, stop, hearing))
        print(f"{READY} {engine.account.base_url}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            stop.set()


class Quiet(WSGIRequestHandler):
    """Writes no access log: the address of a portal session is a secret."""

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        """Whoever waits for an answer is to learn that there is none."""
        self.close_connection = True

    def log(self, type: str, message: str, *args: object) -> None:
        pass


def _in_background(stop: threading.Event, every_seconds: float, work: Callable[[], None]) -> None:
    def loop() -> None:
        while not stop.wait(every_seconds):
            try:
                work()
            except Exception:
                log.exception("a beat failed; the next one tries again")

    threading.Thread(target=loop, daemon=True).start()


def deliver(engine: LocalStripe, webhook_url: str, stop: threading.Event, hearing: Hearing) -> None:
    """Send what is due, one at a time, each signed as it leaves."""
    while not stop.is_set():
        now = engine.account.clock().timestamp()
        with engine.store.transaction():
            found = notices.attempts(engine.account, int(now), now, 1)
        if not found:
            return
        attempt = found[0]
        copies = 2 if engine.knobs()["twice"] else 1
        if attempt.lost and engine.knobs()["lose_for_good"]:
            notices.lose(engine.account, attempt.notice.notice_id)
        elif not attempt.lost and all(_posted(webhook_url, attempt) for _ in range(copies)):
            hearing.acknowledged()
            notices.arrived(engine.account, attempt)
        else:
            notices.failed(engine.account, attempt, engine.account.clock().timestamp())


def _posted(webhook_url: str, attempt: Attempt) -> bool:
    headers = {"Content-Type": "application/json", "Stripe-Signature": attempt.notice.signature}
    asked = urllib.request.Request(webhook_url, data=attempt.notice.body, headers=headers, method="POST")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect())
    try:
        with direct.open(asked, timeout=POST_TIMEOUT_SECONDS) as answer:
            return bool(200 <= answer.status < 300)
    except (urllib.error.URLError, OSError):
        return False


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is not a 2xx, and Stripe does not follow it."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None
