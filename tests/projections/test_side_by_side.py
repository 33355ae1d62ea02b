"""Two logs are followed at once, each in its own transaction: does one wait for the other or miss it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import permutations
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from domain.calls.charge import Charge
from domain.credits.category import Category
from domain.fact import Fact
from domain.phone_number import Offer, PhoneNumber
from projections.catalogue import FOLLOWED
from projections.projection import Projection
from tests.histories.kept import metered
from tests.histories.life import ACME, ANA, BEGIN, TREE, everything_once
from tests.histories.remembered import RememberedMetering

AT_ONCE = [one for one in FOLLOWED if one.side_by_side]


@pytest.fixture(scope="module")
def logs() -> dict[str, Sequence[Fact]]:
    """Everything that happens, and a number that is still there in the end and was charged for."""
    life = everything_once()
    metering, offer = [*metered(life)], Offer(number_id=uuid4(), number="+493023125043", country="DE")
    number = PhoneNumber.buy(
        offer, workspace_id=ACME, tree_id=TREE, number_digest="digest", because=life.by(ANA)
    )
    life.agency.save(number)
    charged = RememberedMetering()
    charged.save(
        Charge.make(
            uuid4(),
            workspace_id=ACME,
            tree_id=TREE,
            cycle_started_at=BEGIN,
            category=Category.PHONE_NUMBER,
            quantity=1,
            rate_micros=3_000_000,
            subject_id=number.id,
            because=life.by(ANA),
        )
    )
    return {"agency": life.facts, "metering": [*metering, *charged.facts]}


def rows_of(db: psycopg.Connection[Any], projection: Projection) -> dict[str, list[str]]:
    return {
        table: [row[0] for row in db.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")]
        for table in projection.tables
    }


@contextmanager
def made(conninfo: str, projection: Projection) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(conninfo, autocommit=True) as db:
        db.execute("CREATE SCHEMA made")
        db.execute("SET search_path = made")
        projection.create_tables(db)
        yield db
        db.execute("DROP SCHEMA made CASCADE")


@pytest.mark.parametrize("projection", AT_ONCE, ids=lambda one: one.name)
def test_neither_log_waits_for_the_other_or_misses_it(
    projection: Projection, logs: dict[str, Sequence[Fact]], new_database: Callable[[], str]
) -> None:
    conninfo, found = new_database(), []
    for first, second in permutations(logs):
        with made(conninfo, projection) as db:  # one after the other
            projection.apply(db, logs[first])
            projection.apply(db, logs[second])
            found.append(rows_of(db, projection))
        with made(conninfo, projection) as db, psycopg.connect(conninfo) as beside:
            beside.execute("SET search_path = made; SET lock_timeout = '1s'")
            with db.transaction():
                projection.apply(db, logs[first])
                projection.apply(beside, logs[second])  # which sees nothing of the first
                beside.commit()
            found.append(rows_of(db, projection))

    assert all(found[0].values())
    assert found == found[:1] * 4
