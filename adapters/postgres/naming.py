"""Whom a transaction is about: the names by which the database shows a web process these rows and no others.

What a transaction has not named it does not see. The names end with the transaction; after it, and before the
first, a setting is empty or not there at all, which both mean nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection


@dataclass(frozen=True, kw_only=True)
class Named:
    """tenants: workspaces, trees, and the streams that are theirs. person: who asks. keys: API keys, by id.
    subjects: of the vault. secret: the digest of a token, or of an address, that was brought along.
    everybody: what support and our own health are read from; nothing else is.
    """

    tenants: Iterable[UUID] = ()
    person: UUID | None = None
    keys: Iterable[str] = ()
    subjects: Iterable[UUID] = ()
    secret: bytes = b""
    everybody: bool = False

    @property
    def settings(self) -> dict[str, str]:
        """Only what is named: the rest is nobody as it is."""
        texts = {
            "heartwood.tenants": array_text(self.tenants),
            "heartwood.person": str(self.person or ""),
            "heartwood.keys": array_text(self.keys),
            "heartwood.subjects": array_text(self.subjects),
            "heartwood.secret": self.secret.hex(),
            "heartwood.everybody": "on" if self.everybody else "",
        }
        return {setting: text for setting, text in texts.items() if text}

    @property
    def statements(self) -> list[str]:
        """For where several statements go in one message: there is nothing in them that needs a quote."""
        return [f"SELECT set_config('{one}', '{text}', true)" for one, text in self.settings.items()]


NOBODY = Named()


def name(db: Connection[Any], named: Named) -> None:
    """From here to the end of the transaction; inside a pipeline nothing is waited for."""
    for setting, text in named.settings.items():
        db.execute(NAME, (setting, text))


NAME = "SELECT set_config(%s, %s, true)"


def array_text(names: Iterable[UUID | str]) -> str:
    """An array as PostgreSQL reads it, empty for none."""
    listed = ",".join(map(str, names))
    assert all(letter.isalnum() or letter in "-," for letter in listed), "an id has no other letters"
    return f"{{{listed}}}" if listed else ""
