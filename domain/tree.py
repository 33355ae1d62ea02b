"""A tree: an agency's anchor, its children, and the one subscription that pays for them all."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.because import Because
from domain.billing import BillingFault, SubscriptionSeen
from domain.plans import FREE, PLANS
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused


class TreeStatus(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    ACTIVE = "active"
    ENDED = "ended"


class Tree(Recorded):
    # State.

    def __init__(self, anchor_id: UUID, plan: str, customer_id: str | None) -> None:
        self.anchor_id = anchor_id
        self.plan = plan
        self.status = TreeStatus.AWAITING_PAYMENT
        self.children: list[UUID] = []
        self.workspaces_max = PLANS[plan].workspaces_max
        self.pool_events = 0
        self.customer_id = customer_id
        self.subscription_id: str | None = None
        self.cycle_started_at: datetime | None = None
        self.cycle_ends_at: datetime | None = None
        self.ends_at: datetime | None = None
        self.checkout_id: str | None = None  # the newest one, while the tree waits for payment
        self.asked_at_version = 0  # the newest request to cancel or reactivate, until it is answered

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        pass

    class Founded(Event, Recorded.Created):
        anchor_id: UUID
        plan: str
        customer_id: str | None

    class CheckoutOpened(Event):
        checkout_id: str

        def apply(self, tree: Tree) -> None:
            tree.checkout_id = self.checkout_id

    class SubscriptionStarted(Event):
        customer_id: str
        subscription_id: str
        plan: str
        pool_events: int
        workspaces_max: int
        cycle_started_at: datetime
        cycle_ends_at: datetime

        def apply(self, tree: Tree) -> None:
            tree.status = TreeStatus.ACTIVE
            tree.customer_id = self.customer_id
            tree.subscription_id = self.subscription_id
            tree.plan = self.plan
            tree.pool_events = self.pool_events
            tree.workspaces_max = self.workspaces_max
            tree.cycle_started_at = self.cycle_started_at
            tree.cycle_ends_at = self.cycle_ends_at

    class CycleStarted(Event):
        subscription_id: str
        pool_events: int
        cycle_started_at: datetime
        cycle_ends_at: datetime

        def apply(self, tree: Tree) -> None:
            tree.cycle_started_at = self.cycle_started_at
            tree.cycle_ends_at = self.cycle_ends_at
            tree.pool_events = self.pool_events

    class ChildAdded(Event):
        child_id: UUID

        def apply(self, tree: Tree) -> None:
            tree.children.append(self.child_id)

    class ChildRemoved(Event):
        child_id: UUID

        def apply(self, tree: Tree) -> None:
            tree.children.remove(self.child_id)

    class CancellationRequested(Event):
        subscription_id: str

        def apply(self, tree: Tree) -> None:
            tree.asked_at_version = self.originator_version

    class CancellationScheduled(Event):
        subscription_id: str
        ends_at: datetime

        def apply(self, tree: Tree) -> None:
            tree.ends_at = self.ends_at
            tree.asked_at_version = 0

    class ReactivationRequested(Event):
        subscription_id: str
        ends_at: datetime

        def apply(self, tree: Tree) -> None:
            tree.asked_at_version = self.originator_version

    class Reactivated(Event):
        subscription_id: str
        ends_at: datetime  # the end that will not come

        def apply(self, tree: Tree) -> None:
            tree.ends_at = None
            tree.asked_at_version = 0

    class SubscriptionEnded(Event):
        customer_id: str
        subscription_id: str
        status: str  # Stripe's word for how it ended
        reason: str | None  # Stripe's word for why, if it gave one
        ended_at: datetime
        plan_from: str
        plan_to: str
        children: tuple[UUID, ...]

        def apply(self, tree: Tree) -> None:
            tree.status = TreeStatus.ENDED
            tree.plan = self.plan_to
            tree.ends_at = None
            tree.children = []

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def found(
        cls, tree_id: UUID, anchor_id: UUID, plan: str, customer_id: str | None, *, because: Because
    ) -> Tree:
        return cls._begin(
            cls.Founded, tree_id, because, anchor_id=anchor_id, plan=plan, customer_id=customer_id
        )

    def note_checkout(self, checkout_id: str, *, because: Because) -> None:
        if checkout_id != self.checkout_id:
            self._record(self.CheckoutOpened, because, checkout_id=checkout_id)

    def start_subscription(self, seen: SubscriptionSeen, *, because: Because) -> None:
        if self.status is not TreeStatus.AWAITING_PAYMENT:
            return
        if seen.plan not in PLANS:
            raise BillingFault(f"subscription {seen.subscription_id} has no plan of ours")
        plan = PLANS[seen.plan]
        self._record(
            self.SubscriptionStarted,
            because,
            customer_id=seen.customer_id,
            subscription_id=seen.subscription_id,
            plan=plan.name,
            pool_events=plan.pool_events,
            workspaces_max=plan.workspaces_max,
            cycle_started_at=seen.cycle_started_at,
            cycle_ends_at=seen.cycle_ends_at,
        )

    def start_cycle(self, started_at: datetime, ends_at: datetime, *, because: Because) -> None:
        assert self.cycle_started_at is not None
        if self.status is not TreeStatus.ACTIVE or started_at <= self.cycle_started_at:
            return
        self._record(
            self.CycleStarted,
            because,
            subscription_id=self.subscription_id,
            pool_events=self.pool_events,
            cycle_started_at=started_at,
            cycle_ends_at=ends_at,
        )

    def add_child(self, child_id: UUID, *, because: Because) -> None:
        if child_id in self.children:
            return
        if refusal := self.why_not_add_child():
            raise Refused(refusal)
        self._record(self.ChildAdded, because, child_id=child_id)

    def remove_child(self, child_id: UUID, *, because: Because) -> None:
        if child_id in self.children:
            self._record(self.ChildRemoved, because, child_id=child_id)

    def request_cancellation(self, *, because: Because) -> None:
        if refusal := self.why_not_cancel():
            raise Refused(refusal)
        self._record(self.CancellationRequested, because, subscription_id=self.subscription_id)

    def schedule_cancellation(self, ends_at: datetime, *, because: Because) -> None:
        if self.status is not TreeStatus.ACTIVE or self.ends_at == ends_at:
            return
        self._record(
            self.CancellationScheduled, because, subscription_id=self.subscription_id, ends_at=ends_at
        )

    def request_reactivation(self, *, because: Because) -> None:
        if refusal := self.why_not_reactivate():
            raise Refused(refusal)
        self._record(
            self.ReactivationRequested, because, subscription_id=self.subscription_id, ends_at=self.ends_at
        )

    def reactivate(self, *, because: Because) -> None:
        if self.status is not TreeStatus.ACTIVE or self.ends_at is None:
            return
        self._record(self.Reactivated, because, subscription_id=self.subscription_id, ends_at=self.ends_at)

    def end_subscription(
        self, status: str, reason: str | None, ended_at: datetime, *, because: Because
    ) -> None:
        if self.status is not TreeStatus.ACTIVE:
            return
        self._record(
            self.SubscriptionEnded,
            because,
            customer_id=self.customer_id,
            subscription_id=self.subscription_id,
            status=status,
            reason=reason,
            ended_at=ended_at,
            plan_from=self.plan,
            plan_to=FREE.name,
            children=tuple(self.children),
        )

    # Rules. Questions about the present, with no effect on it.

    def why_not_add_child(self) -> Refusal | None:
        """The first refusal that applies, in the order `Refusal` lists them."""
        if not PLANS[self.plan].may_be_agency and self.status is not TreeStatus.ENDED:
            return Refusal.NO_AGENCY_PLAN
        if self.status is TreeStatus.AWAITING_PAYMENT:
            return Refusal.NOT_PAID_YET
        if self.status is TreeStatus.ENDED:
            return Refusal.TREE_ENDED
        if 1 + len(self.children) >= self.workspaces_max:
            return Refusal.TREE_IS_FULL
        return None

    def why_not_cancel(self) -> Refusal | None:
        if self.status is TreeStatus.ENDED:
            return Refusal.TREE_ENDED
        if self.status is not TreeStatus.ACTIVE:
            return Refusal.NOT_SUBSCRIBED
        return Refusal.ALREADY_SCHEDULED if self.ends_at is not None else None

    def why_not_reactivate(self) -> Refusal | None:
        if self.status is TreeStatus.ENDED:
            return Refusal.TREE_ENDED
        if self.status is not TreeStatus.ACTIVE:
            return Refusal.NOT_SUBSCRIBED
        if self.ends_at is None:
            return Refusal.NOTHING_SCHEDULED
        return None
