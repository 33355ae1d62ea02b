"""The raw limit of ingest: psycopg inserting the same rows, in arrays of 1,000, with a durable commit each.

The same rows are those of `usage` and, since each event of the bench has an idempotency key, those of
`usage_keys`, whose unique index is what makes an event count once. Arrays go in binary form, the fastest that
psycopg has for them, and the texts in them are made beforehand.
"""

from __future__ import annotations

import hashlib
import random
import threading
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg

from domain.plans import AGENCY

USAGE = """
    INSERT INTO usage SELECT event_id, %s, %s, %s, %s, body
      FROM unnest(%b::uuid[], %b::json[]) AS given (event_id, body)
"""
KEYS = """
    INSERT INTO usage_keys SELECT %s, key, body_sha256, answer
      FROM unnest(%b::text[], %b::bytea[], %b::text[]) AS given (key, body_sha256, answer)
"""


def rows_per_second(
    conninfo: str, body: str, answer: str, *, connections: int, size: int, seconds: float
) -> float:
    """Rows a second over so many connections, each of which is a thread of its own."""
    until = time.monotonic() + seconds
    written = [0] * connections

    def write(number: int) -> None:
        with psycopg.connect(conninfo, autocommit=True) as db:
            while time.monotonic() < until:
                _insert(db, [body] * size, [answer] * size)
                written[number] += size

    threads = [threading.Thread(target=write, args=(number,)) for number in range(connections)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(written) / (time.monotonic() - begun)


def _insert(db: psycopg.Connection, bodies: list[str], answers: list[str]) -> None:
    now, workspace_id, size = datetime.now(UTC), uuid4(), len(bodies)
    base = int(now.timestamp() * 1_000) << 80 | uuid4().int >> 56 << 8
    event_ids = [UUID(int=base + number) for number in range(size)]
    chance = random.randbytes(16 * size).hex()
    keys = [chance[at : at + 32] for at in range(0, len(chance), 32)]
    digests = [hashlib.sha256(bodies[0].encode()).digest()] * size
    with db.transaction():
        db.execute(USAGE, (uuid4(), workspace_id, AGENCY.kept_days, now, event_ids, bodies))
        db.execute(KEYS, (workspace_id, keys, digests, answers))
