"""What the API answers of calls, member by member."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from domain.calls.call import Call
from domain.calls.charge import Charge
from projections.calls import CallRow
from web.api.answers import Answer, Conflicting, Count, Error, Instant, Invalid

CategoryName = Literal["phone_call", "web_call", "forwarding"]
KindName = Literal["phone", "web", "forwarded"]
Way = Literal["inbound", "outbound"]
Outcome = Literal["completed", "transferred", "voicemail", "no_answer", "busy", "failed"]


class CallAnswer(Answer):
    """The call as it was recorded, told the same way to each repetition. What a running one costs is known
    when it ends; what it holds cannot be spent on others meanwhile."""

    call_id: UUID
    workspace_id: UUID
    received_at: Instant
    counted: bool
    state: Literal["running", "ended"]
    agent_id: UUID | None
    kind: KindName
    direction: Way
    started_at: Instant
    category: CategoryName
    cycle_started_at: Instant
    rate_micros: Count
    seconds: Count | None
    outcome: Outcome | None
    credits_micros: Count | None
    held_micros: Count
    hold_expires_at: Instant | None


class MessagesAnswer(Answer):
    """What the messages cost."""

    charge_id: UUID
    workspace_id: UUID
    received_at: Instant
    counted: bool
    category: Literal["sms"]
    count: Count
    agent_id: UUID | None
    cycle_started_at: Instant
    credits_micros: Count


class RecordedCall(CallAnswer, tag_field="status", tag=201):
    """A new call."""


class ReplayedCall(CallAnswer, tag_field="status", tag=200):
    """A call that was recorded before, with the answer it had then."""


class NotPaidFor(Answer, tag_field="status", tag=402):
    """A call for which there are not enough credits."""

    error: Error


class NotAllowed(Answer, tag_field="status", tag=403):
    """A call that may not be recorded for this workspace just now."""

    error: Error


class OverBudget(Answer, tag_field="status", tag=429):
    """A call for which the budget of the workspace has no room in this cycle."""

    error: Error


class CallsBatchAnswer(Answer):
    """A result for each call, in the order in which they were sent."""

    recorded: Count
    results: list[RecordedCall | ReplayedCall | NotPaidFor | NotAllowed | Conflicting | Invalid | OverBudget]


class CallLine(Answer):
    """A call as it is now."""

    call_id: UUID
    agent_id: UUID | None
    kind: KindName
    direction: Way
    state: Literal["running", "ended", "abandoned"]
    started_at: Instant
    received_at: Instant
    ended_at: Instant | None
    cycle_started_at: Instant
    seconds: Count | None
    outcome: Outcome | None
    credits_micros: Count
    held_micros: Count


class CallPage(Answer):
    """Those that began last come first; `next` leads to those before them, and is null at the end."""

    calls: list[CallLine]
    next: str | None


class OneCall(CallLine):
    """A call with what was said on it, as long as that is kept."""

    caller: str | None
    transcript: str | None
    recording_url: str | None
    fields: dict[str, str]
    texts: Literal["kept", "none", "deleted"]


def answer_of(call: Call, *, as_begun: bool, counted: bool = True) -> CallAnswer:
    """As it was told first, or as it ended."""
    over = not as_begun or call.told_at_once
    return CallAnswer(
        call_id=call.id,
        workspace_id=call.workspace_id,
        received_at=call.created_on,
        counted=counted,
        state="ended" if over else "running",
        agent_id=call.agent_id,
        kind=str(call.kind),  # type: ignore[arg-type]
        direction=str(call.direction),  # type: ignore[arg-type]
        started_at=call.started_at,
        category=str(call.kind.category),  # type: ignore[arg-type]
        cycle_started_at=call.cycle_started_at,
        rate_micros=call.rate_micros,
        seconds=call.seconds if over else None,
        outcome=str(call.outcome) if over else None,  # type: ignore[arg-type]
        credits_micros=call.amount_micros if over else None,
        held_micros=0 if over else call.hold_asked_micros,
        hold_expires_at=None if over else call.hold_expires_at,
    )


def answer_of_messages(charge: Charge, *, counted: bool = True) -> MessagesAnswer:
    return MessagesAnswer(
        charge_id=charge.id,
        workspace_id=charge.workspace_id,
        received_at=charge.created_on,
        counted=counted,
        category="sms",
        count=charge.quantity,
        agent_id=charge.agent_id,
        cycle_started_at=charge.cycle_started_at,
        credits_micros=charge.amount_micros,
    )


def line_of(row: CallRow) -> dict[str, Any]:
    return {
        "call_id": row.call_id,
        "agent_id": row.agent_id,
        "kind": row.kind,
        "direction": row.direction,
        "state": row.status,
        "started_at": row.started_at,
        "received_at": row.recorded_at,
        "ended_at": row.ended_at,
        "cycle_started_at": row.cycle_started_at,
        "seconds": row.seconds,
        "outcome": row.outcome,
        "credits_micros": row.amount_micros,
        "held_micros": row.held_micros,
    }
