"""Who is signed in: single-use links and sessions, kept as digests in PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from adapters.postgres.database import Database

LINK_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)
TOKEN_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a sign-in link was made for."""

    email: str
    intent: dict[str, Any]


class Sessions:
    """Tokens leave here once and are kept as digests only; what a link was made for is sealed."""

    def __init__(self, database: Database, cipher: Any) -> None:
        self.database = database
        self.cipher = cipher  # cryptography's Fernet: a link holds an address until it is used

    def create(self, db: Connection[Any]) -> None:
        db.execute(
            "CREATE TABLE sign_in_links (token_sha256 bytea PRIMARY KEY, sealed bytea NOT NULL,"
            " expires_at timestamptz NOT NULL)"
        )
        db.execute(
            "CREATE TABLE sessions (token_sha256 bytea PRIMARY KEY, person_id uuid NOT NULL,"
            " begun_at timestamptz NOT NULL, expires_at timestamptz NOT NULL)"
        )
        db.execute("CREATE INDEX sessions_person ON sessions (person_id)")

    def make_link(
        self,
        *,
        email: str,
        now: datetime,
        intent: dict[str, Any] | None = None,
        life: timedelta = LINK_LIFE,
    ) -> str:
        """A token that signs the holder of this address in, once."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        sealed = self.cipher.encrypt(json.dumps({"email": email, "intent": intent or {}}).encode())
        with self.database.writing() as db:
            db.execute("DELETE FROM sign_in_links WHERE expires_at <= %s", (now,))
            db.execute("INSERT INTO sign_in_links VALUES (%s, %s, %s)", (_digest(token), sealed, now + life))
        return token

    def use_link(self, token: str, now: datetime) -> Link | None:
        """What the link was made for; None if it was used, has expired or never was."""
        with self.database.writing() as db:
            row = db.execute(
                "DELETE FROM sign_in_links WHERE token_sha256 = %s RETURNING sealed, expires_at",
                (_digest(token),),
            ).fetchone()
        if row is None or row["expires_at"] <= now:
            return None
        return Link(**json.loads(self.cipher.decrypt(row["sealed"])))

    def begin(self, person_id: UUID, now: datetime) -> str:
        """A new session; the token goes into a cookie and nowhere else."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self.database.writing() as db:
            db.execute("DELETE FROM sessions WHERE expires_at <= %s", (now,))
            db.execute(
                "INSERT INTO sessions VALUES (%s, %s, %s, %s)",
                (_digest(token), person_id, now, now + SESSION_LIFE),
            )
        return token

    def person_of(self, token: str, now: datetime) -> UUID | None:
        with self.database.connection() as db:
            row = db.execute(
                "SELECT person_id FROM sessions WHERE token_sha256 = %s AND expires_at > %s",
                (_digest(token), now),
            ).fetchone()
        return row["person_id"] if row else None

    def end(self, token: str) -> None:
        with self.database.writing() as db:
            db.execute("DELETE FROM sessions WHERE token_sha256 = %s", (_digest(token),))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
