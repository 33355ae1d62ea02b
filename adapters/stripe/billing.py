"""Billing: what is asked of Stripe on behalf of a tree, and the one way in which its answer comes back.

A notice, a page, the clock and a "refresh" button all end in the same `sync`: read the subscription and
its invoices from Stripe, then bring the tree to what they say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.locks import held
from adapters.postgres.outbox import Entry
from adapters.stripe.errors import StripeTryAgain
from adapters.stripe.gateway import StripeGateway
from domain.agency import Agency
from domain.because import Because
from domain.billing import NoticeSeen
from domain.refusals import Refusal, Refused, Unknown
from domain.tree import Tree

INVOICES_PER_SYNC = 12

SYNCED = "synced"
NOTHING_TO_DO = "nothing_to_do"
NOT_OURS = "not_ours"


class Overages(Protocol):
    """Trees with overage: tree, start of the cycle, events above the pool."""

    def __call__(self) -> list[tuple[UUID, datetime, int]]: ...


class Billing:
    def __init__(
        self,
        agency: Agency,
        gateway: StripeGateway,
        database: Database,
        clock: Callable[[], datetime],
        overages: Overages,
    ) -> None:
        self.agency = agency
        self.gateway = gateway
        self.database = database
        self.clock = clock
        self.overages = overages

    # What people ask for.

    def open_checkout(
        self, tree_id: UUID, *, email: str, success_url: str, cancel_url: str, because: Because
    ) -> str:
        """Where the buyer pays for the tree that waits for it."""
        tree = self.agency.tree(tree_id)
        if tree.subscription_id is not None:
            raise Refused(Refusal.ALREADY_SUBSCRIBED)
        hour = f"{because.at:%Y%m%d%H}"  # within it a second click is the same, and no second checkout opens
        checkout = self.gateway.open_checkout(
            tree_id=tree_id,
            plan=tree.plan,
            customer_id=tree.customer_id,
            email=None if tree.customer_id else email,
            success_url=success_url,
            cancel_url=cancel_url,
            idempotency_key=f"checkout:{tree_id}:{hour}",
        )
        if checkout.url is None:
            raise Refused(Refusal.ALREADY_SUBSCRIBED)
        return checkout.url

    def returned(self, checkout_id: str, person_id: UUID, *, because: Because) -> UUID | None:
        """The buyer is back: the tree that was paid for, if it was and if it is theirs to pay for."""
        checkout = self.gateway.checkout(checkout_id)
        if checkout is None or checkout.tree_id is None or checkout.subscription_id is None:
            return None
        try:
            self.agency.tree_for_billing(checkout.tree_id, person_id)
        except (Unknown, Refused):
            return None
        return self.sync(checkout.subscription_id, because=because)

    def cancel(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        """Schedule the end of the subscription for the end of its cycle."""
        tree = self.agency.request_cancellation(tree_id, person_id, because=because)
        subscription_id = _subscription(tree)
        self.gateway.schedule_cancellation(
            subscription_id, idempotency_key=f"cancel:{tree.id}:{tree.version}"
        )
        self.sync(subscription_id, because=because.following(tree.id, tree.version))

    def reactivate(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        """Take a scheduled end back."""
        tree = self.agency.request_reactivation(tree_id, person_id, because=because)
        subscription_id = _subscription(tree)
        self.gateway.clear_cancellation(
            subscription_id, idempotency_key=f"reactivate:{tree.id}:{tree.version}"
        )
        self.sync(subscription_id, because=because.following(tree.id, tree.version))

    def open_portal(self, tree_id: UUID, *, return_url: str) -> str:
        """The customer portal; the address is a secret, made on click and kept nowhere."""
        tree = self.agency.tree(tree_id)
        if tree.customer_id is None:
            raise Refused(Refusal.NOT_SUBSCRIBED)
        return self.gateway.open_portal(tree.customer_id, return_url)

    def refresh(self, tree_id: UUID, *, because: Because) -> None:
        tree = self.agency.tree(tree_id)
        if tree.subscription_id is not None:
            self.sync(tree.subscription_id, because=because)

    # The one way back.

    def sync(self, subscription_id: str, *, because: Because) -> UUID | None:
        """Bring a tree to what Stripe says now; None if the subscription is not of a tree of ours.

        Reading and deciding happen under a lock per subscription: otherwise the older of two
        readings could be the later to decide.
        """
        with held(self.database, f"subscription:{subscription_id}"):
            seen = self.gateway.subscription(subscription_id)
            if seen is None:
                raise StripeTryAgain(f"Stripe does not know {subscription_id} yet")
            if seen.tree_id is None:
                return None
            try:
                current = self.agency.sync_subscription(seen.tree_id, seen, because=because)
            except Unknown:
                return None
            if current:
                for invoice in reversed(self.gateway.invoices(subscription_id, limit=INVOICES_PER_SYNC)):
                    self.agency.note_invoice(seen.tree_id, invoice, because=because)
        return seen.tree_id if current else None

    # Notices.

    def receive(self, body: bytes, signature: str) -> bool:
        """Verify a notice and remember it, once; acting on it is the worker's errand."""
        now = self.clock()
        notice = self.gateway.read_notice(body, signature, now=now)
        because = _because_of(notice.notice_id, now)
        seen = NoticeSeen(
            notice_id=notice.notice_id,
            type=notice.type,
            object_id=notice.object_id,
            subscription_id=notice.subscription_id,
            stripe_created_at=notice.created_at,
            api_version=notice.api_version,
            livemode=notice.livemode,
            body_sha256=notice.digest,
        )
        return self.agency.receive_notice(seen, because=because)

    def act_on_notice(self, entry: Entry) -> None:
        """Errand of a received notice."""
        received = self.agency.fact(entry.stream, entry.version)
        because = _because_of(received.notice_id, self.clock())
        tree_id, outcome = None, NOTHING_TO_DO
        if received.subscription_id is not None:
            tree_id = self.sync(received.subscription_id, because=because)
            outcome = SYNCED if tree_id else NOT_OURS
        self.agency.act_on_notice(received.notice_id, outcome, tree_id, because=because)

    # Overage.

    def claim_overage(self) -> None:
        """Claim what every tree's overage has grown by; the errand of a claim reports it to Stripe."""
        now = self.clock()
        tick = f"tick:overage@{now:%Y-%m-%dT%H:%M:%SZ}"
        because = Because(actor="clock", cause=tick, story=tick, at=now)
        for tree_id, cycle_started_at, events in self.overages():
            self.agency.claim_overage(tree_id, cycle_started_at, events, because=because)

    def report_overage(self, entry: Entry) -> None:
        """Errand of a claim; the same identifier twice counts once at Stripe."""
        claim = self.agency.fact(entry.stream, entry.version)
        self.gateway.report_overage(
            customer_id=claim.customer_id,
            identifier=claim.identifier,
            quantity=claim.events,
            at=min(claim.timestamp, claim.cycle_ends_at - timedelta(seconds=1)),
        )
        because = Because(
            actor="clock", cause=f"fact:{entry.stream}/{entry.version}", story=entry.story, at=self.clock()
        )
        self.agency.note_overage_reported(entry.stream, claim.identifier, because=because)


def _because_of(notice_id: str, now: datetime) -> Because:
    return Because(actor="stripe", cause=f"notice:{notice_id}", story=f"notice:{notice_id}", at=now)


def _subscription(tree: Tree) -> str:
    assert tree.subscription_id is not None, "only an active tree can be cancelled or reactivated"
    return tree.subscription_id
