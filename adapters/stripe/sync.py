"""The one way in which Stripe's answer comes back: read what it says now, then bring the tree to it.

A notice, a page, an errand, the reconciler and a "refresh" button all end here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.locks import held
from adapters.stripe.errors import StripeTryAgain
from adapters.stripe.gateway import StripeGateway
from adapters.stripe.overages import Overages
from domain.agency import Agency
from domain.because import Because
from domain.billing import NoticeOutcome, SubscriptionSeen
from domain.refusals import Unknown

INVOICES_PER_SYNC = 12


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What came of a sync, and the tree of ours that it was about."""

    outcome: NoticeOutcome
    tree_id: UUID | None


NOBODYS = Synced(outcome=NoticeOutcome.NOT_OURS, tree_id=None)


class Sync:
    """`trees_of` names a customer's trees, the newest first."""

    def __init__(
        self,
        agency: Agency,
        gateway: StripeGateway,
        database: Database,
        clock: Callable[[], datetime],
        *,
        trees_of: Callable[[str], list[UUID]],
        overages: Overages,
    ) -> None:
        self.trees_of = trees_of
        self.overages = overages
        self.agency = agency
        self.gateway = gateway
        self.database = database
        self.clock = clock

    def sync(
        self, subscription_id: str, *, because: Because, invoices_max: int = INVOICES_PER_SYNC
    ) -> Synced:
        """Bring a tree to what Stripe says now.

        Reading and deciding happen under a lock per subscription: otherwise the older of two
        readings could be the later to decide.
        """
        with held(self.database, f"subscription:{subscription_id}"):
            seen = self.gateway.subscription(subscription_id)
            if seen is None:
                raise StripeTryAgain(f"Stripe does not know {subscription_id} yet")
            if seen.tree_id is None:
                return NOBODYS
            try:
                self._claim_before_the_pool_changes(seen.tree_id, seen, because)
                outcome = self.agency.sync_subscription(seen.tree_id, seen, because=because)
            except Unknown:
                return NOBODYS
            if outcome is NoticeOutcome.SYNCED:
                for invoice in reversed(self.gateway.invoices(subscription_id, limit=invoices_max)):
                    self.agency.note_invoice(seen.tree_id, invoice, because=because)
        return Synced(outcome=outcome, tree_id=seen.tree_id)

    def _claim_before_the_pool_changes(self, tree_id: UUID, seen: SubscriptionSeen, because: Because) -> None:
        """What is above the pool when the plan changes is billed, whether the clock has claimed it or not."""
        tree = self.agency.tree(tree_id)
        is_another = seen.plan is not None and seen.plan != tree.plan
        if is_another and tree.subscription_id == seen.subscription_id:
            self.overages.claim(tree_id, because)

    # Notices about something that is not one subscription.

    def note_dispute(self, dispute_id: str, *, because: Because) -> Synced:
        """Of the tree whose invoice was paid with it, whether that tree goes on or has ended."""
        with held(self.database, f"dispute:{dispute_id}"):
            seen = self.gateway.dispute(dispute_id)
            if seen is None:
                raise StripeTryAgain(f"Stripe does not know {dispute_id} yet")
            if seen.subscription_id is None:
                return NOBODYS
            synced = self.sync(seen.subscription_id, because=because)
            if synced.tree_id is not None and synced.outcome is not NoticeOutcome.NOT_CURRENT:
                self.agency.note_dispute(synced.tree_id, seen, because=because)
            return synced

    def sync_customer(self, customer_id: str | None, *, because: Because) -> Synced:
        """Everything that this customer pays for; answers for the newest tree, if there is any."""
        answer = NOBODYS
        for tree_id in reversed(self.trees_of(customer_id) if customer_id is not None else []):
            subscription_id = self.agency.tree(tree_id).subscription_id
            if subscription_id is not None:
                answer = self.sync(subscription_id, because=because)
        return answer
