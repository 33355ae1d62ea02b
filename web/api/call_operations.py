"""What each route about calls takes and answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from projections.calls import PAGE_MAX
from web.api.answers import Instant
from web.api.call_answers import CallAnswer, CallPage, CallsBatchAnswer, MessagesAnswer, OneCall
from web.api.call_bodies import CallBody, CallsBody, EndBody, MessagesBody
from web.api.operation import WITH_BODY, Operation

CALL = "5d1b7a52-7f0e-4f9e-8f41-2a6de1c2b3d4"
WORKSPACE = "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a01"
FEW = {"kind": "phone", "direction": "inbound", "started_at": "2026-03-02T09:00:00Z", "seconds": 63}
WHOLE = FEW | {
    "outcome": "completed",
    "caller": "+4930901820",
    "transcript": "agent: Larkfield, good morning.\ncaller: I would like to move my appointment.",
    "recording_url": "https://recordings.example.com/call-4711.mp3",
    "fields": {"name": "Jo Lark", "wants": "another appointment"},
}
BEGINS = {
    "kind": "web",
    "direction": "inbound",
    "started_at": "2026-03-02T09:00:00Z",
    "state": "running",
    "hold_seconds": 600,
}
TOLD: dict[str, Any] = {
    "call_id": CALL,
    "workspace_id": WORKSPACE,
    "received_at": "2026-03-02T09:01:05Z",
    "counted": True,
    "state": "ended",
    "agent_id": None,
    "kind": "phone",
    "direction": "inbound",
    "started_at": "2026-03-02T09:00:00Z",
    "category": "phone_call",
    "cycle_started_at": "2026-03-01T00:00:00Z",
    "rate_micros": 2_000,
    "seconds": 63,
    "outcome": "completed",
    "credits_micros": 126_000,
    "held_micros": 0,
    "hold_expires_at": None,
}
LINE: dict[str, Any] = {
    "call_id": CALL,
    "agent_id": None,
    "kind": "phone",
    "direction": "inbound",
    "state": "ended",
    "started_at": "2026-03-02T09:00:00Z",
    "received_at": "2026-03-02T09:01:05Z",
    "ended_at": "2026-03-02T09:01:05Z",
    "cycle_started_at": "2026-03-01T00:00:00Z",
    "seconds": 63,
    "outcome": "completed",
    "credits_micros": 126_000,
    "held_micros": 0,
}
LACKING = {
    "code": "validation_error",
    "message": "A call that is over has `seconds`.",
    "hint": 'Or begin one with "state": "running".',
    "field": "seconds",
}


class CallsQuery(msgspec.Struct, rename={"from_": "from"}):
    """Which calls, and which page of them."""

    agent_id: UUID | msgspec.UnsetType = msgspec.UNSET
    kind: Literal["phone", "web", "forwarded"] | msgspec.UnsetType = msgspec.UNSET
    state: Literal["running", "ended", "abandoned"] | msgspec.UnsetType = msgspec.UNSET
    outcome: (
        Literal["completed", "transferred", "voicemail", "no_answer", "busy", "failed"] | msgspec.UnsetType
    ) = msgspec.UNSET
    from_: Instant | msgspec.UnsetType = msgspec.UNSET
    to: Instant | msgspec.UnsetType = msgspec.UNSET
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_MAX)] = PAGE_MAX
    before: str | msgspec.UnsetType = msgspec.UNSET


CALL_OPERATIONS: dict[str, Operation] = {
    "tell_call": Operation(
        summary="Record a call",
        scope="track",
        body=CallBody,
        bodies={
            "The shortest": FEW,
            "With what was said": WHOLE,
            "One that begins, and holds credits": BEGINS,
        },
        idempotent_by_header=True,
        answers={
            201: ("The call is recorded.", CallAnswer),
            200: ("It was recorded before: the answer is the first one, told again.", CallAnswer),
        },
        nos=(*WITH_BODY, 402, 409),
        example=TOLD,
    ),
    "end_call": Operation(
        summary="End a running call",
        scope="track",
        body=EndBody,
        bodies={"The shortest": {"seconds": 63}},
        answers={200: ("The call is over, and what it held is free.", CallAnswer)},
        nos=(*WITH_BODY, 409),
        example=TOLD,
    ),
    "tell_calls": Operation(
        summary="Record many calls",
        scope="track",
        body=CallsBody,
        bodies={
            "Two, each with its key": {
                "calls": [WHOLE | {"idempotency_key": "call-1"}, FEW | {"idempotency_key": "call-2"}]
            }
        },
        answers={200: ("Each call has a result of its own.", CallsBatchAnswer)},
        nos=(*WITH_BODY, 402),
        example={"recorded": 1, "results": [{"status": 201} | TOLD, {"status": 422, "error": LACKING}]},
    ),
    "tell_messages": Operation(
        summary="Record short messages",
        scope="track",
        body=MessagesBody,
        bodies={"Two": {"count": 2}},
        idempotent_by_header=True,
        answers={
            201: ("The messages are recorded.", MessagesAnswer),
            200: ("They were recorded before: the answer is the first one, told again.", MessagesAnswer),
        },
        nos=(*WITH_BODY, 402, 409),
        example={
            "charge_id": "5d1b7a52-7f0e-4f9e-8f41-2a6de1c2b3d5",
            "workspace_id": WORKSPACE,
            "received_at": "2026-03-02T09:01:05Z",
            "counted": True,
            "category": "sms",
            "count": 2,
            "agent_id": None,
            "cycle_started_at": "2026-03-01T00:00:00Z",
            "credits_micros": 160_000,
        },
    ),
    "list_calls": Operation(
        summary="The calls of the key's workspace",
        scope="read",
        query=CallsQuery,
        answers={200: ("A page of calls.", CallPage)},
        nos=(422,),
        example={"calls": [LINE], "next": f"2026-03-02T09:00:00Z~{CALL}"},
    ),
    "read_call": Operation(
        summary="One call",
        scope="read",
        answers={200: ("The call as it is now.", OneCall)},
        example=LINE
        | {name: WHOLE[name] for name in ("caller", "transcript", "recording_url", "fields")}
        | {"texts": "kept"},
    ),
}

MEANINGS: dict[tuple[str, str], str] = {
    ("CallBody", "agent_id"): "The id of the agent of this workspace that spoke; null for none of them.",
    ("CallItem", "agent_id"): "The id of the agent of this workspace that spoke; null for none of them.",
    ("MessagesBody", "agent_id"): "The id of the agent of this workspace that sent them.",
    ("CallAnswer", "agent_id"): "The agent that spoke.",
    ("RecordedCall", "agent_id"): "The agent that spoke.",
    ("ReplayedCall", "agent_id"): "The agent that spoke.",
    ("MessagesAnswer", "agent_id"): "The agent that sent them.",
    ("CallLine", "agent_id"): "The agent that spoke.",
    ("OneCall", "agent_id"): "The agent that spoke.",
    ("CallsQuery", "agent_id"): "Only calls of this agent.",
    ("CallsQuery", "kind"): "Only calls of this kind.",
    ("CallsQuery", "state"): "Only calls that stand so.",
    ("CallsQuery", "outcome"): "Only calls that ended so.",
    ("CallsQuery", "from"): "Only calls that began then or later.",
    ("CallsQuery", "to"): "Only calls that began before.",
    ("CallsQuery", "limit"): "How many to answer at most.",
    ("CallsQuery", "before"): "`next` of the page before this one.",
    ("CallsBody", "calls"): "The calls, in the order in which they are answered.",
    ("CallPage", "calls"): "Those that began last come first.",
    ("CallPage", "next"): "Give it as `before` to read on; null at the end.",
    ("MessagesAnswer", "count"): "How many there were.",
    ("CallsBatchAnswer", "recorded"): "How many of the calls are new.",
    ("CallsBatchAnswer", "results"): "One for each call, in the order sent.",
    **{
        (name, "started_at"): "When the call began, with an offset: at most 90 days ago or 24 hours ahead."
        for name in (
            *("CallBody", "CallItem", "CallAnswer", "RecordedCall", "ReplayedCall", "CallLine", "OneCall"),
        )
    },
    **{
        (name, "rate_micros"): "What a second costs, in millionths of a euro; it stays what it was when the"
        " call began."
        for name in ("CallAnswer", "RecordedCall", "ReplayedCall")
    },
}
WORDS = {
    "kind": "Whether it came by phone, from the web, or was forwarded; that decides the rate.",
    "direction": "Who called whom.",
    "state": "Running until its end is told; abandoned if that was not in time.",
    "seconds": "How long it took: each of them costs the rate.",
    "hold_seconds": "For how long a running call holds credits; 300 unless it is said.",
    "caller": "Who called; sealed, and deleted when the workspace says so.",
    "transcript": "What was said; sealed and deleted like the caller.",
    "recording_url": "Where the recording lies; shown to those who lead the workspace only.",
    "fields": "What was made of the call, by name.",
    "call_id": "The call's own id.",
    "charge_id": "Under which it stands in the credits.",
    "category": "What the credits are spent on.",
    "cycle_started_at": "The cycle in which it is charged: the one in which it was received.",
    "credits_micros": "What it cost, in millionths of a euro.",
    "held_micros": "What it holds as long as it runs, in millionths of a euro.",
    "hold_expires_at": "When it is given up if nobody ends it.",
    "ended_at": "When its end was told.",
    "texts": "Whether what was said is kept; deleted when its time was over.",
    "count": "How many messages; each costs the rate of one.",
}
