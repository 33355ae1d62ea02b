"""Ingest: events are stored, counted and answered for in one transaction, and never twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from psycopg import Connection

from adapters.postgres.database import Database
from domain.because import Because
from domain.conflicts import Contended
from domain.cycles import Cycle
from domain.metering import Metering
from domain.refusals import Unknown
from domain.tracking import BATCH_MAX, Outcome, Tracked
from domain.usage import Usage

DECISIONS_MAX = 25  # how often a decision may be overtaken before we give up
METER = "events"


class PoolLike(Protocol):
    @property
    def pool_id(self) -> UUID: ...
    @property
    def tree_id(self) -> UUID | None: ...
    @property
    def pool_events(self) -> int: ...
    @property
    def stops_at_limit(self) -> bool: ...
    def cycle_at(self, at: datetime) -> Cycle: ...


class PoolsLike(Protocol):
    """The `pools` projection, as far as ingest asks it."""

    def of_workspace(self, db: Any, workspace_id: UUID, *, hold: bool = False) -> PoolLike | None: ...
    def used(self, db: Any, pool_id: UUID, cycle_started_at: datetime) -> int: ...


class Overtaken(Exception):
    """Between deciding and writing, someone else used the room, the key or the pool."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    pool: PoolLike
    cycle: Cycle
    outcomes: list[Outcome]
    accepted: list[Tracked]


class Ingest:
    def __init__(self, database: Database, metering: Metering, pools: PoolsLike, new_id: Callable[[], UUID]):
        self.database = database
        self.metering = metering
        self.pools = pools
        self.new_id = new_id

    def create(self, db: Connection[Any]) -> None:
        db.execute(
            "CREATE TABLE usage (event_id uuid PRIMARY KEY, batch_id uuid NOT NULL,"
            " workspace_id uuid NOT NULL, received_at timestamptz NOT NULL, body json NOT NULL)"
        )  # json, not jsonb: the digest in the fact is over these very bytes
        db.execute("CREATE INDEX usage_workspace ON usage (workspace_id, received_at)")
        db.execute(
            "CREATE TABLE usage_keys (workspace_id uuid NOT NULL, idempotency_key text NOT NULL,"
            " body_sha256 bytea NOT NULL, answer jsonb NOT NULL, PRIMARY KEY (workspace_id, idempotency_key))"
        )

    def track(self, workspace_id: UUID, items: Sequence[Tracked], *, because: Because) -> list[Outcome]:
        """Record what is new, in the order given; an outcome for each item, in the same order."""
        assert len(items) <= BATCH_MAX
        for _ in range(DECISIONS_MAX):
            decision = self._decide(workspace_id, items, because.at)
            if not decision.accepted:
                return decision.outcomes
            try:
                self._record(workspace_id, decision, because)
            except Overtaken:
                continue
            return decision.outcomes
        raise Contended("track")

    def _decide(self, workspace_id: UUID, items: Sequence[Tracked], at: datetime) -> Decision:
        with self.database.reading() as db:
            pool = self.pools.of_workspace(db, workspace_id)
            if pool is None:
                raise Unknown(f"workspace {workspace_id}")
            cycle = pool.cycle_at(at)
            known = _known_keys(db, workspace_id, items)
            room = len(items)
            if pool.stops_at_limit:
                room = max(0, pool.pool_events - self.pools.used(db, pool.pool_id, cycle.started_at))
        decision = Decision(pool=pool, cycle=cycle, outcomes=[], accepted=[])
        for item in items:
            outcome = _outcome(item, known, room - len(decision.accepted), cycle)
            decision.outcomes.append(outcome)
            if outcome.kind == "recorded":
                decision.accepted.append(item)
                if item.idempotency_key is not None:
                    known[item.idempotency_key] = (item.body_sha256, item.answer)
        return decision

    def _record(self, workspace_id: UUID, decision: Decision, because: Because) -> None:
        bodies = [msgspec.json.encode(item.body, order="sorted") for item in decision.accepted]
        usage = Usage.count(
            self.new_id(),
            workspace_id=workspace_id,
            tree_id=decision.pool.tree_id,
            pool_id=decision.pool.pool_id,
            meter=METER,
            quantity=len(decision.accepted),
            cycle_started_at=decision.cycle.started_at,
            rows_sha256=rows_sha256([item.event_id for item in decision.accepted], bodies),
            because=because,
        )

        def inside(db: Connection[Any]) -> None:
            self._still_so(db, workspace_id, decision)
            self._store(db, workspace_id, usage.id, decision.accepted, bodies, because.at)

        self.metering.count(usage, inside=inside)

    def _still_so(self, db: Connection[Any], workspace_id: UUID, decision: Decision) -> None:
        """Under the log's lock nobody else counts, so what holds here holds at the commit."""
        pool = self.pools.of_workspace(db, workspace_id, hold=True)
        if pool != decision.pool:
            raise Overtaken
        if pool.stops_at_limit:
            used = self.pools.used(db, pool.pool_id, decision.cycle.started_at)
            if used + len(decision.accepted) > pool.pool_events:
                raise Overtaken

    def _store(
        self,
        db: Connection[Any],
        workspace_id: UUID,
        batch_id: UUID,
        items: Sequence[Tracked],
        bodies: Sequence[bytes],
        at: datetime,
    ) -> None:
        keyed = [item for item in items if item.idempotency_key is not None]
        if keyed:
            stored = db.execute(
                "INSERT INTO usage_keys SELECT %s, * FROM unnest(%s::text[], %s::bytea[], %s::jsonb[])"
                " ON CONFLICT DO NOTHING",
                (
                    workspace_id,
                    [item.idempotency_key for item in keyed],
                    [item.body_sha256 for item in keyed],
                    [msgspec.json.encode(item.answer).decode() for item in keyed],
                ),
            )
            if stored.rowcount != len(keyed):
                raise Overtaken
        db.execute(
            "INSERT INTO usage SELECT event_id, %s, %s, %s, body"
            " FROM unnest(%s::uuid[], %s::json[]) AS given (event_id, body)",
            (
                batch_id,
                workspace_id,
                at,
                [item.event_id for item in items],
                [body.decode() for body in bodies],
            ),
        )


def rows_sha256(event_ids: Sequence[UUID], bodies: Sequence[bytes]) -> str:
    """The digest of a batch's raw rows, by which a fact vouches for them: id and body of each, by id."""
    digest = hashlib.sha256()
    for event_id, body in sorted(zip(event_ids, bodies, strict=True)):
        digest.update(event_id.bytes + len(body).to_bytes(4, "big") + body)
    return digest.hexdigest()


def _known_keys(
    db: Connection[Any], workspace_id: UUID, items: Sequence[Tracked]
) -> dict[str, tuple[bytes, Mapping[str, Any]]]:
    keys = [item.idempotency_key for item in items if item.idempotency_key is not None]
    if not keys:
        return {}
    rows = db.execute(
        "SELECT idempotency_key, body_sha256, answer FROM usage_keys"
        " WHERE workspace_id = %s AND idempotency_key = ANY(%s)",
        (workspace_id, keys),
    )
    return {row["idempotency_key"]: (bytes(row["body_sha256"]), row["answer"]) for row in rows}


def _outcome(
    item: Tracked, known: Mapping[str, tuple[bytes, Mapping[str, Any]]], room: int, cycle: Cycle
) -> Outcome:
    if item.idempotency_key is not None and item.idempotency_key in known:
        body_sha256, answer = known[item.idempotency_key]
        if body_sha256 == item.body_sha256:
            return Outcome(kind="replayed", answer=answer)
        return Outcome(kind="conflict", answer={})
    if item.out_of_range:
        return Outcome(kind="out_of_range", answer={})
    if room <= 0:
        return Outcome(kind="quota_exceeded", answer={}, resets_at=cycle.ends_at)
    return Outcome(kind="recorded", answer=item.answer)
