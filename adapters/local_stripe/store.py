"""Where the local Stripe keeps what it was told: one SQLite file, or memory."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

NO_LIMIT = -1  # as SQLite says it
FILE_NAME = "stripe.sqlite3"
SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    created INTEGER NOT NULL,
    due_at  INTEGER,
    body    TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_due ON objects (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS meter_events (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    identifier TEXT NOT NULL,
    event_name TEXT NOT NULL,
    customer   TEXT NOT NULL,
    value      INTEGER NOT NULL,
    timestamp  INTEGER NOT NULL,
    created    INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS meter_events_by_identifier ON meter_events (identifier);
CREATE INDEX IF NOT EXISTS meter_events_by_customer ON meter_events (customer, event_name, timestamp);
CREATE TABLE IF NOT EXISTS answers (
    key     TEXT PRIMARY KEY,
    asked   TEXT NOT NULL,
    status  INTEGER NOT NULL,
    body    TEXT NOT NULL,
    created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    state    TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at   REAL NOT NULL DEFAULT 0,
    first_at REAL
);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (due_at) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """Everything within one `transaction` is kept together, or not at all."""

    def __init__(self, state_dir: Path | None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        where = ":memory:" if state_dir is None else str(_private_file(state_dir))
        self._db = sqlite3.connect(where, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One thread at a time. Within another transaction it is a savepoint of that one."""
        with self._lock:
            name = f"level_{self._depth}"
            self._db.execute(f"SAVEPOINT {name}")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._db.execute(f"ROLLBACK TO {name}")
                raise
            finally:
                self._depth -= 1
                self._db.execute(f"RELEASE {name}")

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def write(self, sql: str, *values: object) -> None:
        with self.transaction():
            self._db.execute(sql, values)

    # Objects.

    def put(self, body: Json, due_at: int | None) -> None:
        self.write(
            "INSERT INTO objects (id, kind, created, due_at, body) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, body = excluded.body",
            body["id"],
            body["object"],
            body["created"],
            due_at,
            json.dumps(body),
        )

    def get(self, kind: str, object_id: str) -> Json | None:
        found = self.rows("SELECT body FROM objects WHERE id = ? AND kind = ?", object_id, kind)
        return json.loads(found[0][0]) if found else None

    def newest_first(self, kind: str, where: str = "", *values: object, limit: int = NO_LIMIT) -> list[Json]:
        found = self.rows(
            f"SELECT body FROM objects WHERE kind = ? {where} ORDER BY seq DESC LIMIT ?", kind, *values, limit
        )
        return [json.loads(body) for (body,) in found]

    def next_due(self, until: int, kind: str | None = None) -> tuple[int, Json] | None:
        found = self.rows(
            "SELECT due_at, body FROM objects WHERE due_at <= ? AND kind = coalesce(?, kind)"
            " ORDER BY due_at, seq LIMIT 1",
            until,
            kind,
        )
        return (found[0][0], json.loads(found[0][1])) if found else None

    # Settings, which are JSON values by name.

    def setting(self, name: str, default: Any = None) -> Any:
        found = self.rows("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(found[0][0]) if found else default

    def set_setting(self, name: str, value: Any) -> None:
        self.write(
            "INSERT INTO settings (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            json.dumps(value),
        )

    def count_up(self, name: str) -> int:
        with self.transaction():
            count: int = self.setting(name, 0) + 1
            self.set_setting(name, count)
            return count


def _private_file(state_dir: Path) -> Path:
    """It holds customers' addresses: nobody else may read it, nor what SQLite puts beside it."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state_dir / FILE_NAME
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path
