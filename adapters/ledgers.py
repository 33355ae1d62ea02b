"""Ledgers: what is granted when cycles begin, frozen when subscriptions end, and set right by people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Protocol
from uuid import UUID

from adapters.calls.spending import Fits, RoomOf
from adapters.each import failures
from adapters.postgres.outbox import Entry
from domain.agency import Agency
from domain.because import Because
from domain.credits.granting import share_of_cycle
from domain.metering import Metering
from domain.plans import PLANS
from domain.tree import Tree, TreeStatus


@dataclass(frozen=True, kw_only=True)
class Period:
    """The cycle that a grant is for, and when it came to be due."""

    started_at: datetime
    ends_at: datetime
    due_at: datetime


class TreesOf(Protocol):
    """The trees that an anchor ever had."""

    def __call__(self, anchor_id: UUID) -> list[UUID]: ...


class NotThawed(Exception):
    """What is left in some ledgers could not be taken up; of all the others it was."""


class Ledgers:
    """`left_behind` names ledgers that are frozen, and the one that takes up what is in them."""

    def __init__(
        self,
        agency: Agency,
        metering: Metering,
        clock: Callable[[], datetime],
        *,
        trees_of: TreesOf,
        left_behind: Callable[[], Sequence[tuple[UUID, UUID]]],
        room_of: RoomOf,
    ) -> None:
        self.agency = agency
        self.metering = metering
        self.clock = clock
        self.trees_of = trees_of
        self.left_behind = left_behind
        self.room_of = room_of

    # Errands.

    def grant(self, entry: Entry) -> None:
        """Errand of a subscription that began, of each cycle after, and of another plan within one: what was
        due by then, and once a cycle. A plan that came with its cycle is that cycle's."""
        came_with = self._plan_with_cycle(entry)
        tree = self.agency.tree(entry.stream, came_with or entry.version)
        plan = PLANS[tree.plan]
        if tree.status is not TreeStatus.ACTIVE or plan.rates is None:
            return
        because = entry.because(self.clock())
        thaw_from = self._frozen_before(tree)
        self.metering.open_ledger(tree.id, tree.anchor_id, thaw_from=thaw_from, because=because)
        period = self._period(entry, tree, is_whole=came_with is not None)
        self.metering.grant_credits(
            tree.id,
            cycle_started_at=period.started_at,
            cycle_ends_at=period.ends_at,
            amount_micros=share_of_cycle(
                plan.credits_micros, period.started_at, period.ends_at, period.due_at
            ),
            because=because,
        )
        if self.agency.tree(tree.id).status is TreeStatus.ENDED:  # and its errand found nothing to freeze
            self.metering.freeze_credits(tree.id, because=because)

    def freeze(self, entry: Entry) -> None:
        """Errand of a subscription that ended. Nobody spends from then on in any case: the workspaces are no
        longer in the tree; calls that were running are still charged when they end."""
        self.metering.freeze_credits(entry.stream, because=entry.because(self.clock()))

    # On the clock.

    def thaw_late(self) -> None:
        """Calls that end, and top-ups that are paid, after their subscription has ended are of its ledger,
        and so of the one that has taken that up. What fails for one is no matter of the others."""
        because = Because.of_tick("thaw", self.clock())
        failed = failures(
            self.left_behind(),
            lambda moved: self.metering.thaw_credits(*moved, because=because),
            lambda moved: f"what is left in the ledger of tree {moved[0]} could not be taken up",
        )
        if failed:
            raise NotThawed(f"what is left in {failed} ledgers could not be taken up")

    # What people set right.

    def correct(
        self, tree: Tree, correction_id: UUID, amount_micros: int, reason_digest: str, *, because: Because
    ) -> None:
        """Raises Refused if more is taken away than there is."""
        beside = self._leaves(tree, -amount_micros) if amount_micros < 0 else None
        self.metering.correct_credits(
            tree.id, correction_id, amount_micros, reason_digest, because=because, beside=beside
        )

    def transfer(
        self, giving: Tree, to_tree_id: UUID, transfer_id: UUID, amount_micros: int, *, because: Because
    ) -> None:
        """Raises Refused if there is not as much, or one of the two has no credits."""
        beside = self._leaves(giving, amount_micros)
        self.metering.transfer_credits(
            giving.id, to_tree_id, transfer_id, amount_micros, because=because, beside=beside
        )

    def _leaves(self, tree: Tree, micros: int) -> Fits:
        """Budgets are of customers, and the anchor is none; so it is asked in its name."""
        return Fits(self.room_of, tree.id, tree.anchor_id, self.clock(), micros)

    def _frozen_before(self, tree: Tree) -> UUID | None:
        """The ledger that the anchor's last subscription has left, as long as nobody took it up."""
        for tree_id in self.trees_of(tree.anchor_id):
            ledger = self.metering.ledger_or_none(tree_id)
            if ledger is not None and ledger.frozen and ledger.thawed_into is None:
                return tree_id
        return None

    def _plan_with_cycle(self, entry: Entry) -> int | None:
        """The version of a change of plan in the same act as the cycle that began, if this is about it."""
        facts: list[Any] = [
            *self.agency.events.get(entry.stream, gt=entry.version - 2, lte=entry.version + 1)
        ]
        for begun, changed in pairwise(facts):
            is_one_act = (begun.cause, begun.timestamp) == (changed.cause, changed.timestamp)
            if isinstance(begun, Tree.CycleStarted) and isinstance(changed, Tree.PlanChanged) and is_one_act:
                version: int = changed.originator_version
                return version
        return None

    def _period(self, entry: Entry, tree: Tree, *, is_whole: bool) -> Period:
        """A subscription and a cycle have a whole grant, another plan the rest of its cycle's."""
        fact = self.agency.fact(entry.stream, entry.version)
        assert tree.cycle_started_at is not None, "an active tree has a cycle"
        assert tree.cycle_ends_at is not None
        changed = isinstance(fact, Tree.PlanChanged) and not is_whole
        return Period(
            started_at=tree.cycle_started_at,
            ends_at=tree.cycle_ends_at,
            due_at=fact.timestamp if changed else tree.cycle_started_at,
        )
