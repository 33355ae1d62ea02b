"""Buckets: how a ledger's balance is made up, and in which order it is spent.

This cycle's grant goes first, then what rolled over from earlier ones, then what was topped up. A call that
was already running may cost more than there is: what is lacking is a debt, which the next credits pay first.
The `credits` projection does the same in SQL; a test holds the two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Bucket = Literal["grant", "rollover", "top_up"]


@dataclass(frozen=True, kw_only=True)
class Buckets:
    """All in micro-euros, none of them negative; where there is a debt, nothing else is left."""

    grant: int = 0
    rollover: int = 0
    top_up: int = 0
    debt: int = 0

    @property
    def balance(self) -> int:
        return self.grant + self.rollover + self.top_up - self.debt

    def spend(self, micros: int) -> Buckets:
        assert micros >= 0
        grant = min(self.grant, micros)
        rollover = min(self.rollover, micros - grant)
        top_up = min(self.top_up, micros - grant - rollover)
        return Buckets(
            grant=self.grant - grant,
            rollover=self.rollover - rollover,
            top_up=self.top_up - top_up,
            debt=self.debt + micros - grant - rollover - top_up,
        )

    def add(self, micros: int, bucket: Bucket) -> Buckets:
        assert micros >= 0
        paid = min(self.debt, micros)
        rest: int = getattr(self, bucket) + micros - paid
        return replace(self, debt=self.debt - paid, **{bucket: rest})

    def roll_over(self) -> Buckets:
        """What is left of a cycle's grant when the next one begins."""
        return replace(self, grant=0, rollover=self.rollover + self.grant)
