"""Heartwood as `scripts/run` starts it, in a directory of the test's own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.postgres.embedded.child import processes_in
from scripts.ports import free_port
from tests.waiting import until

START_SECONDS_MAX = 90
STOP_SECONDS_MAX = 30
KILLED_SECONDS_MAX = 5

# What would make a start on the developer's machine another one than in CI.
NOT_HANDED_ON = (
    *("DATABASE_URL", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "HEARTWOOD_HOST"),
    *("HEARTWOOD_PUBLIC_URL", "HEARTWOOD_SMTP_URL", "HEARTWOOD_MAIL_FROM", "HEARTWOOD_TRUSTED_PROXIES"),
    "HEARTWOOD_WEB_DATABASE_URL",
)

_ASK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Heartwood:
    """A start of Heartwood, whether it succeeds or not."""

    process: subprocess.Popen[bytes]
    data: Path
    port: int
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self) -> dict[str, Any]:
        until(lambda: self.process.poll() is not None or self.is_ready(), seconds=START_SECONDS_MAX)
        assert self.process.poll() is None, self.output
        facts: dict[str, Any] = json.loads((self.data / "ready.json").read_text())
        return facts

    def is_ready(self) -> bool:
        return f"Heartwood is ready: http://127.0.0.1:{self.port}\n" in self.output

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS_MAX)

    def processes(self) -> list[int]:
        """Every process of this start but the parent, found by what it was told or where it works."""
        return processes_in((self.data / "postgres").resolve()) + processes_told_of(self.data)


def processes_told_of(data: Path) -> list[int]:
    told = b"HEARTWOOD_DATA=" + os.fsencode(data) + b"\0"
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if told in environ.read_bytes():
                found.append(int(environ.parent.name))
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return found


def start(data: Path, *options: str, environ: Mapping[str, str] | None = None, port: int = 0) -> Heartwood:
    port = port or free_port()
    log = data.with_name(f"{data.name}-{port}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "scripts.up", "--data", str(data), "--port", str(port), *options],
            env={name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON}
            | dict(environ or {}),
            cwd=data.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Heartwood(process, data, port, log)


@contextmanager
def started(
    data: Path, *options: str, environ: Mapping[str, str] | None = None
) -> Iterator[tuple[Heartwood, dict[str, Any]]]:
    """A Heartwood that is ready, with what it tells programs; stopped at the end."""
    heartwood = start(data, *options, environ=environ)
    try:
        yield heartwood, heartwood.wait_until_ready()
    finally:
        if heartwood.process.poll() is None:
            heartwood.stop()


def refusal(data: Path, *options: str, environ: Mapping[str, str] | None = None, port: int = 0) -> str:
    """What a start says that must not succeed."""
    heartwood = start(data, *options, environ=environ, port=port)
    code = heartwood.process.wait(START_SECONDS_MAX)
    assert code == 1, heartwood.output
    return heartwood.output


def status_of(url: str) -> int:
    try:
        with _ASK.open(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
