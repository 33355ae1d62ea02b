"""Ingest: batches and single events over HTTP, against what the database and the web server can do alone."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable, Iterator
from uuid import uuid4

from scripts.benches import raw
from scripts.benches.client import Measured, drive, request
from scripts.benches.many import fill, memory_bytes
from scripts.benches.result import Result
from scripts.benches.running import Planted, Running, empty_server, heartwood, plant

BENCH = "ingest"
SECONDS = 6.0
ROUNDS = 3
EVENTS = 2_000_000
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
ANSWER = json.dumps({
    "event_id": str(uuid4()), "workspace_id": str(uuid4()), "received_at": "2026-01-31T12:00:00.000000+00:00",
    "counted": True, "baseline_minutes": 12.0, "baseline_source": "task_type", "hourly_rate_cents": 4_000,
    "hourly_rate_source": "default", "agent_cost_micros": 20_000, "agent_cost_source": "event",
    "hours_saved": 0.2, "saved_micros": 8_000_000, "net_saved_micros": 7_980_000, "currency": "eur",
    "audit_sample": None,
}, separators=(",", ":"))  # fmt: skip


def run() -> Iterator[Result]:
    with heartwood() as running, empty_server() as empty_url:
        wiring, url = running.wiring, running.url
        own = [plant(wiring, 1)[0][0] for _ in range(BATCH_CONNECTIONS)]
        shared = [keys[0] for keys in plant(wiring, 4)] * 2
        many = [plant(wiring, 1)[0][0] for _ in range(SINGLE_CONNECTIONS)]
        # The first round goes into tables that are empty and fit into memory, as nobody meets them again.
        pairs = [(_limit(running), batches(url, own), batches(url, shared)) for _ in range(1 + ROUNDS)][1:]
        rows, different, same = (statistics.median(column) for column in zip(*pairs, strict=True))
        yield result("batches of 1,000 over 8 connections", different, rows, "events/s", ">= 0.55")
        yield result("the same, in one tree against different ones", same, different, "events/s", ">= 0.8")
        yield from _singles(empty_url, url, many)
        yield from _long_run(running, own)


def _limit(running: Running) -> float:
    return raw.rows_per_second(
        running.wiring.settings.database,
        *(STORED, ANSWER),
        connections=BATCH_CONNECTIONS,
        size=SIZE,
        seconds=SECONDS,
    )


def _singles(empty_url: str, url: str, many: list[Planted]) -> Iterator[Result]:
    singles = [(empties(empty_url), tracked(url, many)) for _ in range(ROUNDS)]
    bare = statistics.median(one.per_second for one, _ in singles)
    full = statistics.median(one.per_second for _, one in singles)
    yield result("single events over 32 connections", full, bare, "requests/s", ">= 0.5")
    p99 = statistics.median(one.percentile(0.99) for _, one in singles) * 1_000
    p50 = statistics.median(one.percentile(0.5) for _, one in singles) * 1_000
    yield result("single events: p99 against p50", p99, p50, "ms", "<= 10")


def _long_run(running: Running, own: list[Planted]) -> Iterator[Result]:
    """Memory before and after, and then what the same costs among ten million rows."""
    before = memory_bytes(running)
    events = 0.0
    rates = []
    while events < EVENTS:
        rates.append(batches(running.url, own))
        events += rates[-1] * SECONDS
    after = memory_bytes(running)
    case = "memory of the web server over 2,000,000 events"
    yield result(case, after / 2**20, before / 2**20, "MiB", "<= 1.05")
    fill(running, STORED)
    among = statistics.median(batches(running.url, own) for _ in range(ROUNDS))
    case = "cost of an event among 10,000,000 rows against few"
    cost, little = 1e6 / among, 1e6 / statistics.median(rates[:ROUNDS])
    yield result(case, cost, little, "microseconds", "<= 1.25")


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

    def make() -> bytes:
        keys = random.randbytes(16 * SIZE).hex()
        events = [f'{event},"idempotency_key":"{keys[at : at + 32]}"}}' for at in range(0, len(keys), 32)]
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
