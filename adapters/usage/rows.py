"""The stored form of an event: its raw row, its key, and the digest by which a fact vouches for the rows."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import LiteralString, NamedTuple
from uuid import UUID

import msgspec
from psycopg import Connection

from domain.plans import CURRENCY
from domain.savings import HOUR, Frozen

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


class Row(NamedTuple):
    """A raw row of `usage`, in the order of its columns."""

    event_id: UUID
    batch_id: UUID
    workspace_id: UUID
    kept_days: int
    received_at: datetime
    body: bytes


class KeyRow(NamedTuple):
    """A row of `usage_keys`; whoever stores the same keys stores them in the same order."""

    workspace_id: UUID
    idempotency_key: str
    body_sha256: bytes
    answer: bytes


def insert(db: Connection[object], rows: Sequence[Row], keys: Sequence[KeyRow]) -> None:
    """A few rows, without waiting for an answer where the connection is in a pipeline."""
    event_ids, batch_ids, workspace_ids, kept_days, received, bodies = zip(*rows, strict=True)
    texts = [body.decode() for body in bodies]
    db.execute(INSERT_USAGE, [*map(list, (event_ids, batch_ids, workspace_ids, kept_days, received)), texts])
    if keys:
        workspace_ids, named, digests, answers = zip(*keys, strict=True)
        said = [answer.decode() for answer in answers]
        db.execute(INSERT_KEYS, [*map(list, (workspace_ids, named, digests)), said])


def copy(db: Connection[object], rows: Iterable[Row], keys: Sequence[KeyRow]) -> None:
    """Many rows; COPY takes a quarter of the time of an INSERT, and an answer of its own."""
    _copy(db, COPY_USAGE, _packed(rows))
    if keys:
        _copy(db, COPY_KEYS, map(_packed_key, keys))


def _copy(db: Connection[object], statement: LiteralString, rows: Iterable[bytes]) -> None:
    with db.cursor().copy(statement) as copying:
        copying.write(b"".join((HEADER, *rows, TRAILER)))


def _packed(rows: Iterable[Row]) -> Iterator[bytes]:
    """The columns that the events of one request have in common are packed once."""
    batch_id = received_at = None
    common = b""
    for row in rows:
        if row.batch_id is not batch_id or row.received_at is not received_at:
            batch_id, received_at = row.batch_id, row.received_at
            micros = (received_at - POSTGRES_EPOCH) // datetime.resolution
            common = (
                _uuid_column(16, batch_id.bytes)
                + _uuid_column(16, row.workspace_id.bytes)
                + _kept_and_received(2, row.kept_days, 8, micros)
            )
        yield b"".join((_first_of(6, 16, row.event_id.bytes), common, _length(len(row.body)), row.body))


def _packed_key(row: KeyRow) -> bytes:
    key = row.idempotency_key.encode()
    return b"".join(
        (
            _first_of(4, 16, row.workspace_id.bytes),
            *(_length(len(key)), key),
            *(_length(len(row.body_sha256)), row.body_sha256),
            *(_length(len(row.answer)), row.answer),
        )
    )


def rows_sha256(event_ids: Sequence[UUID], bodies: Sequence[bytes]) -> str:
    """The digest of a batch's raw rows, by which a fact vouches for them: id and body of each, by id."""
    rows = sorted((event_id.bytes, body) for event_id, body in zip(event_ids, bodies, strict=True))
    return hashlib.sha256(b"".join(name + _length(len(body)) + body for name, body in rows)).hexdigest()


def kept_body(body: bytes, frozen: Frozen, audit_sample: bytes | None) -> bytes:
    """The event with its value, and with its sample where the plan has it."""
    sample = b"" if audit_sample is None else b'"audit_sample":' + audit_sample + b","
    return b"".join((body[:-1], b",", sample, b'"frozen":', _frozen_json(frozen), b"}"))


def answer_of(event_id: UUID, common: bytes, frozen: Frozen, audit_sample: bytes) -> bytes:
    """What is said of an event, now and to every repetition; `common` as `common_answer` makes it."""
    return b"".join(
        (b'{"event_id":"', str(event_id).encode(), b'",', common, _worth_json(frozen), audit_sample, b"}")
    )


def common_answer(workspace_id: UUID, received_at: datetime, *, counted: bool) -> bytes:
    """The part of an answer that the events of one request have in common."""
    said = {"workspace_id": workspace_id, "received_at": received_at.isoformat(), "counted": counted}
    return msgspec.json.encode(said)[1:-1] + b","


@lru_cache(maxsize=4_096)
def _frozen_json(frozen: Frozen) -> bytes:
    return msgspec.json.encode(frozen, order="sorted")


@lru_cache(maxsize=4_096)
def _worth_json(frozen: Frozen) -> bytes:
    worth = {
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
    return msgspec.json.encode(worth)[1:-1] + b',"audit_sample":'
