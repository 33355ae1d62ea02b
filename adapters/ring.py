"""A ring of secrets: each has a number, the newest makes, and the older ones open what they made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class UnknownSecret(Exception):
    """There is no secret of that number: it was destroyed, or never there."""


class Ring(Protocol):
    """It may grow while programs run, so each of them asks whenever it needs one."""

    def numbers(self) -> Sequence[int]:
        """The newest first; never none."""

    def of(self, number: int) -> bytes:
        """UnknownSecret."""
