"""Billing: what is asked of Stripe on behalf of a tree, and the one way in which its answer comes back.

A notice, a page, an errand and a "refresh" button all end in the same `sync`: read the subscription and
its invoices from Stripe, then bring the tree to what they say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.locks import held
from adapters.postgres.outbox import Entry
from adapters.stripe.errors import StripeTryAgain
from adapters.stripe.gateway import InvoiceLinks, StripeGateway
from domain.agency import Agency
from domain.because import Because
from domain.billing import NoticeOutcome
from domain.refusals import Refusal, Refused, Unknown
from domain.tree import Tree, TreeStatus

INVOICES_PER_SYNC = 12


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What came of a sync, and the tree of ours that it was about."""

    outcome: NoticeOutcome
    tree_id: UUID | None


class Billing:
    def __init__(
        self, agency: Agency, gateway: StripeGateway, database: Database, clock: Callable[[], datetime]
    ) -> None:
        self.agency = agency
        self.gateway = gateway
        self.database = database
        self.clock = clock

    # What people ask for. Each of these refuses who may not handle the tree's billing.

    def open_checkout(
        self,
        tree_id: UUID,
        person_id: UUID,
        *,
        email: str,
        success_url: str,
        cancel_url: str,
        because: Because,
    ) -> str:
        """Where the buyer pays for the tree that waits for it: one open checkout, whoever asks."""
        with held(self.database, f"checkout:{tree_id}"):
            tree = self.agency.tree_for_billing(tree_id, person_id)
            if tree.status is not TreeStatus.AWAITING_PAYMENT or self._has_live_subscription(tree):
                raise Refused(Refusal.ALREADY_SUBSCRIBED)
            known = self.gateway.checkout(tree.checkout_id) if tree.checkout_id else None
            if known is not None and known.status == "complete":
                raise Refused(Refusal.ALREADY_SUBSCRIBED)
            if known is not None and known.url is not None:
                return known.url
            checkout = self.gateway.open_checkout(
                tree_id=tree_id,
                plan=tree.plan,
                customer_id=tree.customer_id,
                email=None if tree.customer_id else email,
                success_url=success_url,
                cancel_url=cancel_url,
                idempotency_key=f"checkout:{tree_id}:{tree.version}:{person_id}",
            )
            self.agency.note_checkout(tree_id, checkout.checkout_id, because=because)
        if checkout.url is None:
            raise Refused(Refusal.ALREADY_SUBSCRIBED)
        return checkout.url

    def _has_live_subscription(self, tree: Tree) -> bool:
        """The customer of an earlier tree may still have one, bought elsewhere: then fail closed."""
        return tree.customer_id is not None and bool(self.gateway.live_subscriptions(tree.customer_id))

    def returned(self, checkout_id: str, person_id: UUID, *, because: Because) -> UUID | None:
        """The buyer is back: the tree that was paid for, if it was and if it is theirs to pay for."""
        checkout = self.gateway.checkout(checkout_id)
        if checkout is None or checkout.tree_id is None or checkout.subscription_id is None:
            return None
        try:
            self.agency.tree_for_billing(checkout.tree_id, person_id)
        except (Unknown, Refused):
            return None
        return self.sync(checkout.subscription_id, because=because).tree_id

    def cancel(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        """Schedule the end of the subscription for the end of its cycle."""
        tree = self.agency.request_cancellation(tree_id, person_id, because=because)
        self._ask_to_cancel(tree, because)

    def reactivate(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        """Take a scheduled end back."""
        tree = self.agency.request_reactivation(tree_id, person_id, because=because)
        self._ask_to_reactivate(tree, because)

    def open_portal(self, tree_id: UUID, person_id: UUID, *, return_url: str) -> str:
        """The customer portal; the address is a secret, made on click and kept nowhere."""
        tree = self.agency.tree_for_billing(tree_id, person_id)
        if tree.customer_id is None:
            raise Refused(Refusal.NOT_SUBSCRIBED)
        return self.gateway.open_portal(tree.customer_id, return_url)

    def invoice_links(self, tree_id: UUID, person_id: UUID, invoice_id: str) -> InvoiceLinks | None:
        """Where an invoice of this tree can be read just now."""
        self.agency.tree_for_billing(tree_id, person_id)
        if self.agency.invoice(invoice_id).tree_id != tree_id:
            return None
        return self.gateway.invoice_links(invoice_id)

    def refresh(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        """Look at Stripe again: also for a payment whose notice and whose way back were lost."""
        tree = self.agency.tree_for_billing(tree_id, person_id)
        if tree.subscription_id is not None:
            self.sync(tree.subscription_id, because=because)
        elif tree.checkout_id is not None:
            self.returned(tree.checkout_id, person_id, because=because)

    # Errands: what was asked for and recorded is done at Stripe, also if the page that asked died.

    def carry_out(self, entry: Entry) -> None:
        """Errand of a request to cancel or to reactivate; a newer request takes its place."""
        request = self.agency.fact(entry.stream, entry.version)
        tree = self.agency.tree(entry.stream)
        if tree.asked_at_version != entry.version or tree.status is not TreeStatus.ACTIVE:
            return
        because = Because(actor=request.actor, cause=request.cause, story=request.story, at=self.clock())
        if isinstance(request, Tree.CancellationRequested):
            self._ask_to_cancel(tree, because)
        else:
            self._ask_to_reactivate(tree, because)

    def _ask_to_cancel(self, tree: Tree, because: Because) -> None:
        key = f"cancel:{tree.id}:{tree.asked_at_version}"
        self.gateway.schedule_cancellation(_subscription(tree), idempotency_key=key)
        self.sync(_subscription(tree), because=because.following(tree.id, tree.asked_at_version))

    def _ask_to_reactivate(self, tree: Tree, because: Because) -> None:
        key = f"reactivate:{tree.id}:{tree.asked_at_version}"
        self.gateway.clear_cancellation(_subscription(tree), idempotency_key=key)
        self.sync(_subscription(tree), because=because.following(tree.id, tree.asked_at_version))

    # The one way back.

    def sync(self, subscription_id: str, *, because: Because) -> Synced:
        """Bring a tree to what Stripe says now.

        Reading and deciding happen under a lock per subscription: otherwise the older of two
        readings could be the later to decide.
        """
        with held(self.database, f"subscription:{subscription_id}"):
            seen = self.gateway.subscription(subscription_id)
            if seen is None:
                raise StripeTryAgain(f"Stripe does not know {subscription_id} yet")
            if seen.tree_id is None:
                return Synced(outcome=NoticeOutcome.NOT_OURS, tree_id=None)
            try:
                outcome = self.agency.sync_subscription(seen.tree_id, seen, because=because)
            except Unknown:
                return Synced(outcome=NoticeOutcome.NOT_OURS, tree_id=None)
            if outcome is NoticeOutcome.SYNCED:
                for invoice in reversed(self.gateway.invoices(subscription_id, limit=INVOICES_PER_SYNC)):
                    self.agency.note_invoice(seen.tree_id, invoice, because=because)
        return Synced(outcome=outcome, tree_id=seen.tree_id)


def _subscription(tree: Tree) -> str:
    assert tree.subscription_id is not None, "only an active tree can be cancelled or reactivated"
    return tree.subscription_id
