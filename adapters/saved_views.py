"""Saved views: the filters of a timeline that somebody keeps, under names that they gave them.

Names and filters are what a person typed: they lie in the vault, sealed with the key of that person, and go
with it. The table says only whose they are, and of which timeline.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from adapters.postgres.database import Database
from adapters.postgres.naming import Named
from adapters.vault import Vault

VIEWS_MAX = 20  # of one person, of one timeline
VIEWS_LOCK = 7_201_027
TABLES = (
    "CREATE TABLE saved_views (view_id uuid PRIMARY KEY, person_id uuid NOT NULL, subject_id uuid NOT NULL,"
    " digest text NOT NULL, kept_at timestamptz NOT NULL)",
    "CREATE INDEX saved_views_person ON saved_views (person_id, subject_id)",
)


@dataclass(frozen=True, kw_only=True)
class SavedView:
    view_id: UUID
    subject_id: UUID  # the tree or workspace whose timeline it is of
    name: str
    query: str  # as it stands in an address


class SavedViews:
    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault

    def create(self, db: Connection[Any]) -> None:
        for statement in TABLES:
            db.execute(statement)

    def of_person(self, person_id: UUID, subject_id: UUID | None = None) -> list[SavedView]:
        """In the order of their names; of one timeline, or of all."""
        with self.database.writing(Named(person=person_id)) as db:
            rows = db.execute(
                "SELECT * FROM saved_views WHERE person_id = %(person_id)s"
                " AND (subject_id = %(subject_id)s OR %(subject_id)s::uuid IS NULL)",
                {"person_id": person_id, "subject_id": subject_id},
            ).fetchall()
        texts = self.vault.texts([(person_id, row["digest"]) for row in rows])
        found = [_view(row, texts[person_id, row["digest"]]) for row in rows]
        return sorted((one for one in found if one), key=lambda one: (one.name.casefold(), one.view_id))

    def keep(
        self, view_id: UUID, person_id: UUID, subject_id: UUID, *, name: str, query: str, at: datetime
    ) -> bool:
        """False if there are as many as there may be. One that is there already is not kept twice."""
        digest = self._sealed(view_id, person_id, name, query)
        with self._writing(person_id) as db:
            row = db.execute(
                "SELECT count(*) AS there, count(*) FILTER (WHERE view_id = %s) AS same FROM saved_views"
                " WHERE person_id = %s AND subject_id = %s",
                (view_id, person_id, subject_id),
            ).fetchone()
            assert row is not None
            if row["same"]:
                return True
            has_room: bool = row["there"] < VIEWS_MAX
            if has_room:
                db.execute(
                    "INSERT INTO saved_views VALUES (%s, %s, %s, %s, %s)",
                    (view_id, person_id, subject_id, digest, at),
                )
        if not has_room:
            self.vault.forget_text(person_id, digest)
        return has_room

    def one(self, view_id: UUID, person_id: UUID) -> SavedView | None:
        return next((one for one in self.of_person(person_id) if one.view_id == view_id), None)

    def rename(self, view: SavedView, person_id: UUID, name: str) -> None:
        if name == view.name:
            return
        digest = self._sealed(view.view_id, person_id, name, view.query)
        with self._writing(person_id) as db:
            row = db.execute(
                "UPDATE saved_views v SET digest = %s FROM saved_views before WHERE v.view_id = %s"
                " AND v.person_id = %s AND before.view_id = v.view_id RETURNING before.digest AS digest",
                (digest, view.view_id, person_id),
            ).fetchone()
        self.vault.forget_text(person_id, row["digest"] if row else digest)

    def remove(self, view_id: UUID, person_id: UUID) -> bool:
        with self._writing(person_id) as db:
            row = db.execute(
                "DELETE FROM saved_views WHERE view_id = %s AND person_id = %s RETURNING digest",
                (view_id, person_id),
            ).fetchone()
        if row is not None:
            self.vault.forget_text(person_id, row["digest"])
        return row is not None

    def remove_all_of(self, person_id: UUID) -> None:
        """Of somebody whose key in the vault is destroyed with what it sealed."""
        with self._writing(person_id) as db:
            db.execute("DELETE FROM saved_views WHERE person_id = %s", (person_id,))

    def _sealed(self, view_id: UUID, person_id: UUID, name: str, query: str) -> str:
        """The id makes it a text of its own: two views may be alike, and one of them may go."""
        text = json.dumps({"name": name, "query": query, "view_id": str(view_id)}, ensure_ascii=False)
        return self.vault.keep_text(person_id, text)

    @contextmanager
    def _writing(self, person_id: UUID) -> Iterator[Connection[Any]]:
        """One change after the other: of two at once neither could count the other."""
        with self.database.writing(Named(person=person_id)) as db:
            db.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (VIEWS_LOCK, str(person_id)))
            yield db


def _view(row: dict[str, Any], text: str) -> SavedView | None:
    """None for what is sealed no more."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    return SavedView(
        view_id=row["view_id"], subject_id=row["subject_id"], name=said["name"], query=said["query"]
    )
