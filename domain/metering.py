"""The log of what was tracked: counts, kept apart so that tracking never makes a cancellation wait."""

from __future__ import annotations

from typing import Any

from eventsourcing.persistence import IntegrityError

from domain.commands.loading import Stored
from domain.correction import Correction
from domain.usage import Usage


class Metering(Stored):
    """Usage facts. The raw rows travel with the fact into the same transaction."""

    name = "metering"

    def count(self, *batches: Usage, **beside: Any) -> None:
        """Save batches once, together; `beside` reaches the recorder: rows to store and the limit to keep.

        They are never saved again after a failure: their pending facts are gone by then.
        """
        assert all(usage.pending_events for usage in batches)
        self.save(*batches, **beside)

    def void(self, correction: Correction) -> bool:
        """Save a correction; False if somebody else had voided the event by then."""
        try:
            self.save(correction)
        except IntegrityError:
            return False
        return True
