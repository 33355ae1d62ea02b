"""What the database holds just now: rows to compare, and who waits for whom."""

from __future__ import annotations

from typing import Any

from psycopg.rows import tuple_row

from adapters.postgres.database import Database
from projections.projection import Projection
from tests.house import House

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


def someone_waits_for(house: House, table: str) -> bool:
    """Does anybody wait for a lock on this table?"""
    with house.database.connection() as db:
        row = db.execute(
            "SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted AND relation = %s::regclass", (table,)
        ).fetchone()
    assert row is not None
    return bool(row["waiting"])
