"""Abandoning: a running call that nobody ended in time holds no credits any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from eventsourcing.persistence import IntegrityError

from adapters.each import failures
from domain.because import Because
from domain.calls.call import Call
from domain.metering import Metering


class NotAbandoned(Exception):
    """Some calls could not be given up; all the others were."""


class Abandoning:
    """`expired` names running calls whose hold expired before an instant, so many at a time."""

    def __init__(
        self,
        metering: Metering,
        clock: Callable[[], datetime],
        *,
        expired: Callable[[datetime], Sequence[UUID]],
    ) -> None:
        self.metering = metering
        self.clock = clock
        self.expired = expired

    def abandon_all(self) -> None:
        """Whoever ends such a call later is charged for it all the same."""
        because = Because.of_tick("abandoned calls", self.clock())
        failed = failures(
            self.expired(because.at),
            lambda call_id: self._abandon(call_id, because),
            lambda call_id: f"the call {call_id} could not be given up",
        )
        if failed:
            raise NotAbandoned(f"{failed} calls could not be given up")

    def _abandon(self, call_id: UUID, because: Because) -> None:
        call = self.metering.spent(call_id)
        if not isinstance(call, Call):
            return
        call.abandon(because=because)
        try:
            self.metering.save(call)
        except IntegrityError:
            return  # it has just ended, and holds nothing any more
