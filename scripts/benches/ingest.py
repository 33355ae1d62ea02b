"""Ingest: batches and single events over HTTP, against what the database and the web server can do alone."""

from __future__ import annotations

import itertools
import json
import statistics
from collections.abc import Callable, Iterator
from uuid import uuid4

from scripts.benches import raw
from scripts.benches.client import Measured, drive, request
from scripts.benches.result import Result
from scripts.benches.running import Planted, empty_server, heartwood, plant

BENCH = "ingest"
SECONDS = 6.0
ROUNDS = 3
SIZE = 1_000
BATCH_CONNECTIONS = 8
SINGLE_CONNECTIONS = 32
EVENT = {
    "agent_cost": 0.02,
    "agent_id": "voice-17",
    "outcome": "success",
    "task_type": "customer_support",
    "tokens_in": 1_200,
    "tokens_out": 300,
}
STORED = json.dumps(EVENT | {"frozen": {
    "agent_cost_micros": 20_000, "agent_cost_source": "event", "baseline_seconds": 720,
    "baseline_source": "task_type", "hourly_rate_cents": 4_000, "hourly_rate_source": "default",
    "net_saved_micros": 7_980_000, "saved_micros": 8_000_000, "saved_seconds": 720,
}}, separators=(",", ":"))  # fmt: skip


def run() -> Iterator[Result]:
    with heartwood() as (wiring, url), empty_server() as empty_url:
        conninfo = wiring.settings.database
        own = [plant(wiring, 1)[0][0] for _ in range(BATCH_CONNECTIONS)]
        shared = [keys[0] for keys in plant(wiring, 4)] * 2
        many = [plant(wiring, 1)[0][0] for _ in range(SINGLE_CONNECTIONS)]

        def limit(*, keyed: bool) -> float:
            return raw.rows_per_second(
                conninfo,
                STORED,
                connections=BATCH_CONNECTIONS,
                size=SIZE,
                seconds=SECONDS,
                keyed=keyed,
            )

        pairs = [(limit(keyed=False), batches(url, own), batches(url, shared)) for _ in range(ROUNDS)]
        rows, different, same = (statistics.median(column) for column in zip(*pairs, strict=True))
        yield result("batches of 1,000 over 8 connections", different, rows, "events/s", ">= 0.55")
        yield result("the same, in one tree against different ones", same, different, "events/s", ">= 0.8")
        singles = [(empties(empty_url), tracked(url, many)) for _ in range(ROUNDS)]
        bare = statistics.median(one.per_second for one, _ in singles)
        full = statistics.median(one.per_second for _, one in singles)
        yield result("single events over 32 connections", full, bare, "requests/s", ">= 0.5")
        p99 = statistics.median(one.percentile(0.99) for _, one in singles) * 1_000
        p50 = statistics.median(one.percentile(0.5) for _, one in singles) * 1_000
        yield result("single events: p99 against p50", p99, p50, "ms", "<= 10")


def result(case: str, value: float, raw_value: float, unit: str, goal: str) -> Result:
    return Result(
        bench=BENCH, case=case, value=value, unit=unit, raw=raw_value, ratio=value / raw_value, goal=goal
    )


def batches(url: str, planted: list[Planted]) -> float:
    """Events a second; each has an idempotency key of its own."""
    measured = drive(url, [_batches_of(one) for one in planted], SECONDS)
    _all_are(measured, 200)
    return measured.per_second * SIZE


def _batches_of(planted: Planted) -> Callable[[], bytes]:
    event = json.dumps(EVENT, separators=(",", ":"))[:-1]
    numbers, run_id = itertools.count(), uuid4().hex[:20]

    def make() -> bytes:
        first = next(numbers) * SIZE
        events = [f'{event},"idempotency_key":"{run_id}-{first + one:015d}"}}' for one in range(SIZE)]
        return request("/api/v1/track/batch", f'{{"events":[{",".join(events)}]}}'.encode(), key=planted.key)

    return make


def tracked(url: str, planted: list[Planted]) -> Measured:
    """One event a request, each with an idempotency key."""
    body = json.dumps(EVENT).encode()

    def single(one: Planted) -> Callable[[], bytes]:
        return lambda: request("/api/v1/track", body, key=one.key, Idempotency_Key=uuid4().hex)

    measured = drive(url, [single(one) for one in planted], SECONDS)
    _all_are(measured, 201)
    return measured


def empties(url: str) -> Measured:
    body = json.dumps(EVENT).encode()
    sent = request("/empty", body, key="none", Idempotency_Key=uuid4().hex)
    measured = drive(url, [lambda: sent] * SINGLE_CONNECTIONS, SECONDS)
    _all_are(measured, 201)
    return measured


def _all_are(measured: Measured, status: int) -> None:
    if set(measured.statuses) != {status}:
        raise AssertionError(f"answered {measured.statuses}, and not only {status}")
