"""Which key is genuine? That never changes, so each process remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

from flask import g

from domain.because import Because
from projections.catalogue import ACCESS
from web.access import now
from web.errors import ApiError
from web.services import Services

MISSING = "Send the header Authorization: Bearer hh_live_…"
INVALID = "Make a key on the workspace's keys page; it is shown once."
KNOWN_KEYS = "known_keys"  # under which name an application keeps them
KNOWN_KEYS_MAX = 10_000  # of a process; the one that came first makes room


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A key that was found genuine."""

    key_id: str
    workspace_id: UUID
    counts: bool  # a test key validates everything and counts nothing
    scopes: frozenset[str]

    def because(self) -> Because:
        return self.because_of(g.request_id, now())

    def because_of(self, request_id: UUID, at: datetime) -> Because:
        story = f"request:{request_id}"
        return Because(actor=f"key:{self.key_id}", cause=story, story=story, at=at)


@dataclass(frozen=True, kw_only=True)
class KnownKey:
    """What was said of a key when it was issued: whether it still works is not remembered."""

    mode: str
    secret_mac: str
    caller: Caller


class KnownKeys:
    """The keys that a process has seen."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._remembered: dict[str, KnownKey] = {}
        self._lock = Lock()

    def genuine(self, authorization: str) -> Caller:
        """The key in a header; 401 for none and for a false one."""
        if not authorization:
            raise ApiError(401, "missing_authorization", "No API key was sent.", MISSING)
        parsed = self._parsed(authorization)
        if parsed is not None:
            key = self._known(parsed.key_id)
            if key is not None and self._matches(key, parsed):
                return key.caller
            if key is not None:
                self._read(parsed.key_id)  # one that there is not is looked for each time, and takes as long
        raise ApiError(401, "invalid_api_key", "This is not an API key of ours.", INVALID)

    def remembered(self, authorization: str) -> Caller | None:
        """The same, if nobody has to be asked for it."""
        parsed = self._parsed(authorization)
        key = self._remembered.get(parsed.key_id) if parsed is not None else None
        return key.caller if key is not None and self._matches(key, parsed) else None

    def _parsed(self, authorization: str) -> Any | None:
        kind, _, text = authorization.partition(" ")
        return self.services.keys.parse(text.strip()) if kind.lower() == "bearer" else None

    def _matches(self, key: KnownKey, parsed: Any) -> bool:
        if key.mode != parsed.mode:
            return False
        secret_ok: bool = self.services.keys.secret_ok(parsed.secret, key.secret_mac)
        return secret_ok

    def _known(self, key_id: str) -> KnownKey | None:
        """One that there is not is not remembered: it may be made in the next moment."""
        key = self._remembered.get(key_id) or self._read(key_id)
        if key is not None and key_id not in self._remembered:
            with self._lock:
                while len(self._remembered) >= KNOWN_KEYS_MAX:
                    del self._remembered[next(iter(self._remembered))]
                self._remembered[key_id] = key
        return key

    def _read(self, key_id: str) -> KnownKey | None:
        with self.services.reading(keys=[key_id]) as db:
            key = ACCESS.key(db, key_id)
        if key is None:
            return None
        who = Caller(
            key_id=key.key_id,
            workspace_id=key.workspace_id,
            counts=key.mode == "live",
            scopes=frozenset(key.scopes),
        )
        return KnownKey(mode=key.mode, secret_mac=key.secret_mac, caller=who)
