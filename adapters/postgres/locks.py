"""Locks that outlive a transaction but not their connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import LockNotAvailable, QueryCanceled

from adapters.postgres.database import Database
from domain.conflicts import Contended

WAIT_MS = 10_000


@contextmanager
def held(database: Database, name: str) -> Iterator[None]:
    """Hold a named lock over all processes; wait for it, with a deadline."""
    with database.connection() as db:
        db.execute("SELECT set_config('lock_timeout', %s, false)", (f"{WAIT_MS}ms",))
        try:
            db.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (name,))
        except (LockNotAvailable, QueryCanceled):
            raise Contended(name) from None
        finally:
            if not db.closed and not db.broken:
                db.execute("RESET lock_timeout")
        try:
            yield
        finally:
            if not db.closed and not db.broken:
                db.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,))
