"""Overage on its way to Stripe: claimed from the counts, reported once, confirmed as a fact."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from adapters.postgres.outbox import Entry
from adapters.stripe.gateway import StripeGateway
from domain.agency import Agency
from domain.because import Because
from domain.overage import OverageDue

log = logging.getLogger(__name__)


class DueOf(Protocol):
    """What is above the pools and not claimed yet, of one tree or of all."""

    def __call__(self, tree_id: UUID | None) -> list[OverageDue]: ...


class Overages:
    def __init__(
        self, agency: Agency, gateway: StripeGateway, due_of: DueOf, clock: Callable[[], datetime]
    ) -> None:
        self.agency = agency
        self.gateway = gateway
        self.due_of = due_of
        self.clock = clock

    def claim_all(self) -> None:
        """Claim for every tree, on the clock; what fails for one tree is no matter of the others."""
        now = self.clock()
        tick = f"tick:overage@{now:%Y-%m-%dT%H:%M:%SZ}"
        because = Because(actor="clock", cause=tick, story=tick, at=now)
        for due in self.due_of(None):
            try:
                self.agency.claim_overage(due, because=because)
            except Exception:
                log.exception("overage of tree %s could not be claimed", due.tree_id)

    def claim_of_tree(self, entry: Entry) -> None:
        """Errand of a cycle's end: what is not claimed yet must reach Stripe while the invoice is open."""
        for due in self.due_of(entry.stream):
            self.agency.claim_overage(due, because=self._because_of(entry))

    def report(self, entry: Entry) -> None:
        """Errand of a claim; the same identifier twice counts once at Stripe."""
        overage = self.agency.overage(entry.stream)
        claim = self.agency.fact(entry.stream, entry.version)
        self.gateway.report_overage(
            customer_id=overage.customer_id,
            identifier=claim.identifier,
            quantity=claim.events_added,
            at=overage.nearest_instant(claim.timestamp),
        )
        self.agency.note_overage_reported(entry.stream, claim.identifier, because=self._because_of(entry))

    def _because_of(self, entry: Entry) -> Because:
        cause = f"fact:{entry.stream}/{entry.version}"
        return Because(actor="clock", cause=cause, story=entry.story, at=self.clock())
