"""What a program may send of a call, of the end of one, and of messages: each field typed and bounded."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from web.api.body import FUTURE_MAX, PAST_MAX, Key, is_out_of_range, refuse_unkept
from web.api.query import invalid
from web.errors import ApiError

CALLS_MAX = 1_000  # in one batch
TRANSCRIPT_LENGTH_MAX = 200_000
FIELDS_MAX = 50
SECONDS_MAX = 86_400
HOLD_SECONDS = 300
HOLD_SECONDS_MAX = 7_200
MESSAGES_MAX = 10  # in one request

Talked = Annotated[int, msgspec.Meta(ge=0, le=SECONDS_MAX)]
Held = Annotated[int, msgspec.Meta(ge=1, le=HOLD_SECONDS_MAX)]
Who = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Transcript = Annotated[str, msgspec.Meta(max_length=TRANSCRIPT_LENGTH_MAX)]
Link = Annotated[str, msgspec.Meta(max_length=2_000, pattern=r"^https://[^\s/]+[^\s]*\Z")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Value = Annotated[str, msgspec.Meta(max_length=2_000)]
Fields = Annotated[dict[Name, Value], msgspec.Meta(max_length=FIELDS_MAX)]


class Details(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What is sealed: who called, what was said, and what was made of it."""

    caller: Who | None = None
    transcript: Transcript | None = None
    recording_url: Link | None = None
    fields: Fields | None = None


class CallBody(Details, kw_only=True, omit_defaults=True):
    """A call that is over, with `seconds`; or one that begins, with `state` `running`."""

    kind: Literal["phone", "web", "forwarded"]
    direction: Literal["inbound", "outbound"]
    started_at: datetime
    state: Literal["finished", "running"] = "finished"
    agent_id: UUID | None = None
    seconds: Talked | None = None
    outcome: Literal["completed", "transferred", "voicemail", "no_answer", "busy", "failed"] | None = None
    hold_seconds: Held | None = None


class CallItem(CallBody, kw_only=True, omit_defaults=True):
    """A call of a batch, which carries its idempotency key itself."""

    idempotency_key: Key | None = None


class EndBody(Details, kw_only=True, omit_defaults=True):
    """How a call ended that was running."""

    seconds: Talked
    outcome: Literal["completed", "transferred", "voicemail", "no_answer", "busy", "failed"] = "completed"


class MessagesBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Short messages that were sent together."""

    count: Annotated[int, msgspec.Meta(ge=1, le=MESSAGES_MAX)]
    agent_id: UUID | None = None


class CallsBody(msgspec.Struct, forbid_unknown_fields=True):
    """Calls that are recorded one after the other; what is wrong with one spoils no other."""

    calls: Annotated[list[CallItem], msgspec.Meta(min_length=1, max_length=CALLS_MAX)]


def check_call(call: CallBody, now: datetime, *, in_batch: bool = False) -> None:
    """What the types of the fields do not say."""
    if call.started_at.tzinfo is None:
        raise invalid("started_at", "started_at has no offset.", "Send 2026-01-31T12:00:00Z.")
    if is_out_of_range(call.started_at, now):
        raise ApiError(
            422,
            "started_at_out_of_range",
            f"started_at is more than {PAST_MAX.days} days old or more than "
            f"{FUTURE_MAX.total_seconds() / 3_600:.0f} hours ahead.",
            "Send when the call began.",
            "started_at",
        )
    if call.state == "running":
        if in_batch:
            raise invalid("state", "A batch holds calls that are over.", "POST it to /api/v1/calls.")
        for name in ("seconds", "outcome"):
            if getattr(call, name) is not None:
                hint = "Leave it out, and send it when the call ends."
                raise invalid(name, f"A call that is running has no {name} yet.", hint)
    elif call.seconds is None:
        raise invalid(
            "seconds", "A call that is over has `seconds`.", 'Or begin one with "state": "running".'
        )
    elif call.hold_seconds is not None:
        raise invalid("hold_seconds", "Only a running call holds credits.", "Leave out hold_seconds.")
    check_details(call)


def check_details(details: Details) -> None:
    refuse_unkept([details.caller, details.transcript, details.recording_url, details.fields])
