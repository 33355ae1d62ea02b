"""Which links sign somebody in: each works once, and in the browser that asked for it only."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from psycopg import Connection

from adapters.postgres.database import Database
from adapters.postgres.naming import Named

LINK_LIFE = timedelta(minutes=15)
TOKEN_BYTES = 32

TABLE = (
    "CREATE TABLE sign_in_links (token_sha256 bytea PRIMARY KEY, sealed bytea NOT NULL,"
    " expires_at timestamptz NOT NULL, browser_sha256 bytea)"
)
STANDING = (
    "SELECT sealed, browser_sha256 FROM sign_in_links WHERE token_sha256 = %s AND expires_at > %s FOR UPDATE"
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a sign-in link was made for."""

    email: str
    intent: dict[str, Any]


class Standing(StrEnum):
    """What a link is worth in a browser."""

    WORKS = "works"
    ELSEWHERE = "elsewhere"  # in the browser that asked for it, and nowhere else
    GONE = "gone"  # used, too old, or never there


class SignInLinks:
    """Tokens leave here once and are kept as digests only; what a link was made for is sealed."""

    def __init__(self, database: Database, cipher: Any) -> None:
        self.database = database
        self.cipher = cipher  # cryptography's Fernet: a link holds an address until it is used

    def create(self, db: Connection[Any]) -> None:
        db.execute(TABLE)

    def make(
        self,
        *,
        email: str,
        now: datetime,
        browser: str | None,
        intent: dict[str, Any] | None = None,
        life: timedelta = LINK_LIFE,
    ) -> str:
        """A token that signs the holder of this address in, once.

        `browser` is the secret of the browser that asked; None makes a link for whichever opens it.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        sealed = self.cipher.encrypt(json.dumps({"email": email, "intent": intent or {}}).encode())
        bound_to = None if browser is None else _digest(browser)
        digest = _digest(token)
        with self.database.writing(Named(secret=digest)) as db:
            db.execute("DELETE FROM sign_in_links WHERE expires_at <= %s", (now,))
            db.execute(
                "INSERT INTO sign_in_links (token_sha256, sealed, expires_at, browser_sha256)"
                " VALUES (%s, %s, %s, %s)",
                (digest, sealed, now + life, bound_to),
            )
        return token

    def look(self, token: str, now: datetime, browser: str) -> tuple[Standing, Link | None]:
        """What the link is worth in this browser; nothing is used up."""
        with self.database.writing(Named(secret=_digest(token))) as db:
            return self._standing(db, token, now, browser)

    def use(self, token: str, now: datetime, browser: str) -> tuple[Standing, Link | None]:
        """The same, and where it works it worked for the last time."""
        with self.database.writing(Named(secret=_digest(token))) as db:
            found = self._standing(db, token, now, browser)
            if found[0] is Standing.WORKS:
                db.execute("DELETE FROM sign_in_links WHERE token_sha256 = %s", (_digest(token),))
        return found

    def _standing(
        self, db: Connection[Any], token: str, now: datetime, browser: str
    ) -> tuple[Standing, Link | None]:
        row = db.execute(STANDING, (_digest(token), now)).fetchone()
        if row is None:
            return Standing.GONE, None
        link = Link(**json.loads(self.cipher.decrypt(row["sealed"])))
        works = row["browser_sha256"] in (None, _digest(browser))
        return (Standing.WORKS if works else Standing.ELSEWHERE), link


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
