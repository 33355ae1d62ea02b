"""Which parts look after calls: how they are told, given up, and forgotten in time."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from adapters.calls.abandoning import Abandoning
from adapters.calls.retiring import Retiring
from adapters.calls.sealing import Sealing
from adapters.calls.telling import Telling
from adapters.postgres.naming import Named
from projections.calls import Retention
from projections.catalogue import CALLS
from scripts.person_parts import PersonParts


class CallParts(PersonParts):
    """Each part is made when first asked for."""

    @cached_property
    def telling(self) -> Telling:
        return Telling(self.database, self.recording, Sealing(self.vault, self._kept_of))

    @cached_property
    def abandoning(self) -> Abandoning:
        return Abandoning(self.metering, self.clock, expired=self._asked(CALLS.expired))

    @cached_property
    def retiring(self) -> Retiring:
        return Retiring(
            self.database,
            self.agency,
            self.vault,
            self.clock,
            kept_after=self._asked(CALLS.retentions_after),
        )

    def _kept_of(self, workspace_id: UUID) -> Retention:
        with self.database.reading(Named(tenants=[workspace_id])) as db:
            return CALLS.retention(db, workspace_id)
