"""Verify: a log hashed again and held against its heads, against reading its rows and hashing them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from hashlib import sha256

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from adapters.postgres.logs import LOGS
from adapters.proof.verify import verify
from scripts.benches.replay.store import fill, store
from scripts.benches.result import Result
from scripts.wiring import Wiring

FACTS = 1_000_000
ROUNDS = 3
ROWS_AT_ONCE = 5_000


def verified() -> Iterator[Result]:
    """In pairs, so that whatever else the machine does weighs on both."""
    with store() as wiring:
        facts = fill(wiring.database, FACTS, indexed=True)
        wiring.heads.sign_all()
        pairs = [(_read_and_hash(wiring.database), _verify(wiring)) for _ in range(ROUNDS)]
    yield Result(
        bench="replay",
        case=f"verify {facts:,} events",
        value=facts / statistics.median(ours for _, ours in pairs),
        unit="events/s",
        raw=facts / statistics.median(raw for raw, _ in pairs),
        ratio=statistics.median(raw / ours for raw, ours in pairs),
        goal=">= 0.5",
    )


def _verify(wiring: Wiring) -> float:
    began = time.perf_counter()
    for log in LOGS:
        found = verify(wiring.database, wiring.signing, wiring.heads.file, log, lambda *_: None)
        assert found.ok, found.faults
    return time.perf_counter() - began


def _read_and_hash(database: Database) -> float:
    """The rows of both logs, through a server cursor, and a hash of each."""
    began = time.perf_counter()
    with database.connect() as db:
        for log in LOGS:
            query = SQL(
                "SELECT originator_id, originator_version, topic, state FROM {} ORDER BY notification_id"
            ).format(Identifier(f"{log}_events"))
            with db.transaction(), db.cursor("rows", row_factory=tuple_row, binary=True) as cursor:
                cursor.itersize = ROWS_AT_ONCE
                cursor.execute(query)
                for stream, version, topic, state in cursor:
                    words = topic.encode()
                    sha256(
                        b"\x00" + stream.bytes + version.to_bytes(8) + len(words).to_bytes(4) + words + state
                    ).digest()
    return time.perf_counter() - began
