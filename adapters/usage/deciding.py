"""What becomes of each event, decided before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection

from adapters.key_traffic import Taken
from adapters.usage.rows import answer_of, common_answer, kept_body
from domain.api_keys import KeyState
from domain.because import Because
from domain.cycles import Cycle
from domain.plans import AUDIT_SAMPLES, PLANS
from domain.refusals import Unknown
from domain.savings import freeze
from domain.tracking import Outcome, Tracked

Key = tuple[UUID, str]
Counter = tuple[UUID, datetime]  # a pool, and the start of a cycle
Known = tuple[bytes, bytes]  # the digest of the body that came first, and what was answered


class Draw(Protocol):
    """What ingest must know of a workspace, and of the pool that it draws on."""

    @property
    def plan(self) -> str: ...
    @property
    def hourly_rate_cents(self) -> int | None: ...
    @property
    def pool_id(self) -> UUID: ...
    @property
    def tree_id(self) -> UUID | None: ...
    @property
    def pool_events(self) -> int: ...
    @property
    def stops_at_limit(self) -> bool: ...
    def cycle_at(self, at: datetime) -> Cycle: ...


class Draws(Protocol):
    """The `pools` projection, as far as ingest asks it."""

    def ask_draws(
        self, db: Any, workspace_ids: Any, *, hold: bool = False
    ) -> Callable[[], Mapping[UUID, Draw]]: ...
    def used(self, db: Any, pool_id: UUID, cycle_started_at: datetime) -> int: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What one request asks to record; one with a test key is checked and not recorded."""

    workspace_id: UUID
    items: Sequence[Tracked]
    because: Because
    counts: bool = True
    key_id: str | None = None  # None when we track ourselves


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What became of each event; of none if the key does not work any more or asks too much."""

    outcomes: list[Outcome]
    state: KeyState | None = None
    taken: Taken | None = None


@dataclass(kw_only=True, slots=True)
class Accepted:
    """The events of one key in one cycle that are recorded together, under one fact."""

    workspace_id: UUID
    draw: Draw
    cycle: Cycle
    because: Because
    shared: bool = False  # by several requests, so that none of them alone tells its story
    items: list[tuple[Tracked, datetime]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)


class Decisions:
    """Taken request by request, in their order: what the first of them takes the next does not find."""

    def __init__(self, draws: Mapping[UUID, Draw], known: dict[Key, Known], room: dict[Counter, int]) -> None:
        self.draws = draws
        self.known = known
        self.room = room  # in the pools that stop at their limit
        self.accepted: dict[tuple[UUID, str, Cycle], Accepted] = {}

    def of(self, asked: Asked) -> list[Outcome] | Unknown:
        draw = self.draws.get(asked.workspace_id)
        if draw is None:
            return Unknown(f"workspace {asked.workspace_id}")
        at = asked.because.at
        cycle = draw.cycle_at(at)
        common = common_answer(asked.workspace_id, at, counted=asked.counts)
        if not asked.counts:
            return [
                Outcome(kind="out_of_range") if item.out_of_range
                else Outcome(kind="recorded", answer=_worth(item, draw, common)[1])
                for item in asked.items
            ]  # fmt: skip
        outcomes = []
        for item in asked.items:
            outcome = self._refused(asked.workspace_id, item, draw, cycle)
            if outcome is None:
                body, answer = _worth(item, draw, common)
                outcome = Outcome(kind="recorded", answer=answer)
                self._accept(asked, item, draw, cycle, body, answer)
            outcomes.append(outcome)
        return outcomes

    def _refused(self, workspace_id: UUID, item: Tracked, draw: Draw, cycle: Cycle) -> Outcome | None:
        if item.idempotency_key is not None and (
            known := self.known.get((workspace_id, item.idempotency_key))
        ):
            if known[0] == item.body_sha256:
                return Outcome(kind="replayed", answer=known[1])
            return Outcome(kind="conflict")
        if item.out_of_range:
            return Outcome(kind="out_of_range")
        if draw.stops_at_limit and self.room[draw.pool_id, cycle.started_at] <= 0:
            return Outcome(kind="quota_exceeded", resets_at=cycle.ends_at)
        return None

    def _accept(
        self, asked: Asked, item: Tracked, draw: Draw, cycle: Cycle, body: bytes, answer: bytes
    ) -> None:
        if draw.stops_at_limit:
            self.room[draw.pool_id, cycle.started_at] -= 1
        if item.idempotency_key is not None:
            self.known[asked.workspace_id, item.idempotency_key] = (item.body_sha256, answer)
        place = (asked.workspace_id, asked.because.actor, cycle)
        group = self.accepted.get(place)
        if group is None:
            group = self.accepted[place] = Accepted(
                workspace_id=asked.workspace_id, draw=draw, cycle=cycle, because=asked.because
            )
        elif group.because is not asked.because:
            group.shared = True
        group.items.append((item, asked.because.at))
        group.bodies.append(body)
        group.answers.append(answer)


def _worth(item: Tracked, draw: Draw, common: bytes) -> tuple[bytes, bytes]:
    """The event as it is kept, and as it is answered."""
    frozen = freeze(
        task_type=item.task_type,
        outcome=item.outcome,
        baseline_seconds=item.baseline_seconds,
        agent_cost_micros=item.agent_cost_micros,
        hourly_rate_cents=draw.hourly_rate_cents,
    )
    sample, said = item.audit_sample, b"null"
    if sample is not None:
        said = b'"kept"'
        if AUDIT_SAMPLES not in PLANS[draw.plan].features:
            sample, said = None, b'"not_in_plan"'
    return kept_body(item.body, frozen, sample), answer_of(item.event_id, common, frozen, said)


# Each by the index, whatever the planner thinks of a table that has grown since it last looked.
KNOWN = """
    SELECT asked.workspace_id, asked.idempotency_key, known.body_sha256, known.answer
      FROM unnest(%b::uuid[], %b::text[]) AS asked (workspace_id, idempotency_key)
     CROSS JOIN LATERAL (
        SELECT body_sha256, answer FROM usage_keys kept
         WHERE kept.workspace_id = asked.workspace_id AND kept.idempotency_key = asked.idempotency_key
         LIMIT 1) AS known
"""


def ask_known(db: Connection[Any], requests: Sequence[Asked]) -> Callable[[], dict[Key, Known]]:
    """What was answered before under the keys that these requests carry."""
    keys = [
        (asked.workspace_id, item.idempotency_key)
        for asked in requests
        if asked.counts
        for item in asked.items
        if item.idempotency_key is not None
    ]
    if not keys:
        return dict
    rows = db.execute(
        KNOWN,
        ([one for one, _ in keys], [key for _, key in keys]),
    )
    return lambda: {
        (row["workspace_id"], row["idempotency_key"]): (bytes(row["body_sha256"]), row["answer"].encode())
        for row in rows
    }
