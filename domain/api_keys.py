"""What an API key may be."""

from __future__ import annotations

from enum import StrEnum

KEYS_MAX = 20  # of a workspace, revoked ones not counted


class KeyMode(StrEnum):
    LIVE = "live"
    TEST = "test"  # validates everything and counts nothing
