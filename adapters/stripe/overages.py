"""Overage on its way to Stripe: claimed from the counts, reported once, compared with what Stripe holds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from adapters.each import failures
from adapters.postgres.database import Database
from adapters.postgres.locks import held
from adapters.postgres.outbox import Entry
from adapters.stripe.errors import StripeRefused
from adapters.stripe.gateway import StripeGateway
from domain.agency import Agency
from domain.because import Because
from domain.overage import COUNTED_WITHIN, INVOICE_OPEN, Overage, OverageDue
from domain.tree import TreeStatus

ENDING = timedelta(minutes=5)  # a cycle that ends within this is flushed once more
KEPT_BY_STRIPE = timedelta(days=35)  # a meter takes nothing older, so nothing older can change
COMPARED_MAX = 500  # cycles that lag, in one run of the clock; what is left comes with the next

log = logging.getLogger(__name__)


class DueOf(Protocol):
    """What is above the pools and not claimed yet: of one tree or of all, in all cycles or in those that
    end between two instants; the page `after` the last of another one."""

    def __call__(
        self,
        tree_id: UUID | None = None,
        *,
        ends_between: tuple[datetime, datetime] | None = None,
        after: OverageDue | None = None,
    ) -> list[OverageDue]: ...


class NotClaimed(Exception):
    """Overage of some trees could not be claimed; that of all the others was."""


class Overages:
    """`of_cycles_after` names the overage of every cycle that runs or ended after an instant, `lagging`
    at most so many of those where Stripe's meter showed other than what Stripe confirmed."""

    def __init__(
        self,
        agency: Agency,
        gateway: StripeGateway,
        database: Database,
        clock: Callable[[], datetime],
        *,
        due_of: DueOf,
        of_cycles_after: Callable[[datetime], list[UUID]],
        lagging: Callable[[datetime, int], list[UUID]],
    ) -> None:
        self.agency = agency
        self.gateway = gateway
        self.database = database
        self.clock = clock
        self.due_of = due_of
        self.of_cycles_after = of_cycles_after
        self.lagging = lagging

    # Claiming.

    def claim_all(self) -> None:
        """Claim for every tree, on the clock; what fails for one tree is no matter of the others."""
        self._claim(Because.of_tick("overage", self.clock()))

    def claim_ending(self) -> None:
        """The same shortly before a cycle ends, so that little is left for the hour after it."""
        because = Because.of_tick("overage", self.clock())
        self._claim(because, (because.at - INVOICE_OPEN, because.at + ENDING))

    def _claim(self, because: Because, ends_between: tuple[datetime, datetime] | None = None) -> None:
        failed, last = 0, None
        while dues := self.due_of(ends_between=ends_between, after=last):
            failed += failures(
                dues,
                lambda due: self.agency.claim_overage(due, because=because),
                lambda due: f"overage of tree {due.tree_id} could not be claimed",
            )
            last = dues[-1]
        if failed:
            raise NotClaimed(f"overage of {failed} cycles could not be claimed")

    def claim_of_tree(self, entry: Entry) -> None:
        """Errand of a cycle's end and of an invoice: it must hold all overage before it is final."""
        fact = self.agency.fact(entry.stream, entry.version)
        self.claim(getattr(fact, "tree_id", entry.stream), entry.because(self.clock()))

    def claim(self, tree_id: UUID, because: Because) -> None:
        for due in self.due_of(tree_id):
            self.agency.claim_overage(due, because=because)

    # Reporting.

    def report(self, entry: Entry) -> None:
        """Errand of a claim; the same identifier twice counts once at Stripe."""
        claim = self.agency.fact(entry.stream, entry.version)
        try:
            self._report(entry.stream, claim.identifier, entry.because(self.clock()))
        except StripeRefused:
            if not self._has_nobody_to_bill(claim.tree_id, entry.stream):
                raise
            log.warning("overage %s is never billed: its customer is deleted at Stripe", entry.stream)

    def _has_nobody_to_bill(self, tree_id: UUID, stream: UUID) -> bool:
        """Whether Stripe will refuse for ever: who deletes a customer ends all that it pays for."""
        has_ended = self.agency.tree(tree_id).status is TreeStatus.ENDED
        return has_ended and not self.gateway.has_customer(self.agency.overage(stream).customer_id)

    def flush(self, tree_id: UUID, because: Because) -> bool:
        """Claim and report what the running cycle has above its pool, before somebody ends it.

        Tells whether Stripe's meter holds it all: it counts some time after it confirms.
        """
        self.claim(tree_id, because)
        stream = self.agency.overage_of_running_cycle(tree_id)
        if stream is None:
            return True
        for identifier in self.agency.overage(stream).unreported:
            self._report(stream, identifier, because)
        return self.compare(stream, because).missing == 0

    def _report(self, stream: UUID, identifier: str, because: Because) -> None:
        overage = self.agency.overage(stream)
        if identifier not in overage.unreported:
            return
        if not self._arrived_long_ago(stream, overage, identifier, because):
            self.gateway.report_overage(
                customer_id=overage.customer_id,
                identifier=identifier,
                quantity=overage.unreported[identifier],
                at=overage.nearest_instant(because.at),
            )
        self.agency.note_overage_reported(stream, identifier, because=because)

    def _arrived_long_ago(self, stream: UUID, overage: Overage, identifier: str, because: Because) -> bool:
        """After a day the identifier protects no more, and an answer may have been lost: the meter knows."""
        if not overage.may_count_twice(identifier, because.at):
            return False
        return self.compare(stream, because).is_held(identifier)

    # Comparing.

    def compare(self, stream: UUID, because: Because) -> Overage:
        """Note what Stripe's meter holds for a cycle, and claim once more what it lacks.

        Reading and deciding happen under a lock: otherwise the older of two readings could be the later
        to decide.
        """
        with held(self.database, f"overage:{stream}"):
            overage = self.agency.overage(stream)
            events_held = self.gateway.usage_held(
                overage.customer_id, overage.counted_from, overage.counted_until
            )
            return self.agency.compare_overage(stream, events_held, because=because)

    def compare_reported(self, entry: Entry) -> None:
        """Errand of a report, for who looks at the billing page; the clock looks again until it is there."""
        try:
            self.compare(entry.stream, entry.because(self.clock()))
        except StripeRefused as error:  # what it refuses once it refuses always, and nothing waits for this
            log.warning("overage %s could not be compared: %s", entry.stream, error.code)

    def compare_lagging(self) -> None:
        """Cycles of which Stripe holds other than what it confirmed, while something can be done about it."""
        because = Because.of_tick("compare-overage", self.clock())
        for stream in self.lagging(because.at - INVOICE_OPEN - COUNTED_WITHIN, COMPARED_MAX):
            try:
                self.compare(stream, because)
            except StripeRefused as error:
                log.warning("overage %s could not be compared: %s", stream, error.code)

    def comparable(self, at: datetime) -> list[UUID]:
        """The overage of every cycle that Stripe could still tell us something new about."""
        return self.of_cycles_after(at - KEPT_BY_STRIPE)
