"""Groves: trees of five, planted as many as a proof needs; each one is real aggregates in one append."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from adapters.keys import Keys
from domain import keyring, placement, subscription
from domain.agency import Agency
from domain.because import Because
from domain.billing import NoticeOutcome, SubscriptionSeen
from domain.permissions import Role, standings
from domain.tree import Tree
from domain.workspace import Workspace

CHILDREN = 4
NameDigest = Callable[[UUID, str], str]


@dataclass(frozen=True, kw_only=True)
class Grown:
    """A paid agency with four clients, all owned by one person."""

    tree_id: UUID
    anchor_id: UUID
    child_ids: tuple[UUID, ...]
    owner_id: UUID
    seen: SubscriptionSeen  # as Stripe shows it while it goes on
    keys: dict[UUID, str]  # in full, by workspace

    @property
    def workspace_ids(self) -> list[UUID]:
        return [self.anchor_id, *self.child_ids]

    def ended(self, at: datetime) -> SubscriptionSeen:
        """The subscription as Stripe shows it once it has ended."""
        return replace(self.seen, status="canceled", ended_at=at, ended_because="cancellation_requested")


class Grove:
    """`keys` and `name_digest` are left out where nobody will look at a screen."""

    def __init__(
        self,
        agency: Agency,
        clock: Callable[[], datetime],
        *,
        keys: Keys | None = None,
        name_digest: NameDigest = lambda _, name: name,
    ) -> None:
        self.agency = agency
        self.clock = clock
        self.keys = keys
        self.name_digest = name_digest

    def because(self, actor: str = "stripe") -> Because:
        story = f"request:{uuid4()}"
        return Because(actor=actor, cause=story, story=story, at=self.clock())

    def plant(self, count: int, owner_id: UUID | None = None) -> list[Grown]:
        """So many trees, in one append."""
        owner_id = owner_id or uuid4()
        grown, saved = [], []
        for _ in range(count):
            tree, aggregates = self._tree(owner_id)
            grown.append(tree)
            saved += aggregates
        self.agency.save(*saved)
        return grown

    def downgrade(self, grown: Grown, because: Because | None = None) -> NoticeOutcome:
        return self.agency.sync_subscription(
            grown.tree_id, grown.ended(self.clock()), because=because or self.because()
        )

    def _tree(self, owner_id: UUID) -> tuple[Grown, Sequence[Any]]:
        because = self.because(f"person:{owner_id}")
        tree_id, anchor_id = uuid4(), uuid4()
        seen = self._subscription(tree_id)
        anchor = self._open(anchor_id, "Bright Signal", owner_id, because, plan="free")
        tree = Tree.found(tree_id, anchor_id, "agency", None, because=because)
        placement.choose_plan(anchor, tree_id, "agency", because=because)
        subscription.start(tree, seen, because=because)
        placement.become_anchor(anchor, tree_id, tree.plan, seen.customer_id, because=because)
        children = []
        for number in range(CHILDREN):
            child_id = uuid4()
            tree.add_child(child_id, because=because)
            place = {"plan": tree.plan, "tree_id": tree_id, "parent_id": anchor_id}
            children.append(self._open(child_id, f"Client {number + 1}", owner_id, because, **place))
        workspaces = [anchor, *children]
        grown = Grown(
            tree_id=tree_id,
            anchor_id=anchor_id,
            child_ids=tuple(tree.children),
            owner_id=owner_id,
            seen=seen,
            keys={one.id: self._key(one, because) for one in workspaces} if self.keys else {},
        )
        return grown, [tree, *workspaces]

    def _open(
        self, workspace_id: UUID, name: str, owner_id: UUID, because: Because, **place: Any
    ) -> Workspace:
        digest = self.name_digest(workspace_id, name)
        return Workspace.open(workspace_id, name_digest=digest, owner_id=owner_id, because=because, **place)

    def _key(self, workspace: Workspace, because: Because) -> str:
        assert self.keys is not None
        made = self.keys.make("live")
        keyring.issue_key(
            workspace,
            made.key_id,
            made.mode,
            ("track", "read"),
            made.secret_mac,
            who=standings(here=Role.OWNER, in_anchor=None, is_child=workspace.parent_id is not None),
            because=because,
        )
        return made.text

    def _subscription(self, tree_id: UUID) -> SubscriptionSeen:
        started_at = self.clock()
        return SubscriptionSeen(
            subscription_id=f"sub_{tree_id.hex}",
            customer_id=f"cus_{tree_id.hex}",
            tree_id=tree_id,
            plan="agency",
            status="active",
            cycle_started_at=started_at,
            cycle_ends_at=started_at + timedelta(days=30),
            ends_at=None,
            ended_at=None,
            ended_because=None,
        )
