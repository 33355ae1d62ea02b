"""The stored form of an event: its raw row, its key, and the digest by which a fact vouches for the rows."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

from domain.plans import CURRENCY
from domain.savings import HOUR, Frozen, freeze

Row = tuple[bytes, bytes]  # the 16 bytes of an event's id, and its body
Key = tuple[str, bytes, bytes]  # an idempotency key, the body's SHA-256, the answer

POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# What the events of a request have in common comes once, and each names its request by a number.
INSERT_USAGE = """
    INSERT INTO usage (event_id, batch_id, workspace_id, kept_days, received_at, body)
    SELECT event_id, (%b::uuid[])[part], (%b::uuid[])[part], (%b::smallint[])[part],
           (%b::timestamptz[])[part], body
      FROM unnest(%b::uuid[], %b::smallint[], %b::json[]) AS given (event_id, part, body)
"""
INSERT_KEYS = """
    INSERT INTO usage_keys (workspace_id, idempotency_key, body_sha256, answer)
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::bytea[], %b::text[])
"""
UUID_OID, SMALLINT_OID, TIMESTAMPTZ_OID, JSON_OID, TEXT_OID, BYTEA_OID = 2950, 21, 1184, 114, 25, 17

_length = struct.Struct(">i").pack
_small = struct.Struct(">ih").pack
_instant = struct.Struct(">iq").pack
_header = struct.Struct(">iiiii").pack
_UUID = _length(16)


@dataclass(frozen=True, slots=True)
class Packed:
    """An array in PostgreSQL's binary form, elements and their lengths: packed as they come, without an
    object of Python for each."""

    oid: int
    size: int
    elements: bytes


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return _header(1, 0, obj.oid, obj.size, 1) + obj.elements


psycopg.adapters.register_dumper(Packed, _PackedDumper)


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
    """All rows and keys, without waiting for an answer where the connection is in a pipeline.

    COPY would be no faster, answers for itself, and is not there for who sees only some rows of a table.
    """
    db.execute(INSERT_USAGE, _packed(batches))
    if keys := list(_keys(batches)):
        db.execute(INSERT_KEYS, _packed_keys(keys))


def _keys(batches: Sequence[Batch]) -> Iterator[tuple[UUID, list[Key]]]:
    """In one order, so that two who store the same keys never wait for one another in a circle."""
    of_workspace: dict[UUID, list[Key]] = {}
    for batch in batches:
        for part in batch.parts:
            of_workspace.setdefault(batch.workspace_id, []).extend(part.keys)
    for workspace_id in sorted(of_workspace):
        if of_workspace[workspace_id]:
            yield workspace_id, sorted(of_workspace[workspace_id])


def _packed(batches: Sequence[Batch]) -> list[Packed]:
    """Four columns of what belongs to a request, and three of what is an event's own."""
    parts = [(batch, part) for batch in batches for part in batch.parts]
    rows = [row for _, part in parts for row in part.rows]
    common = (
        (UUID_OID, b"".join([_UUID + batch.batch_id.bytes for batch, _ in parts])),
        (UUID_OID, b"".join([_UUID + batch.workspace_id.bytes for batch, _ in parts])),
        (SMALLINT_OID, b"".join([_small(2, batch.kept_days) for batch, _ in parts])),
        (TIMESTAMPTZ_OID, b"".join([_received(part) for _, part in parts])),
    )
    own = (
        (UUID_OID, b"".join([_UUID + name for name, _ in rows])),
        (SMALLINT_OID, b"".join([_small(2, at) * len(part.rows) for at, (_, part) in enumerate(parts, 1)])),
        (JSON_OID, b"".join([_length(len(body)) + body for _, body in rows])),
    )
    return [
        *(Packed(oid, len(parts), elements) for oid, elements in common),
        *(Packed(oid, len(rows), elements) for oid, elements in own),
    ]


def _packed_keys(of_workspaces: Sequence[tuple[UUID, list[Key]]]) -> list[Packed]:
    keys = [key for _, ordered in of_workspaces for key in ordered]
    columns = (
        (UUID_OID, b"".join([(_UUID + one.bytes) * len(ordered) for one, ordered in of_workspaces])),
        (TEXT_OID, b"".join([_length(len(key)) + key.encode("ascii") for key, _, _ in keys])),
        (BYTEA_OID, b"".join([_length(len(digest)) + digest for _, digest, _ in keys])),
        (TEXT_OID, b"".join([_length(len(answer)) + answer for _, _, answer in keys])),
    )
    return [Packed(oid, len(keys), elements) for oid, elements in columns]


def _received(part: Part) -> bytes:
    return _instant(8, (part.received_at - POSTGRES_EPOCH) // datetime.resolution)


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


def answer_of(event_id: bytes, common: bytes, value: Worth, audit_sample: bytes) -> bytes:
    """What is said of an event, now and to every repetition; `common` as `common_answer` makes it."""
    name = event_id.hex().encode()
    return b'{"event_id":"%b-%b-%b-%b-%b",%b%b%b}' % (
        *(name[:8], name[8:12], name[12:16], name[16:20], name[20:]),
        *(common, value.said, audit_sample),
    )


def common_answer(workspace_id: UUID, received_at: datetime, *, counted: bool) -> bytes:
    """The part of an answer that the events of one request have in common."""
    said = {"workspace_id": workspace_id, "received_at": received_at.isoformat(), "counted": counted}
    return msgspec.json.encode(said)[1:-1] + b","
