"""The log of what was tracked: counts, kept apart so that tracking never makes a cancellation wait."""

from __future__ import annotations

from typing import Any

from eventsourcing.persistence import IntegrityError

from domain.commands.topping_up import ToppingUp
from domain.correction import Correction
from domain.usage import Usage


class Metering(ToppingUp):
    """Usage facts. The raw rows travel with the fact into the same transaction."""

    name = "metering"

    def count(self, *batches: Usage, **beside: Any) -> None:
        """Save batches once, together; `beside` reaches the recorder: rows to store and the limit to keep.

        They are never saved again after a failure: their pending facts are gone by then.
        """
        facts = [fact for usage in batches for fact in usage.collect_events()]
        assert len(facts) == len(batches)
        # As `save` does, which asks each of them by isinstance for a protocol: as slow as the rest of it.
        self.recorder.insert_events([*map(self.mapper.to_stored_event, facts)], **beside)

    def void(self, correction: Correction) -> bool:
        """Save a correction; False if somebody else had voided the event by then."""
        try:
            self.save(correction)
        except IntegrityError:
            return False
        return True
