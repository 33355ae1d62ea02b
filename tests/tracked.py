"""An event as the API hands it to ingest."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from domain.tracking import Outcome, Tracked

BODY = {"agent_id": "agent-1", "task_type": "draft_email", "outcome": "success"}


def tracked(
    key: str | None = None,
    body: dict[str, Any] | None = None,
    digest: bytes = b"d",
    event_id: UUID | None = None,
) -> Tracked:
    whole = BODY | (body or {})
    return Tracked(
        event_id=(event_id or uuid4()).bytes,
        idempotency_key=key,
        body_sha256=digest,
        body=json.dumps(whole).encode(),
        task_type=whole["task_type"],
        outcome=whole["outcome"],
    )


def answer_of(outcome: Outcome) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(outcome.answer)
    return said
