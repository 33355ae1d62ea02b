"""Tracking: an event, or a batch of events, recorded for the workspace of the key."""

from __future__ import annotations

import hashlib
import math
from typing import Any
from uuid import uuid4

import msgspec
from flask import Response, jsonify

from domain.tracking import BATCH_MAX, Outcome, Tracked
from web.access import now
from web.api.authorized import Caller, caller
from web.api.blueprint import api
from web.api.body import BatchItem, TrackBody, event_of, idempotency_key, is_out_of_range, json_body
from web.errors import ApiError
from web.services import services

SCOPE = "track"


@api.post("/track")
def track() -> tuple[Response, int]:
    """Record one event: 201 with its id; 200 with the first answer when it was recorded before."""
    who = caller(SCOPE)
    event = event_of(json_body(), TrackBody)
    item = _tracked(event, idempotency_key(), who)
    outcome = _record(who, [item])[0]
    if error := _error_of(outcome):
        raise error
    return jsonify(outcome.answer), 200 if outcome.kind == "replayed" else 201


@api.post("/track/batch")
def track_batch() -> Response:
    """Record up to 1,000 events; each has a result of its own and spoils no other's."""
    who = caller(SCOPE)
    body = json_body()
    events = body.get("events")
    if set(body) != {"events"} or not isinstance(events, list) or not 1 <= len(events) <= BATCH_MAX:
        raise ApiError(
            422,
            "validation_error",
            f"The body is not an object with `events`, a list of 1 to {BATCH_MAX} events.",
            'Send {"events": [{…}, {…}]}.',
            "events",
        )
    checked = [_checked(event, who) for event in events]
    outcomes = iter(_record(who, [item for item in checked if isinstance(item, Tracked)]))
    results = [_result_of(next(outcomes)) if isinstance(item, Tracked) else _failed(item) for item in checked]
    recorded = sum(result["status"] == 201 for result in results)
    return jsonify(recorded=recorded, results=results)


def _checked(event: Any, who: Caller) -> Tracked | ApiError:
    try:
        item = event_of(event, BatchItem)
    except ApiError as error:
        return error
    assert isinstance(item, BatchItem)
    return _tracked(item, item.idempotency_key, who)


def _tracked(event: TrackBody, key: str | None, who: Caller) -> Tracked:
    body = msgspec.to_builtins(event)
    body.pop("idempotency_key", None)  # beside the event, and not part of it
    event_id = uuid4()
    answer = {
        "event_id": str(event_id),
        "workspace_id": str(who.workspace_id),
        "received_at": now().isoformat(),
        "counted": who.counts,
    }
    return Tracked(
        event_id=event_id,
        idempotency_key=key,
        body_sha256=hashlib.sha256(msgspec.json.encode(body, order="sorted")).digest(),
        body=body,
        answer=answer,
        out_of_range=is_out_of_range(event.occurred_at, now()),
    )


def _record(who: Caller, items: list[Tracked]) -> list[Outcome]:
    if not who.counts:
        return [_validated(item) for item in items]
    outcomes: list[Outcome] = services().ingest.track(who.workspace_id, items, because=who.because())
    return outcomes


def _validated(item: Tracked) -> Outcome:
    """What a test key is told: it keeps nothing, so every event is a new one."""
    return Outcome(kind="out_of_range" if item.out_of_range else "recorded", answer=item.answer)


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


def _result_of(outcome: Outcome) -> dict[str, Any]:
    if error := _error_of(outcome):
        return _failed(error)
    return {"status": 200 if outcome.kind == "replayed" else 201, **outcome.answer}


def _failed(error: ApiError) -> dict[str, Any]:
    return {"status": error.status, "error": error.body}
