"""Is this the database that our secrets belong to? It keeps a mark of each, which says nothing of the secret.

Without its secrets a database still holds every fact, but names and addresses are sealed for ever and no
API key opens anything. So a start with other ones is refused before it writes what nobody could read later.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from psycopg import Connection

from adapters.postgres.schema import Unsuitable
from adapters.ring import Ring

PURPOSE = b"which database this secret belongs to"


class OtherSecrets(Unsuitable):
    """The database was written with other secrets than ours."""


class SecretMarks:
    """A ring makes a secret that is not there yet; `has_secret` only looks. `opens` tells whether ours
    open what is sealed in a database, or nothing is.

    The number that is marked last is the one that the database is written with.
    """

    def __init__(
        self,
        rings: Mapping[str, Ring],
        has_secret: Callable[[str, int], bool],
        opens: Callable[[Connection[Any]], bool],
    ) -> None:
        self.rings = rings
        self.has_secret = has_secret
        self.opens = opens

    def create(self, db: Connection[Any]) -> None:
        db.execute(
            "CREATE TABLE secret_marks (name text NOT NULL, mark bytea NOT NULL,"
            " number integer NOT NULL DEFAULT 1, PRIMARY KEY (name, number))"
        )

    def wrong(self, db: Connection[Any]) -> list[str]:
        """The secrets that are missing or not those of this database; changes nothing, here or there."""
        marks = db.execute("SELECT * FROM secret_marks").fetchall() if _has(db, "secret_marks") else []
        if not marks:
            return self._wrong_unmarked(db)
        wrong = {
            row["name"]
            for row in marks
            if row["name"] in self.rings and not self._is_of(row["name"], row.get("number", 1), row["mark"])
        }
        return [name for name in self.rings if name in wrong]

    def _wrong_unmarked(self, db: Connection[Any]) -> list[str]:
        """The same of a database of the first version, which kept no marks: it has what they sealed."""
        if not _has(db, "vault_keys") or db.execute("SELECT FROM vault_keys LIMIT 1").fetchone() is None:
            return []
        if missing := [name for name in self.rings if not self.has_secret(name, 1)]:
            return missing
        return [] if self.opens(db) else list(self.rings)

    def _is_of(self, name: str, number: int, mark: bytes) -> bool:
        there = self.has_secret(name, number)
        return there and hmac.compare_digest(mark, _mark(self.rings[name].of(number)))

    def refuse_if_wrong(self, db: Connection[Any]) -> None:
        if wrong := self.wrong(db):
            raise OtherSecrets(
                f"the database was written with other secrets than these ({', '.join(wrong)}), and what they"
                " sealed cannot be read without them; use the data directory that it was made with,"
                " or bring its secrets back from a backup"
            )

    def remember(self, db: Connection[Any]) -> None:
        """Of a database that is new: from now on it is written with our newest."""
        for name, ring in self.rings.items():
            if not self.marked(db, name):
                self.add(db, name, ring.numbers()[0])

    def marked(self, db: Connection[Any], name: str) -> list[int]:
        """The numbers of a secret that this database was written with, the newest first."""
        rows = db.execute("SELECT number FROM secret_marks WHERE name = %s ORDER BY number DESC", (name,))
        return [row["number"] for row in rows]

    def add(self, db: Connection[Any], name: str, number: int) -> None:
        db.execute(
            "INSERT INTO secret_marks (name, number, mark) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (name, number, _mark(self.rings[name].of(number))),
        )

    def retire(self, db: Connection[Any], name: str, *, below: int) -> None:
        db.execute("DELETE FROM secret_marks WHERE name = %s AND number < %s", (name, below))


def _has(db: Connection[Any], table: str) -> bool:
    row = db.execute("SELECT to_regclass('public.' || %s) IS NOT NULL AS there", (table,)).fetchone()
    return row is not None and bool(row["there"])


def _mark(secret: bytes) -> bytes:
    return hmac.digest(secret, PURPOSE, "sha256")
