"""Do two tables hold the same rows?"""

from __future__ import annotations

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier


def compared(db: Connection[DictRow], one: Identifier, other: Identifier) -> tuple[int, int]:
    """How many rows the one has, and how many differ."""
    content = _content(db, one)
    return content[0], 0 if _content(db, other) == content else _differences(db, one, other)


def _content(db: Connection[DictRow], table: Identifier) -> tuple[int, int]:
    """How many rows there are, and the sum of their hashes, which is the same for the same rows."""
    query = "SELECT count(*) AS rows, coalesce(sum(hash_record_extended(t, 0)), 0) AS hashes FROM {} t"
    row = db.execute(SQL(query).format(table)).fetchone()
    assert row is not None, "a count has a row"
    return row["rows"], row["hashes"]


def _differences(db: Connection[DictRow], one: Identifier, other: Identifier) -> int:
    """How many rows are in one of the two tables and not, equal in every column, in the other."""
    query = (
        "SELECT count(*) AS n FROM ("
        " (TABLE {one} EXCEPT ALL TABLE {other}) UNION ALL (TABLE {other} EXCEPT ALL TABLE {one})) d"
    )
    row = db.execute(SQL(query).format(one=one, other=other)).fetchone()
    return int(row["n"]) if row else 0
