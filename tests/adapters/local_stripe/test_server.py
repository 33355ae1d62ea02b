"""Does the local Stripe work as a process, over real HTTP?"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from adapters.local_stripe.server import READY
from adapters.stripe.gateway import StripeGateway, connect
from tests.adapters.local_stripe.bright_signal import KEY, SECRET, a_checkout
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Listener:
    """A webhook endpoint that answers what it is told, and keeps what it got."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[bytes, str]] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_port}/webhooks/stripe"


@contextmanager
def listening(*answers: int) -> Iterator[Listener]:
    listener = Listener(list(answers))

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.got.append((body, self.headers["Stripe-Signature"]))
            self.send_response(listener.answers.pop(0) if listener.answers else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    listener.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=listener.server.serve_forever, daemon=True).start()
    try:
        yield listener
    finally:
        listener.server.shutdown()
        listener.server.server_close()


@contextmanager
def running(state_dir: Path, webhook_url: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The process and its address."""
    command = [sys.executable, "-m", "adapters.local_stripe", "--port", "0", "--data", str(state_dir)]
    command += ["--webhook-url", webhook_url, "--webhook-secret", SECRET]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith(READY)
        yield line.removeprefix(READY).strip(), process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def a_gateway_at(url: str) -> StripeGateway:
    return connect(KEY, base_url=url, webhook_secret=SECRET, timeout_seconds=5)


def pay(url: str, checkout_id: str) -> requests.Response:
    return requests.post(
        f"{url}/c/pay/{checkout_id}", data={"button": "pay"}, allow_redirects=False, timeout=5
    )


def leap(url: str, to: datetime) -> requests.Response:
    """All the way, at whose stops there is somebody to wait for."""
    return requests.post(f"{url}/_local/advance", json={"to": to.isoformat()}, timeout=60)


def test_notices_are_delivered_signed_and_again_after_a_500(tmp_path: Path) -> None:
    with listening(500) as listener, running(tmp_path, listener.url) as (url, _):
        gateway = a_gateway_at(url)
        pay(url, a_checkout(gateway))

        until(lambda: len(listener.got) >= 6)

        read = [
            gateway.read_notice(body, signature, now=datetime.now(UTC)) for body, signature in listener.got
        ]
        assert len({notice.notice_id for notice in read}) == 5
        assert [notice.notice_id for notice in read].count(read[0].notice_id) == 2
        assert gateway.live_subscriptions("cus_000001")[0].plan == "agency"


def test_what_nobody_listened_to_is_delivered_after_a_restart(tmp_path: Path) -> None:
    with running(tmp_path, "http://127.0.0.1:9/") as (url, _):
        pay(url, a_checkout(a_gateway_at(url)))

    with listening() as listener, running(tmp_path, listener.url):
        until(lambda: len(listener.got) >= 5)

    assert len(listener.got) == 5


def test_the_clock_is_moved_and_the_end_is_told(tmp_path: Path) -> None:
    with listening() as listener, running(tmp_path, listener.url) as (url, _):
        gateway = a_gateway_at(url)
        pay(url, a_checkout(gateway))
        seen = gateway.live_subscriptions("cus_000001")[0]
        gateway.schedule_cancellation(seen.subscription_id, "cancel-1")

        moved = leap(url, seen.cycle_ends_at)

        until(lambda: any(b"customer.subscription.deleted" in body for body, _ in listener.got))
        assert moved.status_code == 200
        body, signature = listener.got[-1]
        assert (
            gateway.read_notice(body, signature, now=datetime.now(UTC)).type
            == "customer.subscription.deleted"
        )


def test_a_leap_waits_at_a_periods_end_for_whoever_acts_on_its_notices(tmp_path: Path) -> None:
    with listening() as listener, running(tmp_path, listener.url) as (url, _):
        gateway = a_gateway_at(url)
        pay(url, a_checkout(gateway))
        seen = gateway.live_subscriptions("cus_000001")[0]
        leaping = threading.Thread(target=leap, args=(url, seen.cycle_ends_at + timedelta(days=7)))
        leaping.start()

        until(lambda: any(b'"subscription_cycle"' in body for body, _ in listener.got))
        before = seen.cycle_ends_at - timedelta(seconds=1)
        gateway.report_overage(customer_id=seen.customer_id, identifier="ov:1", quantity=1_000, at=before)
        leaping.join()

        invoice = gateway.invoices(seen.subscription_id)[0]
        assert (invoice.status, invoice.total_cents) == ("paid", 24_900 + 500)


def test_a_leap_does_not_wait_for_ever_for_a_listener_that_is_away(tmp_path: Path) -> None:
    with running(tmp_path, "http://127.0.0.1:9/") as (url, _):
        gateway = a_gateway_at(url)
        pay(url, a_checkout(gateway))
        seen = gateway.live_subscriptions("cus_000001")[0]

        moved = leap(url, seen.cycle_ends_at + timedelta(hours=2))

        assert moved.status_code == 200
        assert datetime.fromisoformat(moved.json()["now"]) >= seen.cycle_ends_at + timedelta(hours=2)
        assert gateway.invoices(seen.subscription_id)[0].status == "draft"


def test_nobody_else_reads_what_it_keeps(tmp_path: Path) -> None:
    with running(tmp_path / "stripe", "http://127.0.0.1:9/"):
        kept = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "stripe").glob("stripe*")}

        assert kept == {"stripe.sqlite3": 0, "stripe.sqlite3-shm": 0, "stripe.sqlite3-wal": 0}
        assert (tmp_path / "stripe").stat().st_mode & 0o077 == 0


def test_it_stops_at_once_when_it_is_told_to(tmp_path: Path) -> None:
    with running(tmp_path, "http://127.0.0.1:9/") as (url, process):
        requests.get(url, timeout=5)
        began = time.monotonic()

        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=5) == 0
        assert time.monotonic() - began < 2


def test_two_do_not_share_a_directory(tmp_path: Path) -> None:
    with running(tmp_path, "http://127.0.0.1:9/"), pytest.raises(AssertionError):
        with running(tmp_path, "http://127.0.0.1:9/"):
            raise ValueError("the second one started")


@pytest.mark.parametrize("host", ["stripe.example", "127.0.0.1.stripe.example"])
def test_it_answers_to_its_own_name_only(tmp_path: Path, host: str) -> None:
    with running(tmp_path, "http://127.0.0.1:9/") as (url, _):
        answer = requests.get(url, headers={"Host": host}, timeout=5)

        assert answer.status_code == 400
