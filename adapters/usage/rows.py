"""The stored form of an event: its raw row, its key, and the digest by which a fact vouches for the rows."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection

from domain.plans import CURRENCY
from domain.savings import HOUR, Frozen, freeze

Row = tuple[bytes, bytes]  # the 16 bytes of an event's id, and its body
Key = tuple[str, bytes, bytes]  # an idempotency key, the body's SHA-256, the answer

POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
COPY_USAGE = (
    "COPY usage (event_id, batch_id, workspace_id, kept_days, received_at, body) FROM STDIN (FORMAT BINARY)"
)
INSERT_USAGE = """
    INSERT INTO usage (event_id, batch_id, workspace_id, kept_days, received_at, body)
    SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::smallint[], %b::timestamptz[], %b::json[])
"""
INSERT_KEYS = """
    INSERT INTO usage_keys (workspace_id, idempotency_key, body_sha256, answer)
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::bytea[], %b::text[])
"""
COPY_KEYS = "COPY usage_keys (workspace_id, idempotency_key, body_sha256, answer) FROM STDIN (FORMAT BINARY)"

_uuid_column = struct.Struct(">i16s").pack
_first_of = struct.Struct(">hi16s").pack
_length = struct.Struct(">i").pack
_kept_and_received = struct.Struct(">ihiq").pack


@dataclass(kw_only=True, slots=True)
class Part:
    """What one request brings to a batch: rows that differ in their ids and bodies only, and their keys."""

    received_at: datetime
    rows: list[Row] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """The rows that one fact vouches for."""

    batch_id: UUID
    workspace_id: UUID
    kept_days: int
    parts: Sequence[Part]

    @property
    def rows_sha256(self) -> str:
        return rows_sha256(row for part in self.parts for row in part.rows)


def insert(db: Connection[object], batches: Sequence[Batch]) -> None:
    """A few rows, without waiting for an answer where the connection is in a pipeline."""
    columns = zip(
        *(
            (
                UUID(bytes=name),
                batch.batch_id,
                batch.workspace_id,
                batch.kept_days,
                part.received_at,
                body.decode(),
            )
            for batch in batches
            for part in batch.parts
            for name, body in part.rows
        ),
        strict=True,
    )
    db.execute(INSERT_USAGE, [*map(list, columns)])
    keys = [
        (workspace_id, key, body_sha256, answer.decode())
        for workspace_id, ordered in _keys(batches)
        for key, body_sha256, answer in ordered
    ]
    if keys:
        db.execute(INSERT_KEYS, [*map(list, zip(*keys, strict=True))])


def copy(db: Connection[object], batches: Sequence[Batch]) -> None:
    """Many rows; COPY takes a quarter of the time of an INSERT, and an answer of its own."""
    _copy(db, COPY_USAGE, [row for batch in batches for part in batch.parts for row in _packed(batch, part)])
    keys = [row for workspace_id, ordered in _keys(batches) for row in _packed_keys(workspace_id, ordered)]
    if keys:
        _copy(db, COPY_KEYS, keys)


def _keys(batches: Sequence[Batch]) -> Iterator[tuple[UUID, list[Key]]]:
    """In one order, so that two who store the same keys never wait for one another in a circle."""
    of_workspace: dict[UUID, list[Key]] = {}
    for batch in batches:
        for part in batch.parts:
            of_workspace.setdefault(batch.workspace_id, []).extend(part.keys)
    for workspace_id in sorted(of_workspace):
        yield workspace_id, sorted(of_workspace[workspace_id])


def _copy(db: Connection[object], statement: LiteralString, rows: Sequence[bytes]) -> None:
    with db.cursor().copy(statement) as copying:
        copying.write(b"".join((HEADER, *rows, TRAILER)))


def _packed(batch: Batch, part: Part) -> list[bytes]:
    micros = (part.received_at - POSTGRES_EPOCH) // datetime.resolution
    common = (
        _uuid_column(16, batch.batch_id.bytes)
        + _uuid_column(16, batch.workspace_id.bytes)
        + _kept_and_received(2, batch.kept_days, 8, micros)
    )
    return [b"".join((_first_of(6, 16, name), common, _length(len(body)), body)) for name, body in part.rows]


def _packed_keys(workspace_id: UUID, keys: Sequence[Key]) -> list[bytes]:
    first = _first_of(4, 16, workspace_id.bytes)
    return [
        b"".join(
            (
                *(first, _length(len(key)), key.encode("ascii")),
                *(_length(len(body_sha256)), body_sha256),
                *(_length(len(answer)), answer),
            )
        )
        for key, body_sha256, answer in keys
    ]


def rows_sha256(rows: Iterable[Row]) -> str:
    """The digest of a batch's raw rows, by which a fact vouches for them: id and body of each, by id."""
    return hashlib.sha256(
        b"".join([name + _length(len(body)) + body for name, body in sorted(rows)])
    ).hexdigest()


@dataclass(frozen=True, slots=True)
class Worth:
    """The value of an event as JSON: how it is kept with the event, and how it is answered."""

    kept: bytes
    said: bytes


@lru_cache(maxsize=4_096)
def worth(
    task_type: str,
    outcome: str,
    baseline_seconds: int | None,
    agent_cost_micros: int | None,
    hourly_rate_cents: int | None,
) -> Worth:
    """What `freeze` finds, written down; many events have it in common."""
    frozen = freeze(
        task_type=task_type,
        outcome=outcome,
        baseline_seconds=baseline_seconds,
        agent_cost_micros=agent_cost_micros,
        hourly_rate_cents=hourly_rate_cents,
    )
    kept = b'"frozen":' + msgspec.json.encode(frozen, order="sorted") + b"}"
    return Worth(kept, msgspec.json.encode(_said_of(frozen))[1:-1] + b',"audit_sample":')


def _said_of(frozen: Frozen) -> dict[str, object]:
    return {
        "baseline_minutes": frozen.baseline_seconds / 60,
        "baseline_source": frozen.baseline_source,
        "hourly_rate_cents": frozen.hourly_rate_cents,
        "hourly_rate_source": frozen.hourly_rate_source,
        "agent_cost_micros": frozen.agent_cost_micros,
        "agent_cost_source": frozen.agent_cost_source,
        "hours_saved": round(frozen.saved_seconds / HOUR, 6),
        "saved_micros": frozen.saved_micros,
        "net_saved_micros": frozen.net_saved_micros,
        "currency": CURRENCY,
    }


def kept_body(body: bytes, value: Worth, audit_sample: bytes | None) -> bytes:
    """The event with its value, and with its sample where the plan has it."""
    sample = b"," if audit_sample is None else b',"audit_sample":' + audit_sample + b","
    return body[:-1] + sample + value.kept


def answer_of(event_id: UUID, common: bytes, value: Worth, audit_sample: bytes) -> bytes:
    """What is said of an event, now and to every repetition; `common` as `common_answer` makes it."""
    return b'{"event_id":"%b",%b%b%b}' % (str(event_id).encode(), common, value.said, audit_sample)


def common_answer(workspace_id: UUID, received_at: datetime, *, counted: bool) -> bytes:
    """The part of an answer that the events of one request have in common."""
    said = {"workspace_id": workspace_id, "received_at": received_at.isoformat(), "counted": counted}
    return msgspec.json.encode(said)[1:-1] + b","
