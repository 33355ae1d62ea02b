"""Is this the database that our secrets belong to? It keeps a mark of each, which says nothing of the secret.

Without its secrets a database still holds every fact, but names and addresses are sealed for ever and no
API key opens anything. So a start with other ones is refused before it writes what nobody could read later.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from typing import Any

from psycopg import Connection

from adapters.postgres.schema import Unsuitable

PURPOSE = b"which database this secret belongs to"


class OtherSecrets(Unsuitable):
    """The database was written with other secrets than ours."""


class SecretMarks:
    """`secret_of` makes a secret that is not there yet; `has_secret` only looks. `opens` tells whether ours
    open what is sealed in a database, or nothing is."""

    def __init__(
        self,
        names: Iterable[str],
        has_secret: Callable[[str], bool],
        secret_of: Callable[[str], bytes],
        opens: Callable[[Connection[Any]], bool],
    ) -> None:
        self.names = tuple(names)
        self.has_secret = has_secret
        self.secret_of = secret_of
        self.opens = opens

    def create(self, db: Connection[Any]) -> None:
        db.execute("CREATE TABLE secret_marks (name text PRIMARY KEY, mark bytea NOT NULL)")

    def wrong(self, db: Connection[Any]) -> list[str]:
        """The secrets that are missing or not those of this database; changes nothing, here or there."""
        marks = db.execute("SELECT name, mark FROM secret_marks") if _has(db, "secret_marks") else ()
        known = {row["name"]: row["mark"] for row in marks}
        if not known:
            return self._wrong_unmarked(db)
        return [name for name in self.names if name in known and not self._is_of(name, known[name])]

    def _wrong_unmarked(self, db: Connection[Any]) -> list[str]:
        """The same of a database of the first version, which kept no marks: it has what they sealed."""
        if not _has(db, "vault_keys") or db.execute("SELECT FROM vault_keys LIMIT 1").fetchone() is None:
            return []
        if missing := [name for name in self.names if not self.has_secret(name)]:
            return missing
        return [] if self.opens(db) else list(self.names)

    def _is_of(self, name: str, mark: bytes) -> bool:
        return self.has_secret(name) and hmac.compare_digest(mark, _mark(self.secret_of(name)))

    def refuse_if_wrong(self, db: Connection[Any]) -> None:
        if wrong := self.wrong(db):
            raise OtherSecrets(
                f"the database was written with other secrets than these ({', '.join(wrong)}), and what they"
                " sealed cannot be read without them; use the data directory that it was made with,"
                " or bring its secrets back from a backup"
            )

    def remember(self, db: Connection[Any]) -> None:
        for name in self.names:
            db.execute(
                "INSERT INTO secret_marks VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (name, _mark(self.secret_of(name))),
            )


def _has(db: Connection[Any], table: str) -> bool:
    row = db.execute("SELECT to_regclass('public.' || %s) IS NOT NULL AS there", (table,)).fetchone()
    return row is not None and bool(row["there"])


def _mark(secret: bytes) -> bytes:
    return hmac.digest(secret, PURPOSE, "sha256")
