"""What goes into one transaction with the facts that count it: rows, keys, and that all of it still holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg import Connection

from adapters.usage.deciding import Accepted, Draw, Draws, PoolCycle
from adapters.usage.rows import Batch, insert
from adapters.usage.tables import Partition
from domain.plans import PLANS
from domain.usage import Usage

METER = "events"


class Overtaken(Exception):
    """Between deciding and writing, someone else used the room, the key or the pool."""


class Writing:
    """Groups of events that were accepted, as they are written."""

    def __init__(self, draws: Draws, groups: Sequence[Accepted], new_id: Callable[[], UUID]) -> None:
        self.draws = draws
        self.groups = groups
        self.batches = [_batch(group, new_id()) for group in groups]
        self.facts = [_fact(group, batch) for group, batch in zip(groups, self.batches, strict=True)]

    @property
    def partitions(self) -> set[Partition]:
        return {
            Partition.of(batch.kept_days, part.received_at) for batch in self.batches for part in batch.parts
        }

    def before(self, db: Connection[Any]) -> Callable[[], None]:
        """No workspace leaves its pool from here to the commit; locks are taken in one order everywhere."""
        held = self._hold(db)
        insert(db, self.batches)
        return lambda: self._check(db, held())

    def _hold(self, db: Connection[Any]) -> Callable[[], Mapping[UUID, Draw]]:
        return self.draws.ask_draws(db, {group.workspace_id for group in self.groups}, hold=True)

    def _check(self, db: Connection[Any], held: Mapping[UUID, Draw]) -> None:
        """Under the log's lock nobody else counts, so what holds here holds at the commit."""
        if any(held.get(group.workspace_id) != group.draw for group in self.groups):
            raise Overtaken
        taken: Counter[PoolCycle] = Counter()
        limits: dict[UUID, int] = {}
        for group in self.groups:
            if group.draw.stops_at_limit:
                taken[group.draw.pool_id, group.cycle.started_at] += group.quantity
                limits[group.draw.pool_id] = group.draw.pool_events
        for pool_cycle, events in taken.items():
            if self.draws.used(db, *pool_cycle) + events > limits[pool_cycle[0]]:
                raise Overtaken


def _batch(group: Accepted, batch_id: UUID) -> Batch:
    return Batch(
        batch_id=batch_id,
        workspace_id=group.workspace_id,
        kept_days=PLANS[group.draw.plan].kept_days,
        parts=group.parts,
    )


def _fact(group: Accepted, batch: Batch) -> Usage:
    because = group.because
    if len(group.parts) > 1:  # of several requests, so that none of them alone tells its story
        story = f"gathered:{batch.batch_id}"
        at = max(part.received_at for part in group.parts)
        because = replace(because, cause=story, story=story, at=at)
    return Usage.count(
        batch.batch_id,
        workspace_id=group.workspace_id,
        tree_id=group.draw.tree_id,
        pool_id=group.draw.pool_id,
        meter=METER,
        quantity=group.quantity,
        cycle_started_at=group.cycle.started_at,
        rows_sha256=batch.rows_sha256,
        because=because,
    )
