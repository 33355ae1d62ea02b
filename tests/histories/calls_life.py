"""Calls in an agency's life: how long their texts are kept, and how they go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.retention import retires_before


def texts_of_calls_go(life: Any, workspace_id: UUID, person_id: UUID) -> None:
    """Somebody shortens the time, and the clock keeps to it."""
    life.agency.set_retention(workspace_id, person_id, 30, because=life.by(person_id))
    life.agency.note_texts_retired(
        workspace_id, retires_before(30, life.now), because=life.by_clock("retire texts of calls")
    )
