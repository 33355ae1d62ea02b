"""How a tree's subscription went: each time its end was scheduled, taken back, and came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from domain.fact import Fact
from domain.notice import StripeNotice
from domain.tree import Tree, TreeStatus
from projections.history.downgrade.story import Cancellation, Hand, Notice, Release

NOTICE = "notice:"


@dataclass(kw_only=True)
class SubscriptionTold:
    """A tree as far as it has been told."""

    tree_id: UUID
    anchor_id: UUID
    plan: str
    status: TreeStatus = TreeStatus.AWAITING_PAYMENT
    customer_id: str | None = None
    subscription_id: str | None = None
    pool_events: int = 0
    started_at: datetime | None = None
    cycle_ends_at: datetime | None = None
    asks: dict[str, Hand] = field(default_factory=dict)  # not answered yet, by what they ask for
    plan_asked: str | None = None
    plan_set: tuple[str, Hand | None, Hand] | None = None  # to come, who asked for it, how we learned it
    releases: dict[str, Release] = field(default_factory=dict)  # by the cause of what followed
    cancellation: Cancellation | None = None
    earlier: tuple[Cancellation, ...] = ()
    end: Fact | None = None

    @property
    def asked(self) -> Hand | None:
        """Who asked last for an end that Stripe has neither confirmed nor refused."""
        asks = [self.asks[kind] for kind in ("cancel", "end") if kind in self.asks]
        return max(asks, key=lambda hand: hand.version, default=None)

    def ends_with(self, fact: Fact) -> bool:
        """Whether a fact followed from the end of this tree; also a change of plan releases workspaces."""
        return self.end is not None and fact.event.cause == f"fact:{self.end.stream}/{self.end.version}"


def notices_in(facts: Iterable[Fact]) -> dict[str, Notice]:
    """What became of each notice, by Stripe's id of it."""
    found: dict[str, Notice] = {}
    ids: dict[UUID, str] = {}
    for fact in facts:
        event = fact.event
        if isinstance(event, StripeNotice.Received):
            ids[fact.stream] = event.notice_id
            found[event.notice_id] = Notice(
                notice_id=event.notice_id,
                type=event.type,
                object_id=event.object_id,
                created_at=event.stripe_created_at,
                received_at=event.timestamp,
            )
        elif isinstance(event, StripeNotice.ActedOn) and fact.stream in ids:
            known = found[ids[fact.stream]]
            found[known.notice_id] = replace(known, acted_on_at=event.timestamp, outcome=event.outcome)
    return found


def notice_behind(fact: Fact) -> str | None:
    """Stripe's id of the notice that led to a fact, directly or as the beginning of its story."""
    for reason in (fact.event.cause, fact.event.story):
        if reason.startswith(NOTICE):
            return str(reason.removeprefix(NOTICE))
    return None


def hand_of(fact: Fact, notices: Mapping[str, Notice]) -> Hand:
    notice_id = notice_behind(fact)
    return Hand(
        actor=fact.event.actor,
        cause=fact.event.cause,
        story=fact.event.story,
        at=fact.event.timestamp,
        stream=fact.stream,
        version=fact.version,
        notice=notices.get(notice_id, Notice(notice_id=notice_id)) if notice_id else None,
    )


def told_subscription(facts: Iterable[Fact], notices: Mapping[str, Notice]) -> SubscriptionTold | None:
    """The tree whose founding comes first; None if none is there."""
    told: SubscriptionTold | None = None
    for fact in facts:
        if told is None:
            if isinstance(fact.event, Tree.Founded):
                told = SubscriptionTold(
                    tree_id=fact.stream,
                    anchor_id=fact.event.anchor_id,
                    plan=fact.event.plan,
                    customer_id=fact.event.customer_id,
                )
        elif fact.stream == told.tree_id:
            _tell(told, fact, notices)
    return told


def _tell(told: SubscriptionTold, fact: Fact, notices: Mapping[str, Notice]) -> None:
    event = fact.event
    match event:
        case Tree.SubscriptionStarted():
            told.status = TreeStatus.ACTIVE
            told.plan = event.plan
            told.customer_id, told.subscription_id = event.customer_id, event.subscription_id
            told.pool_events = event.pool_events
            told.started_at, told.cycle_ends_at = event.timestamp, event.cycle_ends_at
        case Tree.CycleStarted():
            told.pool_events, told.cycle_ends_at = event.pool_events, event.cycle_ends_at
        case Tree.PlanChangeRequested():
            told.asks["plan"], told.plan_asked = hand_of(fact, notices), event.plan
        case Tree.PlanChangeScheduled():
            told.plan_set = (event.plan, _asked_for_plan(told, event.plan), hand_of(fact, notices))
        case Tree.PlanChangeWithdrawn():
            told.plan_set = None
            _asked_for_plan(told, told.plan)
        case Tree.PlanChanged():
            _change_plan(told, fact, notices)
        case Tree.CancellationRequested():
            told.asks["cancel"] = hand_of(fact, notices)
        case Tree.EndRequested():
            told.asks["end"] = hand_of(fact, notices)
        case Tree.RequestRefused():
            told.asks.pop(event.request, None)
        case Tree.CancellationScheduled():
            _schedule(told, hand_of(fact, notices), event.ends_at)
        case Tree.ReactivationRequested():
            told.asks["reactivate"] = hand_of(fact, notices)
        case Tree.Reactivated():
            _reactivate(told, hand_of(fact, notices))
        case Tree.SubscriptionEnded():
            told.status = TreeStatus.ENDED
            told.end = fact


def _schedule(told: SubscriptionTold, scheduled: Hand, ends_at: datetime) -> None:
    """A date that is moved is still the same cancellation."""
    if told.cancellation is not None:
        told.cancellation = replace(told.cancellation, ends_at=ends_at)
    else:
        told.cancellation = Cancellation(asked=told.asks.get("cancel"), scheduled=scheduled, ends_at=ends_at)
    told.asks.pop("cancel", None)


def _reactivate(told: SubscriptionTold, reactivated: Hand) -> None:
    assert told.cancellation is not None, "only a scheduled end is taken back"
    taken_back = replace(
        told.cancellation, reactivation_asked=told.asks.pop("reactivate", None), reactivated=reactivated
    )
    told.earlier = (*told.earlier, taken_back)
    told.cancellation = None
    told.asks.pop("cancel", None)


def _asked_for_plan(told: SubscriptionTold, plan: str) -> Hand | None:
    """Who asked for this plan and has got it now."""
    return told.asks.pop("plan", None) if told.plan_asked == plan else None


def _change_plan(told: SubscriptionTold, fact: Fact, notices: Mapping[str, Notice]) -> None:
    event = fact.event
    asked, scheduled = _asked_for_plan(told, event.plan_to), None
    if told.plan_set is not None and told.plan_set[0] == event.plan_to:
        _, asked_before, scheduled = told.plan_set
        asked = asked or asked_before
    if event.children_released:
        told.releases[f"fact:{fact.stream}/{fact.version}"] = Release(
            plan_from=event.plan_from,
            plan_to=event.plan_to,
            pool_events_from=told.pool_events,
            asked=asked,
            scheduled=scheduled,
            came=hand_of(fact, notices),
        )
    told.plan, told.pool_events, told.plan_set = event.plan_to, event.pool_events, None
