"""A tree: an agency's anchor, its children, and the one subscription that pays for them all."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.because import Because
from domain.billing import PaymentStanding
from domain.plans import PLANS
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused
from domain.request import Request
from domain.visibility import Level, Visibility


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
        self.ended_at: datetime | None = None
        self.checkout_id: str | None = None  # the newest one, while the tree waits for payment
        self.asked_at_version = 0  # the newest request to Stripe, until it is answered
        self.asked: tuple[Request, str | None] | None = None  # which it is, and the plan that it asks for
        self.next_plan: str | None = None  # a change that comes at the end of the cycle
        self.next_plan_at: datetime | None = None
        self.standing = PaymentStanding.CURRENT
        self.visibility_defaults: Visibility | None = None  # of a child that is made from now on
        self.disputes: dict[str, str] = {}  # each payment in dispute, and Stripe's word for how it stands
        self.single_sign_on: Tree.SingleSignOnSet | None = None

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
            tree.customer_id, tree.subscription_id = self.customer_id, self.subscription_id
            tree.plan = self.plan
            tree.pool_events, tree.workspaces_max = self.pool_events, self.workspaces_max
            tree.cycle_started_at, tree.cycle_ends_at = self.cycle_started_at, self.cycle_ends_at

    class CycleStarted(Event):
        subscription_id: str
        pool_events: int
        cycle_started_at: datetime
        cycle_ends_at: datetime

        def apply(self, tree: Tree) -> None:
            tree.cycle_started_at, tree.cycle_ends_at = self.cycle_started_at, self.cycle_ends_at
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
            tree.asks(Request.CANCEL, self.originator_version)

    class CancellationScheduled(Event):
        subscription_id: str
        ends_at: datetime

        def apply(self, tree: Tree) -> None:
            tree.ends_at = self.ends_at
            tree.answered(Request.CANCEL)

    class ReactivationRequested(Event):
        subscription_id: str
        ends_at: datetime

        def apply(self, tree: Tree) -> None:
            tree.asks(Request.REACTIVATE, self.originator_version)

    class Reactivated(Event):
        subscription_id: str
        ends_at: datetime  # the end that will not come

        def apply(self, tree: Tree) -> None:
            tree.ends_at = None
            tree.answered(Request.REACTIVATE)

    class EndRequested(Event):
        """To end it at once, and not with its cycle."""

        subscription_id: str

        def apply(self, tree: Tree) -> None:
            tree.asks(Request.END, self.originator_version)

    class PlanChangeRequested(Event):
        subscription_id: str
        plan: str

        def apply(self, tree: Tree) -> None:
            tree.asks(Request.PLAN, self.originator_version, self.plan)

    class RequestRefused(Event):
        """Stripe said no to the newest request; nobody is charged for it later."""

        subscription_id: str
        request: Request
        code: str | None  # Stripe's word for why

        def apply(self, tree: Tree) -> None:
            tree.answered(self.request)

    class PlanChangeScheduled(Event):
        subscription_id: str
        plan: str
        at: datetime

        def apply(self, tree: Tree) -> None:
            tree.next_plan, tree.next_plan_at = self.plan, self.at
            tree.answered(Request.PLAN, self.plan)

    class PlanChangeWithdrawn(Event):
        subscription_id: str
        plan: str  # the plan that will not come

        def apply(self, tree: Tree) -> None:
            tree.next_plan = tree.next_plan_at = None
            tree.answered(Request.PLAN, tree.plan)

    class PlanChanged(Event):
        subscription_id: str
        plan_from: str
        plan_to: str
        pool_events: int
        workspaces_max: int
        cycle_started_at: datetime  # of the first cycle that has this pool
        children_released: tuple[UUID, ...]  # the new plan has no place for them

        def apply(self, tree: Tree) -> None:
            tree.plan = self.plan_to
            tree.pool_events, tree.workspaces_max = self.pool_events, self.workspaces_max
            tree.children = [child for child in tree.children if child not in self.children_released]
            tree.next_plan = tree.next_plan_at = None
            tree.answered(Request.PLAN, self.plan_to)

    class PaymentStandingChanged(Event):
        subscription_id: str
        standing_from: PaymentStanding
        standing_to: PaymentStanding

        def apply(self, tree: Tree) -> None:
            tree.standing = self.standing_to

    class PaymentDisputed(Event):
        subscription_id: str
        dispute_id: str
        status: str  # Stripe's word for how it stands
        reason: str  # Stripe's word for why
        amount_cents: int
        currency: str

        def apply(self, tree: Tree) -> None:
            tree.disputes[self.dispute_id] = self.status

    class VisibilityDefaultsSet(Event):
        dashboard: Level
        prompts: Level
        configuration: Level
        deployment: Level
        actions: Level

        def apply(self, tree: Tree) -> None:
            tree.visibility_defaults = Visibility.said_by(self)

    class SingleSignOnSet(Event):
        issuer: str
        client_id: str
        client_secret_digest: str | None  # the secret lies in the vault, under the tree
        domains: tuple[str, ...]
        required: bool

        def apply(self, tree: Tree) -> None:
            tree.single_sign_on = self

    class SingleSignOnRemoved(Event):
        def apply(self, tree: Tree) -> None:
            tree.single_sign_on = None

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
            tree.ended_at = self.ended_at
            tree.asked_at_version, tree.asked = 0, None
            tree.plan = self.plan_to
            tree.ends_at = tree.next_plan = tree.next_plan_at = None
            tree.children = []

    # Commands. Each one decides, and records at most one fact; Stripe is followed in `subscription`.

    @classmethod
    def found(
        cls, tree_id: UUID, anchor_id: UUID, plan: str, customer_id: str | None, *, because: Because
    ) -> Tree:
        return cls._begin(
            cls.Founded, tree_id, because, anchor_id=anchor_id, plan=plan, customer_id=customer_id
        )

    def note_checkout(self, checkout_id: str, *, because: Because) -> None:
        if checkout_id != self.checkout_id:
            self.record(self.CheckoutOpened, because, checkout_id=checkout_id)

    def add_child(self, child_id: UUID, *, because: Because) -> None:
        if child_id in self.children:
            return
        if refusal := self.why_not_add_child():
            raise Refused(refusal)
        self.record(self.ChildAdded, because, child_id=child_id)

    def remove_child(self, child_id: UUID, *, because: Because) -> None:
        if child_id in self.children:
            self.record(self.ChildRemoved, because, child_id=child_id)

    # For facts.

    def asks(self, request: Request, version: int, plan: str | None = None) -> None:
        self.asked_at_version, self.asked = version, (request, plan)

    def answered(self, request: Request, plan: str | None = None) -> None:
        """Whatever else was asked for last is still to be done."""
        if self.asked is not None and self.asked[0] == request and plan in (None, self.asked[1]):
            self.asked_at_version, self.asked = 0, None

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
