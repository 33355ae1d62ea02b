"""How often may somebody still ask for a link, try one, or invite?

Counted in PostgreSQL, so that all processes count together. Whom a counter is of is kept as a keyed digest:
neither an address nor where a request came from can be read from it.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from adapters.postgres.database import Database
from adapters.postgres.naming import Named, name

PRUNED_MAX = 100  # rows; each attempt adds at most two

TABLE = (
    "CREATE TABLE attempts (key_mac bytea PRIMARY KEY, used integer NOT NULL, ends_at timestamptz NOT NULL)",
    "CREATE INDEX attempts_ends ON attempts (ends_at)",
)
# A window that ends later than one that begins now was begun before the clock was set back.
TAKE = """
    INSERT INTO attempts AS held (key_mac, used, ends_at) VALUES (%(key_mac)s, 1, %(ends_at)s)
    ON CONFLICT (key_mac) DO UPDATE SET
        used = CASE WHEN held.ends_at > %(now)s AND held.ends_at <= excluded.ends_at
                    THEN least(held.used + 1, %(most)s + 1) ELSE 1 END,
        ends_at = CASE WHEN held.ends_at > %(now)s AND held.ends_at <= excluded.ends_at
                       THEN held.ends_at ELSE excluded.ends_at END
    RETURNING used, ends_at
"""
PRUNE = """
    DELETE FROM attempts WHERE key_mac IN (
        SELECT key_mac FROM attempts WHERE ends_at <= %s LIMIT %s FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many in a window, which begins with the first of them."""

    name: str
    most: int
    within: timedelta


ASKED_BY_CLIENT = Limit(name="asked_by_client", most=30, within=timedelta(hours=1))
ASKED_FOR_ADDRESS = Limit(name="asked_for_address", most=5, within=timedelta(hours=1))
INVITED_BY_PERSON = Limit(name="invited_by_person", most=100, within=timedelta(hours=1))
INVITED_ADDRESS = Limit(name="invited_address", most=10, within=timedelta(days=1))
LED_ON_BY_CLIENT = Limit(name="led_on_by_client", most=600, within=timedelta(hours=1))  # a whole company may
TRIED_BY_CLIENT = Limit(name="tried_by_client", most=120, within=timedelta(hours=1))


class Attempts:
    """No facts: what was refused for being too much is not worth one."""

    def __init__(self, database: Database, key: Callable[[], bytes]) -> None:
        self.database = database
        self._key = key  # asked for each time: all processes count with the newest

    def create(self, db: Connection[Any]) -> None:
        for statement in TABLE:
            db.execute(statement)

    def ask(self, *, email: str, client: str, now: datetime) -> int:
        """Asking for a link: how many seconds to wait first; 0 is none.

        The client comes first, so that one who asks too much uses up nobody's address.
        """
        address = email.strip().casefold()
        return self._take([(ASKED_BY_CLIENT, client), (ASKED_FOR_ADDRESS, address)], now)

    def invite(self, *, email: str, by: UUID, now: datetime) -> int:
        """Inviting an address, wherever to: how many seconds to wait first; 0 is none."""
        address = email.strip().casefold()
        return self._take([(INVITED_BY_PERSON, str(by)), (INVITED_ADDRESS, address)], now)

    def try_link(self, *, client: str, now: datetime) -> int:
        """Opening or using a link, whatever it is worth: how many seconds to wait first; 0 is none."""
        return self._take([(TRIED_BY_CLIENT, client)], now)

    def lead_on(self, *, client: str, now: datetime) -> int:
        """Being sent to a provider of one's company: how many seconds to wait first; 0 is none."""
        return self._take([(LED_ON_BY_CLIENT, client)], now)

    def _take(self, asked: Sequence[tuple[Limit, str]], now: datetime) -> int:
        with self.database.writing() as db:
            db.execute(PRUNE, (now, PRUNED_MAX))
            for limit, whose in asked:
                key_mac = self._mac(limit, whose)
                name(db, Named(secret=key_mac))
                row = db.execute(
                    TAKE,
                    {
                        "key_mac": key_mac,
                        "now": now,
                        "ends_at": now + limit.within,
                        "most": limit.most,
                    },
                ).fetchone()
                assert row is not None
                left: timedelta = row["ends_at"] - now
                if row["used"] > limit.most:
                    return math.ceil(left.total_seconds())
        return 0

    def _mac(self, limit: Limit, whose: str) -> bytes:
        return hmac.digest(self._key(), f"{limit.name} {whose}".encode("utf-8", "surrogatepass"), "sha256")
