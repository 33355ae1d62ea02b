"""Top-ups: what was asked for is paid for at Stripe, once; what little is left asks for more by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from adapters.each import failures
from adapters.postgres.database import Database
from adapters.postgres.locks import held
from adapters.postgres.outbox import Entry
from adapters.stripe.errors import StripeRefused
from adapters.stripe.gateway import StripeGateway
from adapters.stripe.sync import NOBODYS, Synced
from adapters.stripe.top_up_invoices import NOT_PAID, TopUp, TopUpSeen
from domain.agency import Agency
from domain.because import Because
from domain.billing import NoticeOutcome
from domain.credits.ledger import CreditLedger
from domain.metering import Metering
from domain.plans import MICROS_PER_CENT, PLANS
from domain.refusals import Unknown
from domain.tree import TreeStatus

FORGOTTEN = timedelta(hours=1)  # by its errand, which has given up or waits for long
FROZEN = "credits_frozen"
NO_CUSTOMER = "no_customer"


class Low(Protocol):
    """A ledger with less than its threshold, or one of which a top-up waits for long."""

    @property
    def tree_id(self) -> UUID: ...
    @property
    def available_micros(self) -> int: ...


class NotAsked(Exception):
    """For some ledgers nothing could be done; for all the others it was."""


class TopUps:
    """`low` names ledgers below their threshold, `waiting` trees with a top-up asked for before an instant;
    each so many at a time."""

    def __init__(
        self,
        agency: Agency,
        metering: Metering,
        gateway: StripeGateway,
        database: Database,
        clock: Callable[[], datetime],
        *,
        low: Callable[[datetime], Sequence[Low]],
        waiting: Callable[[datetime], Sequence[UUID]],
    ) -> None:
        self.agency = agency
        self.metering = metering
        self.gateway = gateway
        self.database = database
        self.clock = clock
        self.low = low
        self.waiting = waiting

    # By itself.

    def ask_where_low(self) -> None:
        """What fails for one ledger is no matter of the others."""
        because = Because.of_tick("top-up", self.clock())
        failed = failures(
            self.low(because.at),
            lambda one: self._ask_if_low(one, because),
            lambda one: f"no top-up could be asked for tree {one.tree_id}",
        )
        if failed:
            raise NotAsked(f"no top-up could be asked for {failed} trees")

    def _ask_if_low(self, one: Low, because: Because) -> None:
        """Where the plan has no calls any more, nobody needs what would be paid for."""
        if PLANS[self.agency.tree(one.tree_id).plan].rates is not None:
            self.metering.ask_top_up_if_low(one.tree_id, one.available_micros, because=because)

    def settle_waiting(self) -> None:
        """What an errand has left half done, or not done at all."""
        because = Because.of_tick("settle-top-ups", self.clock())
        failed = failures(
            self.waiting(because.at - FORGOTTEN),
            lambda tree_id: self._settle_all(tree_id, because),
            lambda tree_id: f"a top-up of tree {tree_id} could not be settled",
        )
        if failed:
            raise NotAsked(f"top-ups of {failed} trees could not be settled")

    def _settle_all(self, tree_id: UUID, because: Because) -> None:
        for top_up_id in [*self.metering.ledger(tree_id).asked]:
            self.settle(tree_id, top_up_id, because)

    # At Stripe.

    def carry_out(self, entry: Entry) -> None:
        """Errand of a top-up that was asked for."""
        asked = self.metering.fact(entry.stream, entry.version)
        self.settle(asked.tree_id, asked.top_up_id, entry.because(self.clock()))

    def settle(self, tree_id: UUID, top_up_id: UUID, because: Because) -> None:
        """Paid, or failed for good; run again after it died anywhere, it goes on from there.

        Looking and noting happen under a lock: otherwise the older of two looks could be noted last.
        """
        with held(self.database, _lock(tree_id)):
            ledger = self.metering.ledger(tree_id)
            if (asked := ledger.asked.get(top_up_id)) is None:
                return
            customer_id = self.agency.tree(tree_id).customer_id
            if customer_id is None:
                self.metering.note_top_up_failed(tree_id, top_up_id, NO_CUSTOMER, because=because)
                return
            top_up = TopUp(
                top_up_id=top_up_id,
                tree_id=tree_id,
                customer_id=customer_id,
                amount_cents=asked.amount_micros // MICROS_PER_CENT,
                asked_at=asked.timestamp,
                at=because.at,
            )
            self._note(top_up, *self._charged(ledger, top_up), because)

    def _charged(self, ledger: CreditLedger, top_up: TopUp) -> tuple[TopUpSeen | None, str]:
        """Nothing new is charged where the subscription has ended; what was charged before is found."""
        has_ended = self.agency.tree(top_up.tree_id).status is TreeStatus.ENDED
        try:
            if ledger.frozen or has_ended:
                return self.gateway.withdraw_top_up(top_up), FROZEN
            return self.gateway.charge_top_up(top_up), NOT_PAID
        except StripeRefused as no:
            # What it refuses now it refuses always; if anything was paid before, this finds it.
            if not self.gateway.has_customer(top_up.customer_id):
                return None, NO_CUSTOMER
            return self.gateway.withdraw_top_up(top_up), no.code or NOT_PAID

    def _note(self, top_up: TopUp, seen: TopUpSeen | None, otherwise: str, because: Because) -> None:
        if seen is not None:
            self.agency.note_invoice(top_up.tree_id, seen.invoice, because=because)
        if seen is not None and seen.is_paid:
            self.metering.note_topped_up(
                top_up.tree_id, top_up.top_up_id, seen.invoice.invoice_id, because=because
            )
        else:
            code = (seen.code if seen is not None else None) or otherwise
            self.metering.note_top_up_failed(top_up.tree_id, top_up.top_up_id, code, because=because)

    def hear(self, tree_id: UUID | None, invoice_id: str | None, *, because: Because) -> Synced:
        """A notice about an invoice of no subscription: if it is for credits, it is shown as it is now, and
        what was paid is there."""
        if tree_id is None or invoice_id is None:
            return Synced(outcome=NoticeOutcome.NOTHING_TO_DO, tree_id=None)
        with held(self.database, _lock(tree_id)):
            seen = self.gateway.top_up_on(invoice_id)
            if seen is None or not self._is_of(tree_id, seen):
                return NOBODYS
            self.agency.note_invoice(tree_id, seen.invoice, because=because)
            if seen.is_paid:
                self.metering.note_topped_up(
                    tree_id, seen.top_up_id, seen.invoice.invoice_id, because=because
                )
        return Synced(outcome=NoticeOutcome.SYNCED, tree_id=tree_id)

    def _is_of(self, tree_id: UUID, seen: TopUpSeen) -> bool:
        """Whether it is ours, and of this tree's own customer; what was never asked for is nobody's."""
        try:
            tree, ledger = self.agency.tree(tree_id), self.metering.ledger(tree_id)
        except Unknown:
            return False
        return (seen.tree_id, seen.invoice.customer_id) == (tree_id, tree.customer_id) and (
            seen.top_up_id in ledger.top_ups
        )


def _lock(tree_id: UUID) -> str:
    return f"top-up:{tree_id}"
