"""What a program tracks, and what it is told: the words between the API and the ingest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

BATCH_MAX = 1_000


@dataclass(kw_only=True, slots=True)
class Tracked:
    """One event as it came in, valid already.

    body: a JSON object in UTF-8, as it is kept; what the event was worth is added when it is counted.
    audit_sample: a JSON object, kept only where the plan has such samples.
    """

    event_id: UUID
    idempotency_key: str | None
    body_sha256: bytes  # of the whole body, so that the same key with another body is seen
    body: bytes
    task_type: str
    outcome: str
    baseline_seconds: int | None = None
    agent_cost_micros: int | None = None
    audit_sample: bytes | None = None
    out_of_range: bool = False  # too old or too far ahead to be recorded now; it may have been in time once


class Outcome(NamedTuple):
    """What became of one event: ``recorded``, ``replayed``, ``conflict``, ``out_of_range`` or
    ``quota_exceeded``; `answer` is the JSON object that is said of the first two."""

    kind: str
    answer: bytes = b""
    resets_at: datetime | None = None
