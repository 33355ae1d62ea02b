"""What a program tracks, and what it is told: the words between the API and the ingest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

BATCH_MAX = 1_000


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """One event as it came in, valid already."""

    event_id: UUID
    idempotency_key: str | None
    body_sha256: bytes  # of the whole body, so that the same key with another body is seen
    body: Mapping[str, Any]  # what is kept of it
    answer: Mapping[str, Any]  # what is said, now and to every repetition
    out_of_range: bool = False  # too old or too far ahead to be recorded now; it may have been in time once


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one event: ``recorded``, ``replayed``, ``conflict``, ``out_of_range`` or
    ``quota_exceeded``."""

    kind: str
    answer: Mapping[str, Any]
    resets_at: datetime | None = None
