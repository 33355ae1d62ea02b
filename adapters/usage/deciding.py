"""What becomes of each event, decided before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from adapters.key_traffic import Taken
from adapters.usage.rows import Part, answer_of, common_answer, kept_body, worth
from domain.api_keys import KeyState
from domain.because import Because
from domain.cycles import Cycle
from domain.plans import AUDIT_SAMPLES, PLANS
from domain.refusals import Unknown
from domain.tracking import Asked, Outcome, Tracked

PoolCycle = tuple[UUID, datetime]  # a pool, and the start of a cycle
First = tuple[bytes, bytes]  # the digest of the body that came first under a key, and what was answered
Known = dict[UUID, dict[str, First]]  # by workspace and key


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
    because: Because  # of the first request
    parts: list[Part] = field(default_factory=list)  # one for each request

    @property
    def quantity(self) -> int:
        return sum(len(part.rows) for part in self.parts)


class Decisions:
    """Taken request by request, in their order: what the first of them takes the next does not find."""

    def __init__(
        self, draws: Mapping[UUID, Draw], known: Known, room: dict[PoolCycle, int], *, of_first: bool
    ) -> None:
        self.draws = draws
        self.known = known
        self.room = room  # in the pools that stop at their limit
        self.of_first = of_first  # `known` says nothing of other keys than the first of each request
        self.accepted: dict[tuple[UUID, str, Cycle], Accepted] = {}

    def of(self, asked: Asked) -> list[Outcome] | Unknown:
        draw = self.draws.get(asked.workspace_id)
        if draw is None:
            return Unknown(f"workspace {asked.workspace_id}")
        at = asked.because.at
        common = common_answer(asked.workspace_id, at, counted=asked.counts)
        if not asked.counts:
            return [
                Outcome(kind="out_of_range") if item.out_of_range
                else Outcome(kind="recorded", answer=_worth(item, draw, common)[1])
                for item in asked.items
            ]  # fmt: skip
        cycle, part = draw.cycle_at(at), Part(received_at=at)
        outcomes = self._accept(asked, part, draw, cycle, common)
        if part.rows:
            place = (asked.workspace_id, asked.because.actor, cycle)
            group = self.accepted.get(place)
            if group is None:
                group = self.accepted[place] = Accepted(
                    workspace_id=asked.workspace_id, draw=draw, cycle=cycle, because=asked.because
                )
            group.parts.append(part)
        return outcomes

    def _accept(self, asked: Asked, part: Part, draw: Draw, cycle: Cycle, common: bytes) -> list[Outcome]:
        """What becomes of each event of a request; those that are recorded go into its part."""
        known = self.known.setdefault(asked.workspace_id, {})
        pool_cycle = (draw.pool_id, cycle.started_at)
        # A pool that does not stop has room for whatever comes.
        room = self.room[pool_cycle] if draw.stops_at_limit else len(asked.items)
        outcomes = []
        for item in asked.items:
            key = item.idempotency_key
            if key is not None and (first := known.get(key)):
                outcomes.append(_repeated(item, first))
            elif item.out_of_range:
                outcomes.append(Outcome(kind="out_of_range"))
            elif room <= 0:
                outcomes.append(Outcome(kind="quota_exceeded", resets_at=cycle.ends_at))
            else:
                room -= 1
                body, answer = _worth(item, draw, common)
                part.rows.append((item.event_id, body))
                if key is not None:
                    known[key] = (item.body_sha256, answer)
                    part.keys.append((key, item.body_sha256, answer))
                outcomes.append(Outcome(kind="recorded", answer=answer))
        if draw.stops_at_limit:
            self.room[pool_cycle] = room
        return outcomes


def _repeated(item: Tracked, first: First) -> Outcome:
    body_sha256, answer = first
    if body_sha256 != item.body_sha256:
        return Outcome(kind="conflict")
    return Outcome(kind="replayed", answer=answer)


def _worth(item: Tracked, draw: Draw, common: bytes) -> tuple[bytes, bytes]:
    """The event as it is kept, and as it is answered."""
    value = worth(
        item.task_type, item.outcome, item.baseline_seconds, item.agent_cost_micros, draw.hourly_rate_cents
    )
    sample, said = item.audit_sample, b"null"
    if sample is not None:
        said = b'"kept"'
        if AUDIT_SAMPLES not in PLANS[draw.plan].features:
            sample, said = None, b'"not_in_plan"'
    return kept_body(item.body, value, sample), answer_of(item.event_id, common, value, said)


# Each by the index, whatever the planner thinks of a table that has grown since it last looked. The keys of a
# request come as one text, which is faster than a thousand: there is no line break in a key.
KNOWN = """
    SELECT asked.workspace_id, carried.idempotency_key, known.body_sha256, known.answer
      FROM unnest(%b::uuid[], %b::text[]) AS asked (workspace_id, keys)
     CROSS JOIN LATERAL string_to_table(asked.keys, E'\\n') AS carried (idempotency_key)
     CROSS JOIN LATERAL (
        SELECT body_sha256, answer FROM usage_keys kept
         WHERE kept.workspace_id = asked.workspace_id AND kept.idempotency_key = carried.idempotency_key
         LIMIT 1) AS known
"""


def ask_known(
    db: Connection[Any], requests: Sequence[Asked], *, of_first: bool = False
) -> Callable[[], Known]:
    """What was answered before under the keys that these requests carry, or under the first of each."""
    workspaces: list[UUID] = []
    keys: list[str] = []
    for asked in requests:
        items = asked.items[:1] if of_first else asked.items
        carried = [item.idempotency_key for item in items if item.idempotency_key is not None]
        if asked.counts and carried:
            workspaces.append(asked.workspace_id)
            keys.append("\n".join(carried))
            assert keys[-1].isascii()
            assert keys[-1].count("\n") == len(carried) - 1
    if not keys:
        return dict
    rows = db.cursor(row_factory=tuple_row).execute(KNOWN, (workspaces, keys))

    def known() -> Known:
        found: Known = {}
        for workspace_id, key, body_sha256, answer in rows.fetchall():
            found.setdefault(workspace_id, {})[key] = (body_sha256, answer.encode())
        return found

    return known
