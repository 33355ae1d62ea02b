"""What a program may send: one event, or a batch of them, each field typed and bounded."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from flask import request

from domain.task_types import BASELINE_SECONDS
from web.errors import ApiError

KEY_LENGTH_MAX = 255
EXCERPT_LENGTH_MAX = 2_000
METADATA_BYTES_MAX = 8_192
DEPTH_MAX = 32
PAST_MAX = timedelta(days=90)
FUTURE_MAX = timedelta(hours=24)

UNKEPT = re.compile("[\x00\ud800-\udfff]")
NAMED = re.compile(r"field `([^`]*)`$")  # how msgspec names a field that is missing or unknown

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_LENGTH_MAX, pattern=r"^[\x21-\x7e]+\Z")]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=31_622_400)]  # a leap year
Minutes = Annotated[float, msgspec.Meta(ge=0, le=527_040)]
Euros = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
Tokens = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Excerpt = Annotated[str, msgspec.Meta(max_length=EXCERPT_LENGTH_MAX)]


class AuditSample(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True, gc=False):
    """Two excerpts of what the agent read and wrote."""

    input_excerpt: Excerpt | None = None
    output_excerpt: Excerpt | None = None


class TrackBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True, gc=False):
    """One event; the first three fields are required."""

    agent_id: Name
    task_type: Name
    outcome: Literal["success", "failure", "needs_review"]
    agent_duration_seconds: Seconds | None = None
    agent_cost: Euros | None = None
    model: Name | None = None
    tokens_in: Tokens | None = None
    tokens_out: Tokens | None = None
    human_baseline_minutes: Minutes | None = None
    metadata: dict[str, Any] | None = None
    audit_sample: AuditSample | None = None
    occurred_at: datetime | None = None


class BatchItem(TrackBody, kw_only=True, omit_defaults=True, gc=False):
    """An event of a batch, which carries its idempotency key itself."""

    idempotency_key: Key | None = None


T = TypeVar("T", bound=TrackBody)
B = TypeVar("B", bound=msgspec.Struct)


def event_of(found: Any, kind: type[T], *, suspect: bool = False) -> T:
    """A valid event, or the first thing that is wrong with it, by field."""
    event = typed(found, kind, suspect=suspect)
    check(event)
    return event


def typed(found: Any, kind: type[B], *, suspect: bool = False) -> B:
    """What was sent, as what it has to be; `suspect` if it may hold a text that cannot be kept."""
    try:
        event = msgspec.convert(found, kind, strict=True)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        hint = "See the field; unknown fields are refused so that none is lost silently."
        raise ApiError(422, "validation_error", message, hint, _field(message, path)) from None
    except UnicodeEncodeError:  # what was half a character was to be an instant, a choice or a name
        refuse_unkept(found)
        raise
    if suspect:
        refuse_unkept(found)
    return event


def check(event: TrackBody) -> None:
    """What the types of the fields do not say."""
    if event.task_type not in BASELINE_SECONDS:
        known = ", ".join(BASELINE_SECONDS)
        raise ApiError(
            422, "unknown_task_type", "There is no such task type.", f"Send one of: {known}.", "task_type"
        )
    if event.occurred_at is not None and event.occurred_at.tzinfo is None:
        raise ApiError(
            422, "validation_error", "occurred_at has no offset.", "Send 2026-01-31T12:00:00Z.", "occurred_at"
        )
    if event.metadata is not None:
        refuse_unkept(event.metadata)
        if len(msgspec.json.encode(event.metadata)) > METADATA_BYTES_MAX:
            message = f"metadata is larger than {METADATA_BYTES_MAX} bytes."
            raise ApiError(422, "validation_error", message, "Send less.", "metadata")


def _field(message: str, path: str) -> str | None:
    """Which field is wrong, also when it is the one that is not there."""
    named = NAMED.search(message)
    parts = (path.strip("`."), named[1] if named else "")
    return ".".join(part for part in parts if part) or None


def refuse_unkept(value: Any, depth: int = 0) -> None:
    """What PostgreSQL cannot keep: NUL, lone surrogates, numbers without a finite value, endless depth."""
    if depth > DEPTH_MAX:
        raise ApiError(422, "validation_error", f"The body is nested deeper than {DEPTH_MAX}.", "Flatten it.")
    if isinstance(value, str):
        if UNKEPT.search(value):
            raise ApiError(422, "validation_error", "A text holds a NUL or a lone surrogate.", "Remove it.")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ApiError(422, "validation_error", "A number is not finite.", "Send a finite number.")
    elif isinstance(value, dict):
        for member in (*value, *value.values()):
            refuse_unkept(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            refuse_unkept(member, depth + 1)


def is_out_of_range(at: datetime | None, now: datetime) -> bool:
    """Whether it is more than 90 days old or more than 24 hours ahead."""
    return at is not None and not now - PAST_MAX <= at <= now + FUTURE_MAX


def idempotency_key() -> str | None:
    """The header of that name."""
    given = request.headers.get("Idempotency-Key")
    return None if given is None else key_in(given)


def key_in(given: str) -> str:
    """An idempotency key, if it can be one."""
    try:
        return msgspec.convert(given, Key)
    except msgspec.ValidationError:
        raise ApiError(
            422,
            "validation_error",
            f"Idempotency-Key is not 1 to {KEY_LENGTH_MAX} visible ASCII characters.",
            "A UUID makes a good key.",
            "Idempotency-Key",
        ) from None
