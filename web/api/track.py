"""Tracking: an event, or a batch of events, recorded for the workspace of the key."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec
from flask import Response
from werkzeug.exceptions import HTTPException

from domain.tracking import BATCH_MAX, Outcome, Tracked
from web.access import now
from web.api.authorized import identified, why_not_now
from web.api.blueprint import api
from web.api.body import (
    BatchItem,
    TrackBody,
    event_of,
    events_of,
    idempotency_key,
    is_out_of_range,
    json_body,
)
from web.errors import ApiError
from web.services import services

SCOPE = "track"
RECORDED = b'{"status":201,'
REPLAYED = b'{"status":200,'
VERSION_7 = 7 << 76 | 2 << 62
CHANCE = 2**76 - 1 & ~(3 << 62)  # the bits of an id that neither the instant nor the version takes


@api.post("/track")
def track() -> Response:
    """Record one event: 201 with its id; 200 with the first answer when it was recorded before."""
    outcome = _record(_one)[0][0]
    if error := _error_of(outcome):
        raise error
    return _said(outcome.answer, 200 if outcome.kind == "replayed" else 201)


@api.post("/track/batch")
def track_batch() -> Response:
    """Record up to 1,000 events; each has a result of its own and spoils no other's."""
    outcomes, events = _record(_many)
    said = iter(outcomes)
    results = [_failed(event) if isinstance(event, ApiError) else _result_of(next(said)) for event in events]
    recorded = sum(result.startswith(RECORDED) for result in results)
    return _said(b'{"recorded":%d,"results":[%s]}' % (recorded, b",".join(results)), 200)


def _one() -> list[Tracked | ApiError]:
    sent = json_body()
    event = event_of(sent, sent.members, TrackBody)
    return [_tracked(event, idempotency_key(), *event_ids(now(), 1))]


def _many() -> list[Tracked | ApiError]:
    sent = json_body()
    found = sent.members.get("events")
    if set(sent.members) != {"events"} or not isinstance(found, list) or not 1 <= len(found) <= BATCH_MAX:
        raise ApiError(
            422,
            "validation_error",
            f"The body is not an object with `events`, a list of 1 to {BATCH_MAX} events.",
            'Send {"events": [{…}, {…}]}.',
            "events",
        )
    events = events_of(sent, found)
    ids = iter(event_ids(now(), len(events)))
    return [_batched(event, next(ids)) if isinstance(event, BatchItem) else event for event in events]


def event_ids(at: datetime, count: int) -> list[UUID]:
    """New ids that begin with the instant (RFC 9562, version 7): what comes together lies together."""
    instant = int(at.timestamp() * 1_000) << 80 | VERSION_7
    chance = os.urandom(10 * count)
    places = range(0, 10 * count, 10)
    return [
        UUID(int=instant | int.from_bytes(chance[place : place + 10], "big") & CHANCE) for place in places
    ]


def _batched(event: BatchItem, event_id: UUID) -> Tracked:
    key, event.idempotency_key = event.idempotency_key, None  # beside the event, and not part of it
    return _tracked(event, key, event_id)


def _tracked(event: TrackBody, key: str | None, event_id: UUID) -> Tracked:
    body = whole = msgspec.json.encode(event, order="sorted")
    sample = event.audit_sample
    if sample is not None:
        event.audit_sample = None
        body = msgspec.json.encode(event, order="sorted")
    minutes, cost = event.human_baseline_minutes, event.agent_cost
    return Tracked(
        event_id=event_id,
        idempotency_key=key,
        body_sha256=hashlib.sha256(whole).digest(),
        body=body,
        task_type=event.task_type,
        outcome=event.outcome,
        baseline_seconds=None if minutes is None else round(minutes * 60),
        agent_cost_micros=None if cost is None else round(cost * 1_000_000),
        audit_sample=None if sample is None else msgspec.json.encode(sample, order="sorted"),
        out_of_range=event.occurred_at is not None and is_out_of_range(event.occurred_at, now()),
    )


def _record(read: Callable[[], list[Tracked | ApiError]]) -> tuple[list[Outcome], list[Tracked | ApiError]]:
    """What became of the events that `read` finds in the body.

    Whether the key works is asked together with what is recorded, and comes first: a body that says nothing
    of use is told so only to a key that works, and counts as one of its requests.
    """
    who, wrong = identified(SCOPE), None
    events: list[Tracked | ApiError] = []
    try:
        events = read()
    except (ApiError, HTTPException) as error:
        wrong = error
    answered = services().ingest.of_key(
        who.key_id,
        who.workspace_id,
        [event for event in events if isinstance(event, Tracked)],
        because=who.because(),
        counts=who.counts,
    )
    if error := why_not_now(answered.state, answered.taken) or wrong:
        raise error
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
    if error := _error_of(outcome):
        return _failed(error)
    return (REPLAYED if outcome.kind == "replayed" else RECORDED) + outcome.answer[1:]


def _failed(error: ApiError) -> bytes:
    return msgspec.json.encode({"status": error.status, "error": error.body})
