"""Who is signed in where: sessions, kept in PostgreSQL as digests of their tokens.

A session's token is exchanged for a new one every day. The old one goes on until the new one has come back,
because the answer that carried it may have been lost; then it works for a minute more, for requests that were
under way.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from adapters.postgres.database import Database
from adapters.postgres.naming import Named

SESSION_LIFE = timedelta(days=30)  # however often it is used
IDLE_MAX = timedelta(days=7)
TOKEN_LIFE = timedelta(days=1)
OVERLAP = timedelta(minutes=1)  # also how long an answer with a new token may be on its way
SEEN_EVERY = timedelta(minutes=5)  # a session that is in use is written down no more often
SESSIONS_MAX = 50  # of one person; the one that was not seen for longest makes room
TOKEN_BYTES = 32

TABLE = (
    "CREATE TABLE sessions (session_id uuid PRIMARY KEY, person_id uuid NOT NULL,"
    " token_sha256 bytea NOT NULL, token_since timestamptz NOT NULL, next_sha256 bytea,"
    " next_since timestamptz, former_sha256 bytea, former_until timestamptz,"
    " begun_at timestamptz NOT NULL, seen_at timestamptz NOT NULL,"
    " browser text NOT NULL)",
    "CREATE INDEX sessions_person ON sessions (person_id)",
    "CREATE UNIQUE INDEX sessions_token ON sessions (token_sha256)",
    "CREATE UNIQUE INDEX sessions_next ON sessions (next_sha256)",
    "CREATE UNIQUE INDEX sessions_former ON sessions (former_sha256)",
)
# Three indexed looks: a token is the present one, or the one that was handed out last, or the one before.
OF_TOKEN = """
    SELECT * FROM sessions
     WHERE (token_sha256 = %(digest)s OR next_sha256 = %(digest)s
            OR (former_sha256 = %(digest)s AND former_until > %(now)s))
       AND begun_at > %(begun_after)s AND seen_at > %(seen_after)s
"""
PROMOTE = """
    UPDATE sessions
       SET token_sha256 = next_sha256, token_since = %(now)s, former_sha256 = token_sha256,
           former_until = %(until)s, next_sha256 = NULL, next_since = NULL
     WHERE session_id = %(session_id)s AND next_sha256 = %(digest)s
"""
# Of requests that come at once with a token that is due, one is answered with the next.
OFFER = """
    UPDATE sessions SET next_sha256 = %(next)s, next_since = %(now)s
     WHERE session_id = %(session_id)s AND token_sha256 = %(digest)s
       AND (next_since IS NULL OR next_since <= %(lost_before)s)
"""
PRUNE = """
    DELETE FROM sessions
     WHERE begun_at <= %(begun_after)s OR seen_at <= %(seen_after)s
        OR session_id IN (SELECT session_id FROM sessions WHERE person_id = %(person_id)s
                           ORDER BY seen_at DESC, session_id OFFSET %(others_max)s)
"""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One browser in which somebody is signed in."""

    session_id: UUID
    person_id: UUID
    begun_at: datetime
    seen_at: datetime
    browser: str  # in words: "Firefox on Linux"

    @property
    def ends_at(self) -> datetime:
        return self.begun_at + SESSION_LIFE


class Sessions:
    """No facts: who may come in is decided by what stands here now, in every process alike."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create(self, db: Connection[Any]) -> None:
        for statement in TABLE:
            db.execute(statement)

    def begin(self, person_id: UUID, now: datetime, browser: str = "") -> str:
        """A new session; the token goes into a cookie and nowhere else."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self.database.writing(Named(person=person_id)) as db:
            db.execute(PRUNE, {**_limits(now), "person_id": person_id, "others_max": SESSIONS_MAX - 1})
            db.execute(
                "INSERT INTO sessions (session_id, person_id, token_sha256, token_since, begun_at, seen_at,"
                " browser) VALUES (%(session_id)s, %(person_id)s, %(digest)s, %(now)s, %(now)s, %(now)s,"
                " %(browser)s)",
                {
                    "session_id": uuid4(),
                    "person_id": person_id,
                    "digest": _digest(token),
                    "now": now,
                    "browser": browser,
                },
            )
        return token

    def of_token(self, token: str, now: datetime) -> tuple[Session | None, str | None]:
        """The session, and the token to go on with if this one is due; it counts as seen."""
        digest = _digest(token)
        given: dict[str, Any] = {"digest": digest, "now": now}
        with self.database.asking(Named(secret=digest)) as db:
            row = db.execute(OF_TOKEN, {**given, **_limits(now)}).fetchone()
        if row is None:
            return None, None
        is_seen = row["seen_at"] <= now - SEEN_EVERY
        if not is_seen and not self._is_due(row, given):
            return _session(row), None
        given["session_id"] = row["session_id"]
        with self.database.writing(Named(secret=digest)) as db:
            fresh = self._exchange(db, row, given)
            if is_seen:
                db.execute(
                    "UPDATE sessions SET seen_at = %(now)s"
                    " WHERE session_id = %(session_id)s AND seen_at < %(now)s",
                    given,
                )
        return _session(row), fresh

    def of_person(self, person_id: UUID, now: datetime) -> list[Session]:
        """Where this person is signed in, the browser that was seen last first."""
        with self.database.asking(Named(person=person_id)) as db:
            rows = db.execute(
                "SELECT * FROM sessions WHERE person_id = %(person_id)s AND begun_at > %(begun_after)s"
                " AND seen_at > %(seen_after)s ORDER BY seen_at DESC, session_id",
                {**_limits(now), "person_id": person_id},
            ).fetchall()
        return [_session(row) for row in rows]

    # Ending: from then on no request of the session is let in, in whichever process it arrives.

    def end(self, token: str) -> None:
        """The session that this token belongs to, or belonged to a moment ago."""
        digest = _digest(token)
        with self.database.writing(Named(secret=digest)) as db:
            db.execute(
                "DELETE FROM sessions WHERE token_sha256 = %(digest)s OR next_sha256 = %(digest)s"
                " OR former_sha256 = %(digest)s",
                {"digest": digest},
            )

    def end_of_person(self, person_id: UUID, session_id: UUID) -> bool:
        """One session of this person; whether there was such a one."""
        with self.database.writing(Named(person=person_id)) as db:
            ended = db.execute(
                "DELETE FROM sessions WHERE person_id = %s AND session_id = %s", (person_id, session_id)
            )
        return ended.rowcount > 0

    def end_all_of_person(self, person_id: UUID, *, but: UUID | None = None) -> int:
        """Every session of this person, but that one; how many there were."""
        with self.database.writing(Named(person=person_id)) as db:
            ended = db.execute(
                "DELETE FROM sessions WHERE person_id = %s AND session_id IS DISTINCT FROM %s",
                (person_id, but),
            )
        return ended.rowcount

    def _is_due(self, row: dict[str, Any], given: dict[str, Any]) -> bool:
        """Whether there is anything to exchange."""
        if given["digest"] == row["next_sha256"]:
            return True
        since: datetime = row["token_since"]
        return bool(given["digest"] == row["token_sha256"] and since <= given["now"] - TOKEN_LIFE)

    def _exchange(self, db: Connection[Any], row: dict[str, Any], given: dict[str, Any]) -> str | None:
        """What the session goes on with: the next token takes its place, or a next one is handed out."""
        now: datetime = given["now"]
        if given["digest"] == row["next_sha256"]:
            db.execute(PROMOTE, {**given, "until": now + OVERLAP})
            return None
        if not self._is_due(row, given):
            return None
        fresh = secrets.token_urlsafe(TOKEN_BYTES)
        offered = db.execute(OFFER, {**given, "next": _digest(fresh), "lost_before": now - OVERLAP})
        return fresh if offered.rowcount else None


def _limits(now: datetime) -> dict[str, datetime]:
    return {"begun_after": now - SESSION_LIFE, "seen_after": now - IDLE_MAX}


def _session(row: dict[str, Any]) -> Session:
    return Session(**{name: row[name] for name in Session.__dataclass_fields__})


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
