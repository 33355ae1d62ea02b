"""How a supposed history goes on: the deed, then whatever was done later as far as it still can be.

The record is followed. What people did they do again, by the same commands. What Stripe said it says again,
unless it came of something that would not have been. The calendar takes over only where the record is silent:
for a subscription that went on in the supposed history and ended in the record, or the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

from domain.agency import Agency
from domain.because import Because
from domain.billing import SubscriptionSeen
from domain.correction import Correction
from domain.fact import Fact
from domain.invoice import Invoice
from domain.notice import StripeNotice
from domain.overage import Overage
from domain.quota import QuotaNotice
from domain.refusals import Refused, Unknown
from domain.tree import Tree
from domain.usage import Usage
from domain.what_if.deeds import Deed, Supposition, do
from domain.what_if.record import Record
from domain.what_if.replayed import REPLAYED, because_of, repeat
from domain.what_if.said import SAID, started
from domain.what_if.subscribed import (
    as_it_is,
    came_of_schedule,
    ended,
    for_want_of_payment,
    is_due,
    lives,
    next_cycle,
    same_schedule,
    with_next_plan,
)
from domain.what_if.told import LeftOut, Origin, Step, Supposed, Why
from domain.what_if.usage import Drawn
from domain.workspace import Workspace

MONTHS_MAX = 1_200
BILLED = (Invoice.Event, Overage.Event, StripeNotice.Received, QuotaNotice.Event)


class Copy(Protocol):
    """A copy of some history that commands work on; nothing of it is kept."""

    agency: Agency

    def recorded(self) -> list[Fact]:
        """What commands have recorded since this was last asked."""

    def noted(self, event: object, like: Fact) -> Fact: ...


def suppose(
    copy: Copy, supposed: Supposition, before: Sequence[Fact], later: Sequence[Fact], until: datetime
) -> Supposed:
    """Facts in the order in which they were recorded; the copy holds those before."""
    life = _Life(copy, supposed, before)
    life.own = {one.stream for one in (*before, *later) if isinstance(one.event, Tree.Founded)}
    try:
        do(copy.agency, supposed)
    except Refused as no:
        return Supposed(refusal=no.refusal)
    life.note(Origin.DEED)
    for _, group in groupby(later, key=lambda fact: (fact.log, fact.append)):
        life.live(list(group))
    life.pass_time(until)
    return Supposed(steps=tuple(life.steps), left_out=tuple(life.left_out))


class _Life:
    def __init__(self, copy: Copy, supposed: Supposition, before: Sequence[Fact]) -> None:
        self.copy = copy
        self.agency = copy.agency
        self.supposed = supposed
        self.record = Record(before)
        self.drawn = Drawn(copy.agency, self.record, before, copy.noted)
        self.own: set[UUID] = set()  # the trees that the copy tells of
        self.known = {fact.stream for fact in before}
        self.steps: list[Step] = []
        self.left_out: list[LeftOut] = []
        self.refused: set[str] = set()  # stories of requests that would have been refused

    def note(self, origin: Origin, of: Fact | None = None) -> None:
        self.steps += [Step(fact=fact, origin=origin, of=of) for fact in self.copy.recorded()]

    def live(self, append: list[Fact]) -> None:
        """What was appended together."""
        self.pass_time(append[0].event.timestamp)
        said: dict[UUID, list[Fact]] = {}
        for fact in append:
            if type(fact.event) in SAID:
                said.setdefault(fact.stream, []).append(fact)
        for fact in append:
            if self._is_of_another_agency(fact):
                repeat(self.agency, fact)
                self.note(Origin.RECORD, fact)
            elif type(fact.event) in SAID:
                if facts := said.pop(fact.stream, None):
                    self._follow(fact.stream, facts)
            elif type(fact.event) in REPLAYED:
                self._replay(fact, append)
            else:
                self._keep(fact)
        self.record.go_on(append)

    def _is_of_another_agency(self, fact: Fact) -> bool:
        """Of a workspace before it was brought in, or after it has left: nothing supposed here reaches it."""
        return fact.topic.startswith("Workspace.") and fact.tree_id not in (None, *self.own)

    # What people did.

    def _replay(self, fact: Fact, append: Sequence[Fact]) -> None:
        if _is_part_of_another(fact, append):
            return
        try:
            REPLAYED[type(fact.event)](self.agency, fact, fact.event, because_of(fact.event))
        except (Refused, Unknown) as no:
            refusal = no.refusal if isinstance(no, Refused) else None
            self.left_out.append(LeftOut(fact=fact, why=Why.REFUSED, refusal=refusal))
            if isinstance(fact.event, Tree.Event):
                self.refused.add(fact.event.story)
        self.note(Origin.RECORD, fact)

    # What Stripe said.

    def _follow(self, tree_id: UUID, facts: Sequence[Fact]) -> None:
        """All that one look at Stripe had found, found by one look."""
        tree, before = self._tree(tree_id), self.record.trees.get(tree_id)
        seen = started(facts) if tree is not None else None
        if seen is None and lives(tree):
            assert tree is not None
            seen = as_it_is(tree)
        if tree is None or seen is None:
            self.left_out += [LeftOut(fact=fact, why=Why.TREE_OVER) for fact in facts]
            return
        for fact in facts:
            if why := self._why_not(fact.event, tree, before):
                self.left_out.append(LeftOut(fact=fact, why=why))
            else:
                seen = SAID[type(fact.event)](seen, fact.event)
        seen = _with_its_own_plan(seen, tree, before)
        self._sync(seen, because_of(facts[0].event))
        self.note(Origin.RECORD, facts[0])

    def _why_not(self, event: Any, tree: Tree, before: Tree | None) -> Why | None:
        if event.story in self.refused:
            return Why.REQUEST
        if self.supposed.deed is Deed.PAY and for_want_of_payment(event):
            return Why.PAID
        if before is not None and came_of_schedule(event, before):
            return None if same_schedule(event, before, tree) else Why.SCHEDULE
        return None

    def pass_time(self, at: datetime) -> None:
        """Ends and cycles that the record does not tell of."""
        for _ in range(MONTHS_MAX):
            tree = self._tree(self.agency.workspace(self.supposed.anchor_id).tree_id)
            if tree is None or not lives(tree):
                return
            assert tree.cycle_ends_at is not None
            there = self.record.trees.get(tree.id)
            ends = there is None or not lives(there) or there.ends_at != tree.ends_at
            if tree.ends_at is not None and tree.ends_at <= at and ends:
                self._sync(ended(tree, tree.ends_at), self._of_calendar(tree.ends_at))
            elif not lives(there) and tree.cycle_ends_at <= at:
                self._sync(next_cycle(tree), self._of_calendar(tree.cycle_ends_at))
            else:
                return
            self.note(Origin.TIME)

    def _of_calendar(self, at: datetime) -> Because:
        return replace(self.supposed.of_stripe, at=max(at, self.supposed.at))

    def _sync(self, seen: SubscriptionSeen, because: Because) -> None:
        assert seen.tree_id is not None
        self.agency.sync_subscription(seen.tree_id, seen, because=because)

    def _tree(self, tree_id: UUID | None) -> Tree | None:
        try:
            return self.agency.tree(tree_id) if tree_id is not None else None
        except Unknown:
            return None

    # What is told as it was, or not at all.

    def _keep(self, fact: Fact) -> None:
        event = fact.event
        if isinstance(event, Usage.Counted):
            self._add(fact, self.drawn.counted(fact))
        elif isinstance(event, Correction.Voided):
            self._add(fact, self.drawn.voided(fact))
        elif isinstance(event, BILLED):
            alike = fact.stream in self.known or self._is_billed_alike(fact)
            self._add(fact, fact if alike else LeftOut(fact=fact, why=Why.BILLED_OTHERWISE))

    def _add(self, fact: Fact, found: Fact | LeftOut) -> None:
        if isinstance(found, LeftOut):
            self.left_out.append(found)
        else:
            self.known.add(fact.stream)
            self.steps.append(Step(fact=found, origin=Origin.RECORD, of=fact))

    def _is_billed_alike(self, fact: Fact) -> bool:
        """What names no tree is about what the anchor pays, or may use while it pays nothing."""
        there = self.record.workspaces[self.supposed.anchor_id]
        tree_id = fact.tree_id or there.tree_id
        if tree_id is None:
            return self.record.stands_alike(self.agency.workspace(there.id))
        return self.record.is_billed_alike(tree_id, self._tree(tree_id))


def _with_its_own_plan(seen: SubscriptionSeen, tree: Tree, before: Tree | None) -> SubscriptionSeen:
    """A change of plan that was only supposed comes with the cycle that the record tells of."""
    own = before is None or (tree.next_plan, tree.next_plan_at) != (before.next_plan, before.next_plan_at)
    begins = seen.cycle_started_at != tree.cycle_started_at
    return with_next_plan(seen) if own and begins and seen.next_plan and is_due(seen) else seen


def _is_part_of_another(fact: Fact, append: Sequence[Fact]) -> bool:
    """A key that replaces one, and what a new child shows, come with a command that has a fact of its own."""
    event = fact.event
    if isinstance(event, Workspace.KeyIssued):
        replaced = _of(Workspace.KeyReplaced, fact.stream, append)
        return any(one.successor_id == event.key_id for one in replaced)
    if isinstance(event, Workspace.VisibilitySet):
        return any(True for _ in _of(Workspace.Opened, fact.stream, append))
    return False


def _of(kind: type, stream: UUID, append: Iterable[Fact]) -> Iterator[Any]:
    return (one.event for one in append if one.stream == stream and isinstance(one.event, kind))
