"""A secret that is never exchanged for another, for tests of what works with secrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.ring import UnknownSecret


@dataclass(frozen=True)
class OneSecret:
    """A ring that never grows."""

    secret: bytes

    def numbers(self) -> Sequence[int]:
        return (1,)

    def of(self, number: int) -> bytes:
        if number != 1:
            raise UnknownSecret(number)
        return self.secret
