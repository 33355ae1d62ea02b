"""Calls for tests: told, begun and ended as a program would, or one in any workspace, whatever its plan."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from adapters.calls.recording import Recording, Terms
from domain.because import Because
from domain.calls.call import Call, Direction, Ending, Kind
from tests.house import House


def a_call(house: House, workspace_id: UUID, **said: Any) -> UUID:
    """Recorded past what its plan would say; what was said is sealed as the API seals it."""
    because, call_id = house.because(), uuid4()
    details = json.dumps({"call_id": str(call_id), **said})
    call = Call.begin(
        call_id,
        workspace_id=workspace_id,
        tree_id=house.agency.workspace(workspace_id).tree_id or uuid4(),
        cycle_started_at=because.at,
        agent_id=None,
        kind=Kind.PHONE,
        direction=Direction.INBOUND,
        started_at=because.at,
        rate_micros=2_000,
        hold_seconds=300,
        hold_expires_at=because.at,
        details_digest=house.wiring.vault.keep_text(workspace_id, details) if said else None,
        because=because,
    )
    house.wiring.metering.save(call)
    return call_id


def tell(
    recording: Recording,
    workspace_id: UUID,
    call_id: UUID,
    seconds: int,
    *,
    kind: Kind = Kind.PHONE,
    agent_id: UUID | None = None,
    because: Because,
) -> bool:
    """A call that is over; whether it is new."""

    def make(terms: Terms) -> Call:
        about = _about(workspace_id, terms, because.at, kind, agent_id)
        return Call.tell(call_id, seconds=seconds, outcome=Ending.COMPLETED, **about, because=because)

    return recording.record(call_id, workspace_id, make, because=because).is_new


def begin(
    recording: Recording, workspace_id: UUID, call_id: UUID, hold_seconds: int, *, because: Because
) -> None:
    """A call on the phone that holds credits for an hour at most."""

    def make(terms: Terms) -> Call:
        return Call.begin(
            call_id,
            hold_seconds=hold_seconds,
            hold_expires_at=because.at + timedelta(hours=1),
            **_about(workspace_id, terms, because.at, Kind.PHONE, None),
            because=because,
        )

    recording.record(call_id, workspace_id, make, because=because)


def end(recording: Recording, workspace_id: UUID, call_id: UUID, seconds: int, *, because: Because) -> None:
    recording.end(
        call_id, workspace_id, lambda call: call.end(seconds, Ending.COMPLETED, None, because=because)
    )


def _about(
    workspace_id: UUID, terms: Terms, at: datetime, kind: Kind, agent_id: UUID | None
) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "tree_id": terms.tree_id,
        "cycle_started_at": terms.cycle.started_at,
        "agent_id": agent_id,
        "kind": kind,
        "direction": Direction.INBOUND,
        "started_at": at,
        "rate_micros": kind.category.rate_micros(terms.rates),
        "details_digest": None,
    }
