"""The rows of a projection's tables, for comparing one moment or one way of making them with another."""

from __future__ import annotations

from typing import Any

from psycopg.rows import tuple_row

from adapters.postgres.database import Database
from projections.projection import Projection

Rows = dict[str, list[tuple[Any, ...]]]


def rows_of(database: Database, *projections: Projection) -> Rows:
    """By table, in one order, all from one snapshot."""
    with database.reading() as db:
        cursor = db.cursor(row_factory=tuple_row)
        return {
            table: sorted(cursor.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for projection in projections
            for table in projection.tables
        }
