"""What ingest must come to, told as simply as it can be: a few dictionaries and nobody else at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.plans import AGENCY, FREE, PLANS
from domain.tracking import Tracked

Count = tuple[UUID, datetime]  # a pool, and the beginning of a cycle
Became = tuple[str, UUID | None]


def months_after(start: datetime, months: int) -> datetime:
    """Of a day that every month has."""
    assert start.day <= 28
    years, month = divmod(start.month - 1 + months, 12)
    return start.replace(year=start.year + years, month=month + 1)


def begin_of_month(at: datetime) -> datetime:
    return datetime(at.year, at.month, 1, tzinfo=at.tzinfo)


@dataclass
class TreeModel:
    anchor_id: UUID
    plan: str
    first: datetime
    pools: list[int]  # of each cycle that Stripe has named
    children: list[UUID] = field(default_factory=list)
    lives: bool = True

    def cycle_at(self, at: datetime) -> int:
        number = 0
        while months_after(self.first, number + 1) <= at:
            number += 1
        return number

    def start_of(self, number: int) -> datetime:
        return months_after(self.first, number)

    @property
    def has_room(self) -> bool:
        return self.lives and self.plan == AGENCY.name and len(self.children) + 1 < AGENCY.workspaces_max

    def hear(self, number: int, plan: str) -> None:
        """Stripe says which cycle it is, and which plan."""
        fresh = number >= len(self.pools)
        while number >= len(self.pools):
            self.pools.append(PLANS[self.plan].pool_events)
        if plan != self.plan:
            size = PLANS[plan].pool_events
            self.pools[-1] = size if fresh else max(size, self.pools[-1])
            self.plan = plan


@dataclass(frozen=True)
class Event:
    event_id: UUID
    workspace_id: UUID
    count: Count


class Model:
    def __init__(self) -> None:
        self.trees: dict[UUID, TreeModel] = {}
        self.draws: dict[UUID, UUID] = {}  # from a workspace to its pool: its own, or a tree's
        self.keys: dict[tuple[UUID, str], tuple[bytes, UUID]] = {}
        self.events: list[Event] = []
        self.voided: set[UUID] = set()
        self.drawn: Counter[tuple[UUID, Count]] = Counter()  # by workspace and pool and cycle
        self.used: Counter[Count] = Counter()
        self.claimed: dict[Count, int] = {}

    # What happens.

    def open(self, workspace_id: UUID) -> None:
        self.draws[workspace_id] = workspace_id

    def subscribe(self, tree_id: UUID, anchor_id: UUID, plan: str, at: datetime) -> None:
        self.trees[tree_id] = TreeModel(anchor_id, plan, at, [PLANS[plan].pool_events])
        self.draws[anchor_id] = tree_id

    def join(self, tree_id: UUID, workspace_id: UUID) -> None:
        self.trees[tree_id].children.append(workspace_id)
        self.draws[workspace_id] = tree_id

    def delete(self, workspace_id: UUID) -> None:
        self.trees[self.draws.pop(workspace_id)].children.remove(workspace_id)

    def hear(self, tree_id: UUID, number: int, plan: str, *, ended: bool) -> None:
        tree = self.trees[tree_id]
        tree.hear(number, tree.plan if ended else plan)
        if ended or tree.plan != AGENCY.name:
            for child_id in tree.children:
                self.open(child_id)
            tree.children = []
        if ended:
            tree.lives = False
            self.open(tree.anchor_id)

    def track(
        self, workspace_id: UUID, items: Sequence[Tracked], at: datetime
    ) -> list[tuple[str, UUID | None]]:
        """What becomes of each, and which event is answered for."""
        return [self._track(workspace_id, item, at) for item in items]

    def _track(self, workspace_id: UUID, item: Tracked, at: datetime) -> Became:
        place = (workspace_id, item.idempotency_key or "")
        if item.idempotency_key is not None and place in self.keys:
            digest, event_id = self.keys[place]
            return ("replayed", event_id) if digest == item.body_sha256 else ("conflict", None)
        if item.out_of_range:
            return "out_of_range", None
        count = self.count_of(workspace_id, at)
        if count[0] == workspace_id and self.used[count] >= FREE.pool_events:
            return "quota_exceeded", None
        event_id = UUID(bytes=item.event_id)
        self.events.append(Event(event_id, workspace_id, count))
        self._count(workspace_id, count, 1)
        if item.idempotency_key is not None:
            self.keys[place] = (item.body_sha256, event_id)
        return "recorded", event_id

    def fill(self, workspace_id: UUID, events: int, at: datetime) -> None:
        self._count(workspace_id, self.count_of(workspace_id, at), events)

    def void(self, event: Event) -> bool:
        """False if it was so already."""
        if event.event_id in self.voided:
            return False
        self.voided.add(event.event_id)
        self._count(event.workspace_id, event.count, -1)
        return True

    def _count(self, workspace_id: UUID, count: Count, events: int) -> None:
        self.drawn[workspace_id, count] += events
        self.used[count] += events

    def claim(self, tree_id: UUID) -> None:
        """Whatever a cycle that Stripe has named holds above its pool by now; never taken back."""
        tree = self.trees[tree_id]
        for number, pool in enumerate(tree.pools):
            count = (tree_id, tree.start_of(number))
            self.claimed[count] = max(self.claimed.get(count, 0), self.used[count] - pool)

    # What it comes to.

    def count_of(self, workspace_id: UUID, at: datetime) -> Count:
        pool_id = self.draws[workspace_id]
        if tree := self.trees.get(pool_id):
            return pool_id, tree.start_of(tree.cycle_at(at))
        return pool_id, begin_of_month(at)

    def end_of_cycle(self, workspace_id: UUID, at: datetime) -> datetime:
        pool_id = self.draws[workspace_id]
        if tree := self.trees.get(pool_id):
            return tree.start_of(tree.cycle_at(at) + 1)
        return months_after(begin_of_month(at), 1)

    def rows(self) -> Counter[UUID]:
        return Counter(event.workspace_id for event in self.events)

    def cycles(self) -> dict[Count, tuple[int, int]]:
        """Those that Stripe has named, with their pool and what is claimed."""
        found = {}
        for tree_id, tree in self.trees.items():
            for number, pool in enumerate(tree.pools):
                count = (tree_id, tree.start_of(number))
                found[count] = (pool, self.claimed.get(count, 0))
        return found
