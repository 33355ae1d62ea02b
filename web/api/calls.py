"""Calls: a program tells what happened on them, and reads what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any, TypeVar
from uuid import UUID, uuid4, uuid5

import msgspec
from flask import Response

from domain.calls.call import Direction, Ending, Kind
from domain.calls.told import CallTold, EndTold
from domain.ids import stream_of_call, stream_of_messages
from domain.refusals import Refused
from web.access import now
from web.api.authorized import caller
from web.api.blueprint import api
from web.api.body import idempotency_key
from web.api.call_answers import answer_of, answer_of_messages
from web.api.call_bodies import (
    CALLS_MAX,
    HOLD_SECONDS,
    CallBody,
    CallItem,
    Details,
    EndBody,
    MessagesBody,
    check_call,
    check_details,
)
from web.api.known_keys import Caller
from web.api.managing import body_of, conflict, refused_to, said
from web.api.parsing import many_in, sent
from web.calls import unknown_agents
from web.errors import ApiError
from web.services import services

SCOPE = "track"
R = TypeVar("R")


@api.post("/calls")
def tell_call() -> Response:
    """Record a call that is over, or one that begins and holds credits until it ends. Sent again with the
    same idempotency key it is recorded once, and answered as it was first."""
    who = caller(SCOPE)
    body = body_of(CallBody)
    check_call(body, now())
    told = _told_of(who, body, idempotency_key())
    _refuse_unknown_agent(who, body.agent_id, told.call_id)
    telling, because = services().telling, who.because()
    if not who.counts:
        call = _allowed(who, lambda: telling.suppose(who.workspace_id, told, because=because))
        return said(answer_of(call, as_begun=True, counted=False), 201)

    found = _allowed(who, lambda: telling.tell(who.workspace_id, told, because=because))

    if found.conflicts:
        raise conflict()
    return said(answer_of(found.call, as_begun=True), 201 if found.is_new else 200)


@api.post("/calls/<uuid:call_id>/end")
def end_call(call_id: UUID) -> Response:
    """End a call that was running: its seconds are charged, whatever it held is free again. A call is ended
    once; the same end, told again, gets the same answer."""
    who = caller(SCOPE)
    body = body_of(EndBody)
    check_details(body)
    told = EndTold(seconds=body.seconds, outcome=Ending(body.outcome), details=_details_of(call_id, body))
    if not who.counts:
        call = services().telling.suppose_end(who.workspace_id, call_id, told, because=who.because())
        return said(answer_of(call, as_begun=False, counted=False), 200)

    found = services().telling.end(who.workspace_id, call_id, told, because=who.because())

    if found.conflicts:
        raise ApiError(
            409, "call_is_over", "This call ended before, in another way.", "What was told first is kept."
        )
    return said(answer_of(found.call, as_begun=False), 200)


@api.post("/calls/batch")
def tell_calls() -> Response:
    """Record up to 1,000 calls that are over; each has a result of its own and spoils no other's."""
    who = caller(SCOPE)
    items = _checked(who, sent(lambda raw: many_in(raw, "calls", CallItem, CALLS_MAX)))
    valid = [_told_of(who, one, one.idempotency_key) for one in items if isinstance(one, CallItem)]
    ask = services().telling.tell_all if who.counts else services().telling.suppose_all

    found = ask(who.workspace_id, valid, because=who.because())

    told = iter([_result_of(who, one) for one in found])
    results = [_failed(one) if isinstance(one, ApiError) else next(told) for one in items]
    recorded = sum(one["status"] == 201 for one in results)
    return said({"recorded": recorded, "results": results}, 200)


@api.post("/messages")
def tell_messages() -> Response:
    """Record short messages that were sent together, 1 to 10 of them."""
    who = caller(SCOPE)
    body = body_of(MessagesBody)
    key = idempotency_key()
    charge_id = uuid4() if key is None else stream_of_messages(who.workspace_id, key)
    _refuse_unknown_agent(who, body.agent_id, charge_id)
    ask = services().telling.send_messages if who.counts else services().telling.suppose_messages

    charge, is_new = _allowed(
        who, lambda: ask(charge_id, who.workspace_id, body.count, body.agent_id, because=who.because())
    )

    if (charge.quantity, charge.agent_id) != (body.count, body.agent_id):
        raise conflict()
    return said(answer_of_messages(charge, counted=who.counts), 201 if is_new else 200)


def no_such_agent(unknown: set[UUID]) -> ApiError:
    named = ", ".join(sorted(map(str, unknown)))
    return ApiError(
        422,
        "unknown_agent",
        f"This workspace has no agent {named}.",
        "GET /api/v1/agents lists them; leave agent_id out for a call without one.",
        "agent_id",
    )


def _refuse_unknown_agent(who: Caller, agent_id: UUID | None, stream: UUID) -> None:
    """An agent is one of the key's workspace; what was told of one that is deleted by now is told again."""
    unknown = unknown_agents(who.workspace_id, [agent_id])
    if unknown and services().metering.spent(stream) is None:
        raise no_such_agent(unknown)


def _checked(who: Caller, items: Sequence[CallItem | ApiError]) -> Sequence[CallItem | ApiError]:
    """Each as it is, or with what is wrong with it beyond its types."""
    agents = [one.agent_id for one in items if isinstance(one, CallItem)]
    unknown = unknown_agents(who.workspace_id, agents)

    def checked(one: CallItem | ApiError) -> CallItem | ApiError:
        if isinstance(one, ApiError):
            return one
        try:
            check_call(one, now(), in_batch=True)
            if one.agent_id in unknown:
                stream = stream_of_call(who.workspace_id, one.idempotency_key or str(uuid4()))
                _refuse_unknown_agent(who, one.agent_id, stream)
        except ApiError as error:
            return error
        return one

    return [checked(one) for one in items]


def _told_of(who: Caller, body: CallBody, key: str | None) -> CallTold:
    call_id = uuid4() if key is None else stream_of_call(who.workspace_id, key)
    if not who.counts:  # what a test key asks is no call of anybody
        call_id = uuid5(call_id, who.key_id)
    outcome = Ending(body.outcome or Ending.COMPLETED) if body.seconds is not None else None
    return CallTold(
        call_id=call_id,
        agent_id=body.agent_id,
        kind=Kind(body.kind),
        direction=Direction(body.direction),
        started_at=body.started_at.astimezone(UTC),
        seconds=body.seconds,
        outcome=outcome,
        hold_seconds=body.hold_seconds or HOLD_SECONDS,
        details=_details_of(call_id, body),
    )


def _details_of(call_id: UUID, body: Details) -> str | None:
    """What is sealed, as one text; it names its call, so that no two calls share one."""
    names = Details.__struct_fields__
    told = {name: value for name in names if (value := getattr(body, name)) not in (None, {})}
    if not told:
        return None
    return msgspec.json.encode({"call_id": call_id, **told}, order="sorted").decode()


def _allowed(who: Caller, ask: Callable[[], R]) -> R:
    try:
        return ask()
    except Refused as refused:
        raise refused_to(who, refused) from None


def _result_of(who: Caller, found: Any) -> dict[str, Any]:
    if isinstance(found, Refused):
        return _failed(refused_to(who, found))
    if not who.counts:
        return {"status": 201, **msgspec.to_builtins(answer_of(found, as_begun=True, counted=False))}
    if found.conflicts:
        return _failed(conflict())
    answer = msgspec.to_builtins(answer_of(found.call, as_begun=True))
    return {"status": 201 if found.is_new else 200, **answer}


def _failed(error: ApiError) -> dict[str, Any]:
    return {"status": error.status, "error": error.body}
