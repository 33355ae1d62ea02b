"""The body of a request, read: at once where all is well, closely where something may be wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from flask import request

from domain.tracking import BATCH_MAX
from web.api.body import B, BatchItem, TrackBody, check, event_of, typed
from web.bodies import unpacked_body
from web.errors import HINTS, ApiError

MAY_BE_UNKEPT = re.compile(rb"\\u(0000|[dD][89a-fA-F])")  # in UTF-8 they come as escapes only


class Events(msgspec.Struct, forbid_unknown_fields=True):
    """A batch of which every event is valid."""

    events: Annotated[list[BatchItem], msgspec.Meta(min_length=1, max_length=BATCH_MAX)]


S = TypeVar("S", TrackBody, Events)
R = TypeVar("R")
TRACK_BODY = msgspec.json.Decoder(TrackBody)
EVENTS = msgspec.json.Decoder(Events)


def sent(read: Callable[[bytes], R]) -> R:
    """What `read` makes of the body of this request, if it says that it is JSON."""
    if not request.is_json:
        raise ApiError(415, "unsupported_media_type", "The body does not say that it is JSON.", HINTS[415])
    try:
        body = unpacked_body()
    except ValueError as error:
        raise _no_json(error) from None
    return read(body)


def event_in(body: bytes) -> TrackBody:
    """One event; a clear 4xx for anything else."""
    return plain_event(body) or event_closely(body)


def plain_event(body: bytes) -> TrackBody | None:
    """One event, if there is nothing about it that has to be looked at closely."""
    return _at_once(body, TRACK_BODY)


def events_in(body: bytes) -> Sequence[BatchItem | ApiError]:
    """Each event of a batch, or the first thing that is wrong with it; a clear 4xx for what is no batch."""
    batch = _at_once(body, EVENTS)
    return events_closely(body) if batch is None else batch.events


def _at_once(body: bytes, decoder: msgspec.json.Decoder[S]) -> S | None:
    """A body decoded straight into its types, in half of the time; None if it has to be looked at closely.

    Of two members with one name decoding drops one in silence. So what was decoded is written down again, and
    has to have as many quotation marks as what came: without an escape in it, it has fewer once a member is
    gone.
    """
    if b"\\" in body:
        return None
    try:
        found = decoder.decode(body)
        for event in found.events if isinstance(found, Events) else (found,):
            check(event)
    except (msgspec.MsgspecError, ValueError, RecursionError, ApiError):
        return None
    return found if msgspec.json.encode(found).count(b'"') == body.count(b'"') else None


def object_in(body: bytes, kind: type[B]) -> B:
    """Any other body, each member typed and bounded."""
    return typed(_members_of(body), kind, suspect=_is_suspect(body))


def many_in(body: bytes, name: str, kind: type[B], most: int) -> list[B | ApiError]:
    """The members of a list, each valid or with what is wrong with it; a clear 4xx for what is no list."""
    members, suspect = _members_of(body), _is_suspect(body)
    found = members.get(name)
    if set(members) != {name} or not isinstance(found, list) or not 1 <= len(found) <= most:
        message = f"The body is not an object with `{name}`, a list of 1 to {most} of them."
        raise ApiError(422, "validation_error", message, f'Send {{"{name}": [{{…}}, {{…}}]}}.', name)
    return [_typed_or_error(one, kind, suspect=suspect) for one in found]


def _typed_or_error(found: Any, kind: type[B], *, suspect: bool) -> B | ApiError:
    try:
        return typed(found, kind, suspect=suspect)
    except ApiError as error:
        return error


def event_closely(body: bytes) -> TrackBody:
    return event_of(_members_of(body), TrackBody, suspect=_is_suspect(body))


def events_closely(body: bytes) -> Sequence[BatchItem | ApiError]:
    members, suspect = _members_of(body), _is_suspect(body)
    found = members.get("events")
    if set(members) != {"events"} or not isinstance(found, list) or not 1 <= len(found) <= BATCH_MAX:
        raise ApiError(
            422,
            "validation_error",
            f"The body is not an object with `events`, a list of 1 to {BATCH_MAX} events.",
            'Send {"events": [{…}, {…}]}.',
            "events",
        )
    return [_event_or_error(one, suspect=suspect) for one in found]


def _event_or_error(found: Any, *, suspect: bool) -> BatchItem | ApiError:
    try:
        return event_of(found, BatchItem, suspect=suspect)
    except ApiError as error:
        return error


def _is_suspect(body: bytes) -> bool:
    return MAY_BE_UNKEPT.search(body) is not None


def _members_of(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_members, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _no_json(error) from None
    if not isinstance(found, dict):
        raise ApiError(422, "validation_error", "The body is not a JSON object.", "Send one JSON object.")
    return found


def _no_json(error: Exception) -> ApiError:
    return ApiError(
        422, "validation_error", f"The body is not valid JSON: {error}", "Send one JSON object in UTF-8."
    )


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of two members with one name nobody could say which was meant."""
    members = dict(pairs)
    if len(members) < len(pairs):
        name, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the member {name!r} is there twice")
    return members


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")
