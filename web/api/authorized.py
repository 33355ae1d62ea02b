"""Which key asks, and for which workspace it speaks: no matter what the body says."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import g, request

from domain.because import Because
from projections.catalogue import ACCESS
from web.access import now
from web.errors import ApiError
from web.services import services

MISSING = "Send the header Authorization: Bearer hh_live_…"
INVALID = "Make a key on the workspace's keys page; it is shown once."


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A key that was found genuine."""

    key_id: str
    workspace_id: UUID
    counts: bool  # a test key validates everything and counts nothing
    scopes: frozenset[str]

    def because(self) -> Because:
        story = f"request:{g.request_id}"
        return Because(actor=f"key:{self.key_id}", cause=story, story=story, at=now())


def caller(scope: str) -> Caller:
    """The key behind this request; 401 for none, a false or a revoked one, 403 without the scope."""
    given = request.headers.get("Authorization", "")
    if not given:
        raise ApiError(401, "missing_authorization", "No API key was sent.", MISSING)
    kind, _, text = given.partition(" ")
    parsed = services().keys.parse(text.strip()) if kind.lower() == "bearer" else None
    if parsed is None:
        raise ApiError(401, "invalid_api_key", "This is not an API key of ours.", INVALID)
    with services().reading() as db:
        key = ACCESS.key(db, parsed.key_id)
    if key is None or key.mode != parsed.mode or not services().keys.secret_ok(parsed.secret, key.secret_mac):
        raise ApiError(401, "invalid_api_key", "This is not an API key of ours.", INVALID)
    if key.revoked:
        raise ApiError(401, "key_revoked", "This API key was revoked.", INVALID)
    if scope not in key.scopes:
        raise ApiError(403, "scope_missing", f"This API key lacks the scope {scope!r}.", INVALID)
    return Caller(
        key_id=key.key_id,
        workspace_id=key.workspace_id,
        counts=key.mode == "live",
        scopes=frozenset(key.scopes),
    )
