"""Which key asks, and for which workspace it speaks: no matter what the body says.

Two questions. Is the key genuine? Each process remembers that (`known_keys.py`). Does it still work, and
may it ask once more in this second? That is asked anew of the database with every request.
"""

from __future__ import annotations

from typing import Protocol

from flask import Flask, Response, current_app, g, request

from domain.api_keys import REQUESTS_PER_SECOND_MAX, KeyState
from projections.catalogue import ACCESS
from web.access import now, read_of
from web.api.known_keys import INVALID, KNOWN_KEYS, Caller, KnownKeys
from web.errors import ApiError
from web.services import services

OVER = {
    KeyState.REVOKED: "This API key was revoked.",
    KeyState.REPLACED: "This API key was replaced by another, and its time is over.",
}


class Taken(Protocol):
    """What a key's traffic says of this one request."""

    @property
    def allowed(self) -> int: ...
    @property
    def remaining(self) -> int: ...
    @property
    def reset_seconds(self) -> int: ...


def register(app: Flask) -> None:
    app.after_request(_say_rate_limit)


def caller(scope: str) -> Caller:
    """The key behind this request, which counts as one of its second.

    401 for none, a false, a revoked or a replaced one; 403 without the scope; 429 above the limit.
    """
    who = identified(scope)
    _let_in(who)
    read_of(who.workspace_id)
    return who


def identified(scope: str) -> Caller:
    """The genuine key behind this request; whether it works and may ask now is still to be asked."""
    known: KnownKeys = current_app.extensions[KNOWN_KEYS]
    who = known.genuine(request.headers.get("Authorization", ""))
    if scope not in who.scopes:
        _let_in(who)
        raise ApiError(
            403, "scope_missing", f"This API key lacks the scope {scope!r}.", f"Make a key with {scope!r}."
        )
    return who


def why_not_now(state: KeyState | None, taken: Taken | None) -> ApiError | None:
    """What a genuine key is told that no longer works, or that asks too much; what its answer carries of
    the limit is noted. `taken` is None for a key that does not work: nothing is counted for it."""
    if state is None:
        return ApiError(401, "invalid_api_key", "This is not an API key of ours.", INVALID)
    if state in OVER:
        return ApiError(401, "key_revoked", OVER[state], INVALID)
    assert taken is not None, "a key that works is counted"
    g.rate_limit = rate_limit(taken)
    if taken.allowed:
        return None
    return ApiError(
        429,
        "rate_limited",
        f"This API key has made its {REQUESTS_PER_SECOND_MAX} requests of this second.",
        "Wait as long as Retry-After says. Up to 1,000 events go into one request to /api/v1/track/batch.",
        headers={"Retry-After": str(taken.reset_seconds)},
    )


def rate_limit(taken: Taken) -> dict[str, str]:
    """What a program is told of its limit, as headers."""
    return {
        "RateLimit-Limit": str(REQUESTS_PER_SECOND_MAX),
        "RateLimit-Remaining": str(taken.remaining),
        "RateLimit-Reset": str(taken.reset_seconds),
    }


def _say_rate_limit(response: Response) -> Response:
    """Whatever the answer is, a program learns from it how much it may still ask."""
    response.headers.update(g.get("rate_limit", {}))
    return response


def _let_in(who: Caller) -> None:
    with services().reading(keys=[who.key_id]) as db:
        state = ACCESS.key_states(db, [who.key_id], now()).get(who.key_id)
    taken = None
    if state is KeyState.WORKS:
        taken = services().key_traffic.take_now({who.key_id: 1}, now())[who.key_id]
    if error := why_not_now(state, taken):
        raise error
