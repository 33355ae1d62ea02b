"""A projection made of a remembered life, in a database of its own."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from projections.projection import Projection
from tests.histories.life import Life


class Made:
    """Asks a projection what it makes of the life so far."""

    def __init__(self, database: str) -> None:
        self.database = database

    def of(self, life: Life, projection: Projection) -> psycopg.Connection[Any]:
        db = psycopg.connect(self.database, autocommit=True, row_factory=dict_row)
        for table in projection.tables:
            db.execute(f"DROP TABLE IF EXISTS {table}")
        projection.create(db)
        projection.apply(db, life.facts)
        return db
