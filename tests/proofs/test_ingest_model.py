"""Whatever is tracked, voided, moved and heard of, in any order: does it come to what a simple model says?"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from adapters.postgres.logs import METERING, head
from domain.billing import SubscriptionSeen
from domain.cycles import calendar_month
from domain.plans import AGENCY, FREE, PRO
from domain.refusals import Refused, Unknown
from domain.tracking import Outcome, Tracked
from domain.usage import Usage
from projections.catalogue import POOLS
from tests.house import BEGINNING, House
from tests.proofs.counts import cycles_of, drawn_by_workspaces, facts_since, nonzero, pool_counts, rows_of
from tests.proofs.ingest_model import Model
from tests.tracked import answer_of, tracked

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
EXAMPLES, STEPS = (300, 50) if LONG else (24, 30)
NEVER_MAX = 0 if LONG else 3
HAPPENINGS = (
    "recorded", "replayed", "conflict", "out_of_range", "quota_exceeded", "voided", "voided before", "create",
    "adopt", "delete", "ends", "cycles named", "plans changed", "claimed",
)  # fmt: skip
LAST_DAY_OF_ALL_MONTHS = 28

any_of = st.integers(min_value=0, max_value=11)  # which one, of those there are
plans = st.sampled_from([AGENCY.name, PRO.name])
items = st.builds(
    lambda key, digest, old: (key, digest, old),
    st.sampled_from([None, "a", "b", "c"]),
    st.sampled_from([b"0", b"0", b"1"]),
    st.integers(0, 9).map(lambda one: one == 9),
)


class Machine(RuleBasedStateMachine):
    """One house, in which each example has workspaces of its own."""

    def __init__(self, house: House, seen: Counter[str]) -> None:
        super().__init__()
        self.house, self.seen, self.model = house, seen, Model()
        house.clock.at = BEGINNING
        with house.database.reading() as db:
            self.began = head(db, METERING)
        self.ana = house.person("Ana")
        self.deleted: list[UUID] = []
        for plan in (AGENCY.name, None, None):
            self._open(plan)

    def _open(self, plan: str | None) -> None:
        workspace_id = self.house.workspace(self.ana)
        self.model.open(workspace_id)
        if plan is not None:
            self._subscribe(workspace_id, plan)

    def _workspace(self, number: int) -> UUID:
        return list(self.model.draws)[number % len(self.model.draws)]

    def _tree(self, number: int) -> UUID:
        return list(self.model.trees)[number % len(self.model.trees)]

    # What programs do.

    @rule(number=any_of, item=items)
    def track(self, number: int, item: tuple[str | None, bytes, bool]) -> None:
        self._track(self._workspace(number), [item])

    @rule(number=any_of, batch=st.lists(items, min_size=2, max_size=8))
    def batch(self, number: int, batch: list[tuple[str | None, bytes, bool]]) -> None:
        self._track(self._workspace(number), batch)

    @rule(number=any_of, events=st.sampled_from([250, 499, 500, 501]))
    def many(self, number: int, events: int) -> None:
        """So that a Free workspace comes to its end."""
        self._track(self._workspace(number), [(None, b"0", False)] * events)

    def _track(self, workspace_id: UUID, batch: list[tuple[str | None, bytes, bool]]) -> None:
        sent = [sent_as(key, digest, out_of_range=old) for key, digest, old in batch]
        at = self.house.clock()
        expected = self.model.track(workspace_id, sent, at)

        outcomes = self.house.wiring.ingest.track(workspace_id, sent, because=self.house.because("key:1"))

        assert [(outcome.kind, event_of(outcome)) for outcome in outcomes] == expected
        resets = {outcome.resets_at for outcome in outcomes if outcome.kind == "quota_exceeded"}
        assert resets <= {calendar_month(at).ends_at}
        self.seen.update(outcome.kind for outcome in outcomes)

    @precondition(lambda self: self.deleted)
    @rule(number=any_of)
    def track_for_a_deleted_child(self, number: int) -> None:
        with pytest.raises(Unknown):
            self.house.wiring.ingest.track(
                self.deleted[number % len(self.deleted)], [tracked()], because=self.house.because("key:1")
            )

    @rule(number=any_of, events=st.sampled_from([9_990, 24_990, 30_000]))
    def fill(self, number: int, events: int) -> None:
        """Counted as so many events would be, whose rows nobody needs."""
        draws, at = self.model.draws, self.house.clock()
        in_trees = [one for one in draws if draws[one] != one]
        assume(in_trees)
        workspace_id = in_trees[number % len(in_trees)]
        pool_id, started_at = self.model.count_of(workspace_id, at)
        counted = Usage.count(
            uuid4(), workspace_id=workspace_id, tree_id=pool_id, pool_id=pool_id, meter="events",
            quantity=events, cycle_started_at=started_at, rows_sha256="0" * 64, because=self.house.because(),
        )  # fmt: skip
        self.house.wiring.metering.save(counted)
        self.model.fill(workspace_id, events, at)

    # What people do.

    @precondition(lambda self: self.model.events)
    @rule(number=st.integers(min_value=0, max_value=10_000))
    def void(self, number: int) -> None:
        event = self.model.events[number % len(self.model.events)]
        tracked_events = self.house.services.tracked
        with self.house.database.reading() as db:
            found = tracked_events.event(db, event.workspace_id, event.event_id)
            assert found is not None
            is_new = tracked_events.void(db, found, "digest", because=self.house.because())
        assert is_new == self.model.void(event)
        self.seen["voided" if is_new else "voided before"] += 1

    @rule(number=any_of, other=any_of, is_new=st.booleans())
    def join(self, number: int, other: int, is_new: bool) -> None:
        """Made below an anchor, or brought there with all that it has tracked."""
        tree_id, agency, because = self._tree(number), self.house.agency, self.house.because()
        tree, workspace_id = self.model.trees[tree_id], uuid4() if is_new else self._workspace(other)
        assume(workspace_id not in tree.children)

        def create() -> None:
            agency.create_child(tree_id, self.ana, workspace_id, "a", because=because)

        def adopt() -> None:
            agency.adopt(tree_id, self.ana, workspace_id, because=because)

        alone = is_new or self.model.draws[workspace_id] == workspace_id
        if self._done(create if is_new else adopt, may=alone and tree.has_room):
            self.model.join(tree_id, workspace_id)

    @rule(number=any_of)
    def leave(self, number: int) -> None:
        workspace_id = self._workspace(number)
        tree = self.model.trees.get(self.model.draws[workspace_id])

        def delete() -> None:
            self.house.agency.delete_child(workspace_id, self.ana, because=self.house.because())

        if self._done(delete, may=tree is not None and workspace_id in tree.children):
            self.model.delete(workspace_id)
            self.deleted.append(workspace_id)

    @rule(number=any_of, plan=plans)
    def subscribe(self, number: int, plan: str) -> None:
        workspace_id = self._workspace(number)
        assume(self.model.draws[workspace_id] == workspace_id)
        assume(self.house.clock().day <= LAST_DAY_OF_ALL_MONTHS)
        self._subscribe(workspace_id, plan)

    def _done(self, deed: Any, *, may: bool) -> bool:
        try:
            deed()
        except Refused:
            assert not may
            return False
        assert may
        self.seen[deed.__name__] += 1
        return True

    # What Stripe says, and what the clock does.

    def _subscribe(self, workspace_id: UUID, plan: str) -> None:
        because, tree_id = self.house.because(), uuid4()
        tree = self.house.agency.choose_plan(workspace_id, self.ana, plan, tree_id, because=because)
        assert tree.id == tree_id
        self.model.subscribe(tree_id, workspace_id, plan, self.house.clock())
        self._hear(tree_id, 0, plan)

    @rule(hours=st.integers(1, 900))
    def time_passes(self, hours: int) -> None:
        self.house.clock.advance(hours=hours)

    @rule(number=any_of, early=st.booleans())
    def a_cycle_ends(self, number: int, early: bool) -> None:
        """To the very instant or the last one before it; of what follows Stripe may say something or not."""
        ends_at = self.model.end_of_cycle(self._workspace(number), self.house.clock())
        self.house.clock.at = max(self.house.clock(), ends_at - early * timedelta.resolution)

    @rule(
        number=any_of, plan=plans, knows_the_time=st.sampled_from([True, True, False]), ends=st.integers(0, 5)
    )
    def stripe_says(self, number: int, plan: str, knows_the_time: bool, ends: int) -> None:
        tree_id = self._tree(number)
        tree = self.model.trees[tree_id]
        assume(tree.lives)
        last = len(tree.pools) - 1
        cycle = tree.cycle_at(self.house.clock()) if knows_the_time else last
        self.seen["cycles named"] += cycle - last
        self.seen["plans changed"] += plan != tree.plan
        self._hear(tree_id, cycle, plan, ended=ends == 0)
        self.model.hear(tree_id, cycle, plan, ended=ends == 0)

    def _hear(self, tree_id: UUID, cycle: int, plan: str, *, ended: bool = False) -> None:
        tree = self.model.trees[tree_id]
        self.seen["ends"] += ended
        seen = SubscriptionSeen(
            subscription_id=f"sub_{tree_id.hex}",
            customer_id=f"cus_{tree.anchor_id.hex}",
            tree_id=tree_id,
            plan=plan,
            status="canceled" if ended else "active",
            cycle_started_at=tree.start_of(cycle),
            cycle_ends_at=tree.start_of(cycle + 1),
            ends_at=None,
            ended_at=self.house.clock() if ended else None,
            ended_because="cancellation_requested" if ended else None,
        )
        self.house.agency.sync_subscription(tree_id, seen, because=self.house.because("stripe"))

    @rule()
    def claim(self) -> None:
        for tree_id in self.model.trees:
            self.house.wiring.overages.claim(tree_id, self.house.because())
            self.model.claim(tree_id)
        self.seen["claimed"] += any(self.model.claimed.values())

    # What must hold after each of these.

    @invariant()
    def every_place_says_what_the_model_says(self) -> None:
        self.house.run_followed()
        used, drawn = self.model.used, self.model.drawn
        pools = list({*self.model.draws, *self.model.trees, *self.deleted})
        with self.house.database.reading() as db:
            assert pool_counts(db, pools) == nonzero(used)
            assert drawn_by_workspaces(db, pools) == nonzero(drawn)
            assert rows_of(db, pools) == self.model.rows()
            assert facts_since(db, self.began) == nonzero(drawn)
            assert cycles_of(db, pools) == self.model.cycles()
            draws = POOLS.ask_draws(db, list(self.model.draws))()
            assert {one: draw.pool_id for one, draw in draws.items()} == self.model.draws
            assert POOLS.ask_draws(db, self.deleted)() == {}
        for pool_id, started_at in used:
            assert pool_id in self.model.trees or used[pool_id, started_at] <= FREE.pool_events


def sent_as(key: str | None, digest: bytes, *, out_of_range: bool) -> Tracked:
    return replace(tracked(key, digest=digest), out_of_range=out_of_range)


def event_of(outcome: Outcome) -> UUID | None:
    return UUID(answer_of(outcome)["event_id"]) if outcome.kind in ("recorded", "replayed") else None


@pytest.mark.timeout(3_600 if LONG else 240)
def test_any_interleaving_comes_to_the_counts_of_a_simple_model(house: House) -> None:
    seen: Counter[str] = Counter()

    run_state_machine_as_test(
        lambda: Machine(house, seen),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=not LONG,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    print(dict(seen))
    never = [what for what in HAPPENINGS if not seen[what]]
    assert len(never) <= NEVER_MAX, f"{never} never came up"
