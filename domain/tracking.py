"""What a program tracks, and what it is told: the words between the API and the ingest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.because import Because

BATCH_MAX = 1_000


@dataclass(kw_only=True, slots=True)
class Tracked:
    """One event as it came in, valid already.

    event_id: the 16 bytes of a UUID, of which no object is made for each event.
    body: a JSON object in UTF-8, as it is kept; what the event was worth is added when it is counted.
    audit_sample: a JSON object, kept only where the plan has such samples.
    """

    event_id: bytes
    idempotency_key: str | None
    body_sha256: bytes  # of the whole body, so that the same key with another body is seen
    body: bytes
    task_type: str
    outcome: str
    baseline_seconds: int | None = None
    agent_cost_micros: int | None = None
    audit_sample: bytes | None = None
    out_of_range: bool = False  # too old or too far ahead to be recorded now; it may have been in time once


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What one request asks to record; one with a test key is checked and not recorded."""

    workspace_id: UUID
    items: Sequence[Tracked]
    because: Because
    counts: bool = True
    key_id: str | None = None  # None when we track ourselves


class Outcome(NamedTuple):
    """What became of one event: ``recorded``, ``replayed``, ``conflict``, ``out_of_range`` or
    ``quota_exceeded``; `answer` is the JSON object that is said of the first two."""

    kind: str
    answer: bytes = b""
    resets_at: datetime | None = None
