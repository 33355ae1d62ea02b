"""What there is to know about how a downgrade happened, or about the one that is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.permissions import Role
from domain.plans import PLANS
from domain.tree import TreeStatus


class How(StrEnum):
    """In which way a subscription came to its end."""

    AS_SCHEDULED = "as_scheduled"  # on the date that was set, and could have been taken back before
    AT_PERIOD_END = "at_period_end"  # when a paid cycle was over, though we never heard of a date
    AT_ONCE = "at_once"  # somebody cancelled without a date, or before it
    NOT_PAID = "not_paid"  # Stripe gave up collecting
    DISPUTED = "disputed"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice from Stripe; what the evidence does not hold is None."""

    notice_id: str
    type: str | None = None
    object_id: str | None = None
    created_at: datetime | None = None  # at Stripe, to the second
    received_at: datetime | None = None
    acted_on_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Who did something, through what, and where it is written."""

    actor: str
    cause: str
    story: str
    at: datetime
    stream: UUID
    version: int
    notice: Notice | None  # the one that told us, if one did


@dataclass(frozen=True, kw_only=True)
class Cancellation:
    """One time that an end was scheduled.

    asked: who asked for it on our billing page; None when it was done at Stripe (portal, API, dashboard).
    scheduled: how we learned that Stripe has it. Whoever this names did not necessarily cancel.
    """

    asked: Hand | None
    scheduled: Hand
    ends_at: datetime
    reactivation_asked: Hand | None = None
    reactivated: Hand | None = None


@dataclass(frozen=True, kw_only=True)
class MemberKept:
    person_id: UUID
    role: Role
    joined_at: datetime


@dataclass(frozen=True, kw_only=True)
class MemberLeft:
    """Someone who was gone before the downgrade, and not through it."""

    person_id: UUID
    role: Role
    left_at: datetime
    actor: str


@dataclass(frozen=True, kw_only=True)
class WorkspaceTold:
    """A workspace before and after; `after` is what it would be, while nothing has ended."""

    workspace_id: UUID
    name_digest: str
    was_anchor: bool
    plan_from: str
    plan_to: str
    parent_id_from: UUID | None
    pool_events_from: int  # shared by the whole tree
    quota_events_to: int  # its own
    members: tuple[MemberKept, ...]
    members_left: tuple[MemberLeft, ...]
    lost_sight: tuple[UUID, ...]  # agency staff who could enter only through the anchor
    keys: int  # still valid after
    downgraded_at: datetime | None

    @property
    def pool_shared(self) -> bool:
        """Only an agency has somebody to share its pool with."""
        return PLANS[self.plan_from].may_be_agency


@dataclass(frozen=True, kw_only=True)
class Release:
    """A change to a plan that has no place for children: the tree went on, they stand alone since.

    asked: who asked for the plan on our billing page; None when it was changed at Stripe.
    scheduled: how we learned that it was set to come; None when it came at once.
    """

    plan_from: str
    plan_to: str
    pool_events_from: int
    asked: Hand | None
    scheduled: Hand | None
    came: Hand
    workspaces: tuple[WorkspaceTold, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WorkspaceDeleted:
    """A child that was deleted before, and so was no part of it."""

    workspace_id: UUID
    name_digest: str
    deleted_at: datetime
    actor: str


@dataclass(frozen=True, kw_only=True)
class InvoiceUnpaid:
    invoice_id: str
    number: str | None
    status: str
    currency: str
    total_cents: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Step:
    """A fact of the story; `after` is the time since the step before."""

    position: int
    append: int
    stream: UUID
    version: int
    name: str
    fields: dict[str, Any]  # as stored
    at: datetime
    after: timedelta


@dataclass(frozen=True, kw_only=True)
class End:
    """The end itself; the whole tree went down in the append of this fact."""

    how: How
    reason: str  # Stripe's word
    ended_at: datetime  # at Stripe
    recorded_at: datetime  # here
    hand: Hand
    word_of_stripe: Notice | None  # its notice of the end, where another one made us ask first
    one_transaction: bool


@dataclass(frozen=True, kw_only=True)
class Spans:
    """How long each part took; None where a part was not there."""

    notice_sent_after: timedelta | None  # from the end at Stripe to the making of the notice
    notice_took: timedelta | None  # from its making to its arrival here
    acting_took: timedelta | None  # from its arrival to the downgrade
    whole: timedelta  # from the end at Stripe to the downgrade


@dataclass(frozen=True, kw_only=True)
class WayOut:
    """What would have prevented it, or still can: `kind` and until when."""

    kind: str  # reactivate, cancel_at_period_end, pay_invoice or answer_dispute
    since: datetime | None
    until: datetime | None
    still_open: bool


@dataclass(frozen=True, kw_only=True)
class DowngradeStory:
    """`status` is the tree's; with an `end` it has ended, with a `cancellation` alone it is going to."""

    tree_id: UUID
    anchor_id: UUID
    status: TreeStatus
    plan: str  # that was, or is, paid for
    customer_id: str | None
    subscription_id: str | None
    started_at: datetime | None
    cycle_ends_at: datetime | None
    cancellation: Cancellation | None  # the one in force, or the one that ran out
    earlier: tuple[Cancellation, ...]  # taken back
    asked: Hand | None  # of an end: who asked for it without a date; before: what Stripe has not confirmed
    releases: tuple[Release, ...]
    end: End | None
    spans: Spans | None
    workspaces: tuple[WorkspaceTold, ...]
    deleted: tuple[WorkspaceDeleted, ...]
    invoices_unpaid: tuple[InvoiceUnpaid, ...]
    features_lost: tuple[str, ...]
    ways_out: tuple[WayOut, ...]
    steps: tuple[Step, ...]
