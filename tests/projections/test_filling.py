"""While a rebuild fills tables, most of their indexes are missing: does it find its rows all the same?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from projections.catalogue import ALL
from projections.projection import Projection
from tests.histories.kept import metered
from tests.histories.life import everything_once

CHANGES = ("UPDATE", "DELETE")


class Explained:
    """A connection that looks at how each change would find its rows, and makes it."""

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        self.db = db
        self.searched: set[str] = set()

    def execute(self, query: str, values: Sequence[Any] = ()) -> None:
        if query.startswith(CHANGES):
            plan = "\n".join(row[0] for row in self.db.execute(f"EXPLAIN {query}", values))
            if "Seq Scan" in plan:
                self.searched.add(query)
        self.db.execute(query, values)


@pytest.mark.parametrize("name", list(ALL))
def test_no_fact_makes_a_rebuild_search_a_whole_table(name: str, new_database: Any) -> None:
    projection: Projection = ALL[name]
    life = everything_once()
    with psycopg.connect(new_database()) as db:
        db.execute("SET enable_seqscan = off")  # what is searched all the same has no index
        db.execute("CREATE FUNCTION heartwood_last_leaf(regclass, text) RETURNS bigint RETURN 0")
        projection.create_tables(db)
        explained = Explained(db)

        for log, facts in (("agency", life.facts), ("metering", metered(life))):
            if log in projection.logs:
                projection.apply(explained, facts)  # type: ignore[arg-type]

    assert explained.searched == set()
