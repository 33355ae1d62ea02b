"""What goes into one transaction with the facts that count it: rows, keys, and that all of it still holds."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg import Connection

from adapters.usage.deciding import Accepted, Counter, Draw, Draws
from adapters.usage.rows import KeyRow, Row, copy, insert, rows_sha256
from adapters.usage.tables import Partition
from domain.plans import PLANS
from domain.usage import Usage

COPIED_MIN = 64  # rows; fewer go in one message with everything else
METER = "events"


class Overtaken(Exception):
    """Between deciding and writing, someone else used the room, the key or the pool."""


class Writing:
    """Groups of events that were accepted, as they are written."""

    def __init__(self, draws: Draws, groups: Sequence[Accepted], new_id: Callable[[], UUID]) -> None:
        self.draws = draws
        self.groups = groups
        self.facts: list[Usage] = []
        self.partitions: set[Partition] = set()
        self.rows: list[Row] = []
        self.keys: list[KeyRow] = []
        for group in groups:
            self._add(group, new_id())
        self.keys.sort()  # whoever stores the same keys stores them in the same order
        self.copies = len(self.rows) >= COPIED_MIN

    def copy(self, db: Connection[Any]) -> None:
        self._hold(db)()  # first here too: locks are taken in one order everywhere
        copy(db, self.rows, self.keys)

    def before(self, db: Connection[Any]) -> Callable[[], None]:
        """No workspace leaves its pool from here to the commit."""
        held = self._hold(db)
        if not self.copies:
            insert(db, self.rows, self.keys)
        return lambda: self._check(db, held())

    def _hold(self, db: Connection[Any]) -> Callable[[], Mapping[UUID, Draw]]:
        return self.draws.ask_draws(db, {group.workspace_id for group in self.groups}, hold=True)

    def _check(self, db: Connection[Any], held: Mapping[UUID, Draw]) -> None:
        """Under the log's lock nobody else counts, so what holds here holds at the commit."""
        if any(held.get(group.workspace_id) != group.draw for group in self.groups):
            raise Overtaken
        taken: Tally[Counter] = Tally()
        limits: dict[UUID, int] = {}
        for group in self.groups:
            if group.draw.stops_at_limit:
                taken[group.draw.pool_id, group.cycle.started_at] += len(group.items)
                limits[group.draw.pool_id] = group.draw.pool_events
        for counter, events in taken.items():
            if self.draws.used(db, *counter) + events > limits[counter[0]]:
                raise Overtaken

    def _add(self, group: Accepted, batch_id: UUID) -> None:
        self.facts.append(_fact(group, batch_id))
        kept_days, workspace_id = PLANS[group.draw.plan].kept_days, group.workspace_id
        received_at = None
        for (item, at), body, answer in zip(group.items, group.bodies, group.answers, strict=True):
            if at is not received_at:
                received_at = at
                self.partitions.add(Partition.of(kept_days, at))
            self.rows.append(Row(item.event_id, batch_id, workspace_id, kept_days, at, body))
            if (key := item.idempotency_key) is not None:
                self.keys.append(KeyRow(workspace_id, key, item.body_sha256, answer))


def _fact(group: Accepted, batch_id: UUID) -> Usage:
    because = group.because
    if group.shared:
        story = f"gathered:{batch_id}"
        because = replace(because, cause=story, story=story, at=max(at for _, at in group.items))
    return Usage.count(
        batch_id,
        workspace_id=group.workspace_id,
        tree_id=group.draw.tree_id,
        pool_id=group.draw.pool_id,
        meter=METER,
        quantity=len(group.items),
        cycle_started_at=group.cycle.started_at,
        rows_sha256=rows_sha256([item.event_id for item, _ in group.items], group.bodies),
        because=because,
    )
