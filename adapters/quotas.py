"""Quotas: what the clock does about pools that are nearly or wholly used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from adapters.each import failures
from domain.agency import Agency
from domain.because import Because
from domain.quota import QuotaSeen


class NotNoted(Exception):
    """How some pools stand could not be noted; of all the others it was."""


class Quotas:
    """`due_of` names the pools of which a notice is to be given or taken back, so many at a time."""

    def __init__(
        self,
        agency: Agency,
        clock: Callable[[], datetime],
        *,
        due_of: Callable[[datetime], Sequence[QuotaSeen]],
    ) -> None:
        self.agency = agency
        self.clock = clock
        self.due_of = due_of

    def note_all(self) -> None:
        """What fails for one pool is no matter of the others."""
        because = Because.of_tick("quota", self.clock())
        failed = failures(
            self.due_of(because.at),
            lambda seen: self.agency.note_quota(seen, because=because),
            lambda seen: f"how the pool {seen.pool_id} stands could not be noted",
        )
        if failed:
            raise NotNoted(f"how {failed} pools stand could not be noted")
