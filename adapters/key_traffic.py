"""Key traffic: how many requests may a key still make in this second, and when was it last used?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import tuple_row

from adapters.postgres.database import Database
from adapters.postgres.naming import Named, array_text, name
from domain.api_keys import REQUESTS_PER_SECOND_MAX

# Rewritten in place with every request: half of each page is left free for that.
TABLE = """
    CREATE TABLE key_traffic (
        key_id         text PRIMARY KEY,
        second_started bigint NOT NULL,
        used           integer NOT NULL,
        last_used_at   timestamptz NOT NULL
    ) WITH (fillfactor = 50)
"""
# The clocks of two machines differ a little, and a request waits a little for its turn: it then counts in
# the later second. A second further ahead than this was written before the clock was set back.
AHEAD_SECONDS_MAX = 5

# In the order of the keys, so that two transactions never wait for one another in a circle.
TAKE = """
    INSERT INTO key_traffic AS held
    SELECT key_id, %(second)s, asked, %(at)s
      FROM unnest(%(key_ids)b::text[], %(asked)b::integer[]) AS given (key_id, asked)
     ORDER BY key_id
    ON CONFLICT (key_id) DO UPDATE SET
        used = excluded.used + CASE
            WHEN held.second_started BETWEEN excluded.second_started
                 AND excluded.second_started + %(ahead)s THEN held.used
            ELSE 0 END,
        second_started = CASE
            WHEN held.second_started BETWEEN excluded.second_started
                 AND excluded.second_started + %(ahead)s THEN held.second_started
            ELSE excluded.second_started END,
        last_used_at = excluded.last_used_at
    RETURNING key_id, used, second_started
"""
# In one message to the server, whose commit waits for no disk: what is lost with it is a part of one second.
# The keys are named before the first of them is taken, since each comes out of the join.
TAKE_NOW = """
    WITH soon AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true),
                                      set_config('heartwood.keys', %(named)s, true))
""" + TAKE.replace("FROM unnest", "FROM soon CROSS JOIN unnest")


@dataclass(frozen=True, kw_only=True)
class Taken:
    allowed: int  # of those that were asked for
    remaining: int  # in this second
    reset_seconds: int


class KeyTraffic:
    """No facts: what was refused for being too much is not worth one."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create(self, db: Connection[Any]) -> None:
        db.execute(TABLE)

    def take(self, db: Connection[Any], asked: Mapping[str, int], at: datetime) -> dict[str, Taken]:
        """Count the requests of each key; what is above the limit is counted, too, and not allowed.

        Others who ask for the same keys wait for the end of this transaction: keep it short.
        """
        return _take(db, TAKE, asked, at)()

    def take_now(self, asked: Mapping[str, int], at: datetime) -> dict[str, Taken]:
        """In a transaction of its own."""
        with self.database.connection() as db:
            return self.ask_now(db, asked, at)()

    def ask_now(
        self, db: Connection[Any], asked: Mapping[str, int], at: datetime
    ) -> Callable[[], dict[str, Taken]]:
        """The same, not waited for yet."""
        return _take(db, TAKE_NOW, asked, at)

    def last_used(self, db: Connection[Any], key_ids: Collection[str]) -> dict[str, datetime]:
        """A key that was never used is left out."""
        name(db, Named(keys=key_ids))
        rows = db.cursor(row_factory=tuple_row).execute(
            "SELECT key_id, last_used_at FROM key_traffic WHERE key_id = ANY(%s)", (list(key_ids),)
        )
        return dict(rows.fetchall())


def _take(
    db: Connection[Any], statement: LiteralString, asked: Mapping[str, int], at: datetime
) -> Callable[[], dict[str, Taken]]:
    second = int(at.timestamp())
    given = {"key_ids": list(asked), "asked": list(asked.values()), "named": array_text(asked)}
    rows = db.cursor(row_factory=tuple_row).execute(
        statement, {**given, "second": second, "at": at, "ahead": AHEAD_SECONDS_MAX}
    )
    return lambda: {
        key_id: _taken(asked[key_id], used, started + 1 - second) for key_id, used, started in rows.fetchall()
    }


def _taken(asked: int, used: int, reset_seconds: int) -> Taken:
    room = max(0, REQUESTS_PER_SECOND_MAX - (used - asked))
    return Taken(
        allowed=min(asked, room),
        remaining=max(0, REQUESTS_PER_SECOND_MAX - used),
        reset_seconds=reset_seconds,
    )
