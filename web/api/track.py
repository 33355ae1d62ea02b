"""Tracking: an event, or a batch of events, recorded for the workspace of the key."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import msgspec
from flask import Response
from werkzeug.exceptions import HTTPException

from domain.tracking import Asked, Outcome, Tracked
from web.access import now
from web.api.authorized import identified, why_not_now
from web.api.blueprint import api
from web.api.body import (
    BatchItem,
    TrackBody,
    idempotency_key,
    is_out_of_range,
)
from web.api.parsing import event_in, events_in, sent
from web.errors import ApiError
from web.services import services

SCOPE = "track"
encode = msgspec.json.Encoder(order="sorted").encode
STATUS = {"recorded": 201, "replayed": 200}
RECORDED = b'{"status":201,'
REPLAYED = b'{"status":200,'
VERSION_7 = 7 << 76 | 2 << 62
CHANCE = 2**76 - 1 & ~(3 << 62)  # the bits of an id that neither the instant nor the version takes
# What was decided of this request before it came to a thread: what the ingest answered, or raised.
DECIDED: ContextVar[Any] = ContextVar("decided", default=None)


@api.post("/track")
def track() -> Response:
    """Record one event: 201 with its id; 200 with the first answer when it was recorded before."""
    outcome = _record(_one)[0][0]
    if error := _error_of(outcome):
        raise error
    return _said(outcome.answer, STATUS[outcome.kind])


@api.post("/track/batch")
def track_batch() -> Response:
    """Record up to 1,000 events; each has a result of its own and spoils no other's."""
    outcomes, events = _record(_many)
    said = iter(outcomes)
    results = [_failed(event) if isinstance(event, ApiError) else _result_of(next(said)) for event in events]
    recorded = sum(result.startswith(RECORDED) for result in results)
    return _said(b'{"recorded":%d,"results":[%s]}' % (recorded, b",".join(results)), 200)


def _one() -> Sequence[Tracked | ApiError]:
    return [tracked_one(sent(event_in), idempotency_key(), now())]


def _many() -> Sequence[Tracked | ApiError]:
    events = sent(events_in)
    at = now()
    return [
        event if isinstance(event, ApiError) else _batched(event, event_id, at)
        for event, event_id in zip(events, event_ids(at, len(events)), strict=True)
    ]


def tracked_one(event: TrackBody, key: str | None, at: datetime) -> Tracked:
    """A single event, with an id of its own."""
    (event_id,) = event_ids(at, 1)
    return _tracked(event, key, event_id, at)


@contextmanager
def told(decided: Any) -> Iterator[None]:
    """What was decided of the request that this thread answers meanwhile; None for nothing."""
    token = DECIDED.set(decided)
    try:
        yield
    finally:
        DECIDED.reset(token)


def event_ids(at: datetime, count: int) -> list[bytes]:
    """New ids that begin with the instant (RFC 9562, version 7): what comes together lies together."""
    instant = int(at.timestamp() * 1_000) << 80 | VERSION_7
    chance = os.urandom(10 * count)
    places = range(0, 10 * count, 10)
    return sorted(
        [
            (instant | int.from_bytes(chance[place : place + 10], "big") & CHANCE).to_bytes(16, "big")
            for place in places
        ]
    )


def _batched(event: BatchItem, event_id: bytes, at: datetime) -> Tracked:
    key, event.idempotency_key = event.idempotency_key, None  # beside the event, and not part of it
    return _tracked(event, key, event_id, at)


def _tracked(event: TrackBody, key: str | None, event_id: bytes, at: datetime) -> Tracked:
    body = whole = encode(event)
    sample = event.audit_sample
    if sample is not None:
        event.audit_sample = None
        body = encode(event)
    minutes, cost, occurred_at = event.human_baseline_minutes, event.agent_cost, event.occurred_at
    return Tracked(
        event_id=event_id,
        idempotency_key=key,
        body_sha256=hashlib.sha256(whole).digest(),
        body=body,
        task_type=event.task_type,
        outcome=event.outcome,
        baseline_seconds=None if minutes is None else round(minutes * 60),
        agent_cost_micros=None if cost is None else round(cost * 1_000_000),
        audit_sample=None if sample is None else encode(sample),
        out_of_range=occurred_at is not None and is_out_of_range(occurred_at, at),
    )


def _record(
    read: Callable[[], Sequence[Tracked | ApiError]],
) -> tuple[list[Outcome], Sequence[Tracked | ApiError]]:
    """What became of the events that `read` finds in the body.

    Whether the key works is asked together with what is recorded, and comes first: a body that says nothing
    of use is told so only to a key that works, and counts as one of its requests.
    """
    who = identified(SCOPE)
    wrong: ApiError | HTTPException | None = None
    events: Sequence[Tracked | ApiError] = ()
    try:
        events = read()
    except (ApiError, HTTPException) as error:
        wrong = error
    answered = DECIDED.get() or services().ingest.of_key(
        Asked(
            key_id=who.key_id,
            workspace_id=who.workspace_id,
            items=[event for event in events if isinstance(event, Tracked)],
            because=who.because(),
            counts=who.counts,
        )
    )
    if isinstance(answered, BaseException):
        raise answered
    if refused := why_not_now(answered.state, answered.taken) or wrong:
        raise refused
    return answered.outcomes, events


def _said(answer: bytes, status: int) -> Response:
    return Response(answer, status, mimetype="application/json")


def _error_of(outcome: Outcome) -> ApiError | None:
    if outcome.kind == "conflict":
        return ApiError(
            409,
            "idempotency_conflict",
            "This idempotency key was used for another event.",
            "Use a new key for a new event; the first one is kept.",
            "Idempotency-Key",
        )
    if outcome.kind == "out_of_range":
        return ApiError(
            422,
            "occurred_at_out_of_range",
            "occurred_at is more than 90 days old or more than 24 hours ahead.",
            "Leave it out for an event that happens now.",
            "occurred_at",
        )
    if outcome.kind == "quota_exceeded":
        assert outcome.resets_at is not None
        resets_at = outcome.resets_at.isoformat()
        seconds = math.ceil((outcome.resets_at - now()).total_seconds())
        return ApiError(
            429,
            "quota_exceeded",
            "The workspace has used all events of its plan in this cycle; this one was not recorded.",
            f"The quota is full again at {resets_at}. A paid plan never stops.",
            headers={"Retry-After": str(seconds), "X-Quota-Resets-At": resets_at},
        )
    return None


def _result_of(outcome: Outcome) -> bytes:
    if outcome.kind == "recorded":
        return RECORDED + outcome.answer[1:]
    error = _error_of(outcome)
    return REPLAYED + outcome.answer[1:] if error is None else _failed(error)


def _failed(error: ApiError) -> bytes:
    return msgspec.json.encode({"status": error.status, "error": error.body})
