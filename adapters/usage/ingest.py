"""Ingest: events are stored, counted and answered for in one transaction, and never twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from eventsourcing.persistence import PersistenceError
from psycopg import Connection

from adapters.key_traffic import KeyTraffic
from adapters.postgres.database import Database
from adapters.postgres.recorder import DoesNotFit
from adapters.usage.deciding import Accepted, Answered, Asked, Counter, Decisions, Draws, known_keys
from adapters.usage.gathering import Gathering
from adapters.usage.letting_in import KeyStates, is_in, let_in
from adapters.usage.rows import belonging_of, copy_keys, copy_usage, key_row, rows_sha256, usage_row
from adapters.usage.tables import Partition, UsageTables
from domain.because import Because
from domain.conflicts import Contended
from domain.metering import Metering
from domain.plans import PLANS
from domain.tracking import BATCH_MAX, Outcome, Tracked
from domain.usage import Usage

DECISIONS_MAX = 25  # how often a decision may be overtaken before we give up
GATHERED_MAX = 4 * BATCH_MAX  # events in one transaction
METER = "events"

log = logging.getLogger(__name__)

Answer = list[Outcome]


class Overtaken(Exception):
    """Between deciding and writing, someone else used the room, the key or the pool."""


class Ingest:
    """What is asked at once by the threads of a process becomes one transaction."""

    def __init__(
        self,
        database: Database,
        metering: Metering,
        draws: Draws,
        tables: UsageTables,
        keys: KeyStates,
        traffic: KeyTraffic,
        new_id: Callable[[], UUID],
    ) -> None:
        self.database = database
        self.keys = keys
        self.traffic = traffic
        self.metering = metering
        self.draws = draws
        self.tables = tables
        self.new_id = new_id
        self._gathering: Gathering[Asked, Answered] = Gathering(
            self._answers, weight=lambda asked: len(asked.items), weight_max=GATHERED_MAX
        )

    def track(self, workspace_id: UUID, items: Sequence[Tracked], *, because: Because) -> list[Outcome]:
        """Record what is new, in the order given; an outcome for each item, in the same order."""
        return self._ask(Asked(workspace_id=workspace_id, items=items, because=because)).outcomes

    def of_key(
        self,
        key_id: str,
        workspace_id: UUID,
        items: Sequence[Tracked],
        *,
        because: Because,
        counts: bool,
    ) -> Answered:
        """The same for a key, if it works and does not ask too much; a test key counts nothing."""
        return self._ask(
            Asked(key_id=key_id, workspace_id=workspace_id, items=items, because=because, counts=counts)
        )

    def _ask(self, asked: Asked) -> Answered:
        assert len(asked.items) <= BATCH_MAX
        return self._gathering.ask(asked)

    def _answers(self, requests: Sequence[Asked]) -> Sequence[Answered | BaseException]:
        with self.database.connection() as db:
            entries = let_in(db, self.keys, self.traffic, requests)
        within = [asked for asked, entry in zip(requests, entries, strict=True) if is_in(entry)]
        outcomes = iter(self._outcomes(within) if within else ())
        return [_with(entry, next(outcomes)) if is_in(entry) else entry for entry in entries]

    def _outcomes(self, requests: Sequence[Asked]) -> Sequence[Answer | BaseException]:
        """All in one; one by one if that fails, so that nobody is refused for somebody else's fault."""
        try:
            return self._answers_together(requests)
        except PersistenceError:  # the database is away, for all of them
            raise
        except Exception:
            if len(requests) == 1:
                raise
            log.exception("a transaction of %d requests failed; each is tried alone", len(requests))
        return [self._answer_alone(asked) for asked in requests]

    def _answer_alone(self, asked: Asked) -> Answer | BaseException:
        try:
            return self._answers_together([asked])[0]
        except Exception as error:
            return error

    def _answers_together(self, requests: Sequence[Asked]) -> list[Answer | BaseException]:
        for _ in range(DECISIONS_MAX):
            decisions = self._decisions(requests)
            answers: list[Answer | BaseException] = [decisions.of(asked) for asked in requests]
            if not decisions.accepted:
                return answers
            try:
                self._record(list(decisions.accepted.values()))
            except (Overtaken, DoesNotFit):
                continue
            return answers
        raise Contended("track")

    def _decisions(self, requests: Sequence[Asked]) -> Decisions:
        with self.database.connection() as db:
            draws = self.draws.draws_of(db, {asked.workspace_id for asked in requests})
            room: dict[Counter, int] = {}
            for asked in requests:
                draw = draws.get(asked.workspace_id)
                if draw is not None and draw.stops_at_limit:
                    counter = (draw.pool_id, draw.cycle_at(asked.because.at).started_at)
                    if counter not in room:
                        room[counter] = draw.pool_events - self.draws.used(db, *counter)
            return Decisions(draws, known_keys(db, requests), room)

    def _record(self, groups: Sequence[Accepted]) -> None:
        rows: list[bytes] = []
        keys: list[tuple[UUID, str, bytes]] = []
        batches = []
        for group in groups:
            usage = self._counted(group)
            batches.append(usage)
            self._store(group, usage.id, rows, keys)
        keys.sort()  # whoever meets the same keys meets them in the same order

        def before(db: Connection[Any]) -> None:
            self._still_drawn(db, groups)
            copy_usage(db, rows)
            if keys:
                copy_keys(db, [row for _, _, row in keys])

        self.metering.count(*batches, before=before, inside=lambda db: self._still_room(db, groups))

    def _counted(self, group: Accepted) -> Usage:
        batch_id, because = self.new_id(), group.because
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

    def _store(
        self, group: Accepted, batch_id: UUID, rows: list[bytes], keys: list[tuple[UUID, str, bytes]]
    ) -> None:
        kept_days = PLANS[group.draw.plan].kept_days
        belonging, received_at = b"", None
        for (item, at), body, answer in zip(group.items, group.bodies, group.answers, strict=True):
            if at is not received_at:
                received_at = at
                self.tables.have(Partition.of(kept_days, at))
                belonging = belonging_of(batch_id, group.workspace_id, kept_days, at)
            rows.append(usage_row(item.event_id, belonging, body))
            if (key := item.idempotency_key) is not None:
                row = key_row(group.workspace_id, key, item.body_sha256, answer)
                keys.append((group.workspace_id, key, row))

    def _still_drawn(self, db: Connection[Any], groups: Sequence[Accepted]) -> None:
        """No workspace leaves its pool from here to the commit, and none has since the decision."""
        held = self.draws.draws_of(db, {group.workspace_id for group in groups}, hold=True)
        if any(held.get(group.workspace_id) != group.draw for group in groups):
            raise Overtaken

    def _still_room(self, db: Connection[Any], groups: Sequence[Accepted]) -> None:
        """Under the log's lock nobody else counts, so what holds here holds at the commit."""
        taken: dict[Counter, int] = {}
        limits: dict[UUID, int] = {}
        for group in groups:
            if group.draw.stops_at_limit:
                counter = (group.draw.pool_id, group.cycle.started_at)
                taken[counter] = taken.get(counter, 0) + len(group.items)
                limits[group.draw.pool_id] = group.draw.pool_events
        for counter, events in taken.items():
            if self.draws.used(db, *counter) + events > limits[counter[0]]:
                raise Overtaken


def _with(entry: Answered, outcomes: Answer | BaseException) -> Answered | BaseException:
    return outcomes if isinstance(outcomes, BaseException) else replace(entry, outcomes=outcomes)
