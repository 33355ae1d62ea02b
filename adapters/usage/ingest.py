"""Ingest: events are stored, counted and answered for in one transaction, and never twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError
from psycopg import Connection

from adapters.key_traffic import KeyTraffic
from adapters.postgres.database import Database
from adapters.postgres.naming import Named
from adapters.postgres.recorder import DoesNotFit
from adapters.usage.deciding import (
    Accepted,
    Answered,
    Decisions,
    Draw,
    Draws,
    PoolCycle,
    ask_known,
)
from adapters.usage.gathering import Gathering
from adapters.usage.letting_in import KeyStates, ask_in, is_in
from adapters.usage.tables import UsageTables
from adapters.usage.writing import Overtaken, Writing
from domain.because import Because
from domain.conflicts import Contended
from domain.metering import Metering
from domain.tracking import BATCH_MAX, Asked, Outcome, Tracked

DECISIONS_MAX = 25  # how often a decision may be overtaken before we give up
GATHERED_MAX = 4 * BATCH_MAX  # events in one transaction

AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)

log = logging.getLogger(__name__)

Answer = list[Outcome]


class Ingest:
    """What comes together, of the threads or of the lane of a process, becomes one transaction."""

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
            self.of_keys, weight=lambda asked: len(asked.items), weight_max=GATHERED_MAX
        )

    def track(self, workspace_id: UUID, items: Sequence[Tracked], *, because: Because) -> list[Outcome]:
        """Record what is new, in the order given; an outcome for each item, in the same order."""
        return self.of_key(Asked(workspace_id=workspace_id, items=items, because=because)).outcomes

    def of_key(self, asked: Asked) -> Answered:
        """The same for a key, if it works and does not ask too much; a test key counts nothing."""
        assert len(asked.items) <= BATCH_MAX
        return self._gathering.ask(asked)

    def of_keys(self, requests: Sequence[Asked]) -> Sequence[Answered | BaseException]:
        """The same for requests that have come together: all in one; one by one if that fails, so that nobody
        is refused for somebody else's fault."""
        try:
            return self._round(requests)
        except AWAY:  # for all of them
            raise
        except Exception:
            if len(requests) == 1:
                raise
            log.exception("a round of %d requests failed; each is tried alone", len(requests))
        return [self._alone(asked) for asked in requests]

    def _alone(self, asked: Asked) -> Answered | BaseException:
        try:
            return self._round([asked])[0]
        except Exception as error:
            return error

    def _round(self, requests: Sequence[Asked]) -> Sequence[Answered | BaseException]:
        with self.database.asking(_named(requests)) as db:
            entering = ask_in(db, self.keys, self.traffic, requests)
            seen = self._ask_decisions(db, requests, of_first=True)
            entries, decisions = entering(), seen()
        within = [asked for asked, entry in zip(requests, entries, strict=True) if is_in(entry)]
        outcomes = iter(self._outcomes(within, decisions))
        return [_with(entry, next(outcomes)) if is_in(entry) else entry for entry in entries]

    def _outcomes(self, requests: Sequence[Asked], decisions: Decisions) -> list[Answer | BaseException]:
        for _ in range(DECISIONS_MAX):
            answers: list[Answer | BaseException] = [decisions.of(asked) for asked in requests]
            if decisions.of_first and not _all_recorded(answers):
                decisions = self._decisions(requests)
                continue
            if not decisions.accepted:
                return answers
            try:
                self._record(list(decisions.accepted.values()))
            except (Overtaken, DoesNotFit):
                decisions = self._decisions(requests)
                continue
            return answers
        raise Contended("track")

    def _decisions(self, requests: Sequence[Asked]) -> Decisions:
        with self.database.asking(_named(requests)) as db:
            return self._ask_decisions(db, requests)()

    def _ask_decisions(
        self, db: Connection[Any], requests: Sequence[Asked], *, of_first: bool = False
    ) -> Callable[[], Decisions]:
        """A batch that comes again comes whole: whether its first key is known says whether to ask for all.
        Another key of it that is known is found when the batch is written, where it would be twice."""
        of_first = of_first and any(len(asked.items) > 1 for asked in requests)
        drawn = self.draws.ask_draws(db, {asked.workspace_id for asked in requests})
        known = ask_known(db, requests, of_first=of_first)

        def seen() -> Decisions:
            draws = drawn()
            return Decisions(draws, known(), self._room(db, requests, draws), of_first=of_first)

        return seen

    def _room(
        self, db: Connection[Any], requests: Sequence[Asked], draws: Mapping[UUID, Draw]
    ) -> dict[PoolCycle, int]:
        room: dict[PoolCycle, int] = {}
        for asked in requests:
            draw = draws.get(asked.workspace_id)
            if draw is not None and draw.stops_at_limit:
                pool_cycle = (draw.pool_id, draw.cycle_at(asked.because.at).started_at)
                if pool_cycle not in room:
                    room[pool_cycle] = draw.pool_events - self.draws.used(db, *pool_cycle)
        return room

    def _record(self, groups: Sequence[Accepted]) -> None:
        writing = Writing(self.draws, groups, self.new_id)
        for partition in writing.partitions:
            self.tables.have(partition)
        self.metering.count(*writing.facts, beside=writing)


def _all_recorded(answers: Sequence[Answer | BaseException]) -> bool:
    return all(
        not isinstance(answer, BaseException) and all(outcome.kind == "recorded" for outcome in answer)
        for answer in answers
    )


def _named(requests: Sequence[Asked]) -> Named:
    return Named(
        tenants={asked.workspace_id for asked in requests},
        keys={asked.key_id for asked in requests if asked.key_id is not None},
    )


def _with(entry: Answered, outcomes: Answer | BaseException) -> Answered | BaseException:
    return outcomes if isinstance(outcomes, BaseException) else replace(entry, outcomes=outcomes)
