"""The one PostgreSQL database, as the rest of the house may use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from adapters.postgres.naming import NOBODY, Named, name

CONNECT_SECONDS = 5
# A server that went away without a word is noticed within a minute, and what was sent to it in 20 s.
SILENCE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
POOL_MAX = 24  # a request holds its snapshot and for a moment one more; 16 threads, and some to spare
STATEMENT_MS = 30_000

# A rebuilt table is swapped in under an exclusive lock on `bookmarks`. LOCK takes no snapshot, so a
# reader that waits here sees the swapped table whole; with a snapshot from before it would see it empty.
READING = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; LOCK TABLE bookmarks IN ACCESS SHARE MODE"


class Database:
    """Connections to one database, opened on first use and never shared over a fork."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = make_conninfo(conninfo, connect_timeout=CONNECT_SECONDS, **SILENCE)
        self._pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
            self.conninfo,
            kwargs={
                "autocommit": True,
                "row_factory": dict_row,
                "options": f"-c statement_timeout={STATEMENT_MS} -c timezone=UTC",
            },
            min_size=0,
            max_size=POOL_MAX,
            timeout=CONNECT_SECONDS,
            open=False,
        )

    @contextmanager
    def connection(self) -> Iterator[Connection[DictRow]]:
        """A connection in autocommit mode."""
        self._pool.open()
        try:
            with self._pool.connection() as db:
                yield db
        except psycopg.OperationalError:
            self._pool.check()  # one dead connection means that the others may be dead too
            raise

    @contextmanager
    def reading(self, named: Named = NOBODY) -> Iterator[Connection[DictRow]]:
        """One snapshot for any number of queries: what a page shows was true all at once."""
        with self.connection() as db:
            db.execute("; ".join((READING, *named.statements)))  # in one message
            try:
                yield db
            finally:
                if not db.closed and not db.broken:
                    db.execute("ROLLBACK")

    @contextmanager
    def asking(self, named: Named) -> Iterator[Connection[DictRow]]:
        """Questions that go in one message with the names of those they are about; nothing waits for the
        answers but who reads them."""
        with self.connection() as db, db.pipeline():
            name(db, named)
            yield db

    @contextmanager
    def writing(self, named: Named = NOBODY) -> Iterator[Connection[DictRow]]:
        """One transaction, committed at the end."""
        with self.connection() as db, db.transaction():
            name(db, named)
            yield db

    def connect(self) -> Connection[DictRow]:
        """A connection of one's own, for who listens or holds a lock for long."""
        return psycopg.connect(
            self.conninfo, autocommit=True, row_factory=dict_row, options="-c timezone=UTC"
        )

    def close(self) -> None:
        self._pool.close()
