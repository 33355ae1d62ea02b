"""The raw limit of ingest: psycopg, the same rows, the same table, arrays of 1,000, a durable commit each."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg

from domain.plans import AGENCY

INSERT = """
    INSERT INTO usage SELECT event_id, %s, %s, %s, %s, body
      FROM unnest(%b::uuid[], %b::json[]) AS given (event_id, body)
"""


def rows_per_second(conninfo: str, body: str, *, connections: int, size: int, seconds: float) -> float:
    """Rows a second over so many connections, each of which is a thread of its own."""
    until = time.monotonic() + seconds
    written = [0] * connections

    def write(number: int) -> None:
        with psycopg.connect(conninfo, autocommit=True) as db:
            while time.monotonic() < until:
                _insert(db, body, size=size)
                written[number] += size

    threads = [threading.Thread(target=write, args=(number,)) for number in range(connections)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(written) / (time.monotonic() - begun)


def _insert(db: psycopg.Connection, body: str, *, size: int) -> None:
    now, workspace_id = datetime.now(UTC), uuid4()
    base = int(now.timestamp() * 1_000) << 80 | uuid4().int >> 56 << 8
    event_ids = [UUID(int=base + number) for number in range(size)]
    with db.transaction():
        db.execute(INSERT, (uuid4(), workspace_id, AGENCY.kept_days, now, event_ids, [body] * size))
