"""What an API key may be, how long it works, and how much it may ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KEYS_MAX = 20  # of a workspace that work at once
REQUESTS_PER_SECOND_MAX = 200  # of one key, whichever process answers


class KeyMode(StrEnum):
    LIVE = "live"
    TEST = "test"  # validates everything and counts nothing


class Scope(StrEnum):
    """What a key may do; the stored fact holds these words."""

    TRACK = "track"
    READ = "read"
    MANAGE = "manage"  # change what lives in the workspace: agents, knowledge, numbers, widgets, actions


class Overlap(StrEnum):
    """How long a replaced key goes on working beside the one that came after it."""

    AT_ONCE = "at_once"
    HOUR = "1_hour"
    DAY = "24_hours"
    WEEK = "7_days"


OVERLAPS: Mapping[Overlap, timedelta] = {
    Overlap.AT_ONCE: timedelta(),
    Overlap.HOUR: timedelta(hours=1),
    Overlap.DAY: timedelta(hours=24),
    Overlap.WEEK: timedelta(days=7),
}


class KeyState(StrEnum):
    WORKS = "works"
    REVOKED = "revoked"
    REPLACED = "replaced"  # and its overlap is over


@dataclass(frozen=True, kw_only=True)
class MadeKey:
    """What was said of a key when it was issued, and never changes."""

    mode: KeyMode
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Replaced:
    successor_id: str
    expires_at: datetime


def state_at(at: datetime, *, revoked: bool, expires_at: datetime | None) -> KeyState:
    """Whether a key works at an instant; one that is both revoked and replaced is revoked."""
    if revoked:
        return KeyState.REVOKED
    if expires_at is not None and expires_at <= at:
        return KeyState.REPLACED
    return KeyState.WORKS
