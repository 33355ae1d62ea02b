"""Reading a log in batches: whole appends, all of them, and no more rows than were asked for."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from adapters.postgres.logs import AGENCY, rows_after
from tests.house import House
from tests.proofs.groves import Grove


def read_in_batches(house: House, limit: int, after: int = 0) -> list[list[dict[str, Any]]]:
    batches, position = [], after
    with house.database.connection() as db:
        while rows := rows_after(db, AGENCY, position, limit=limit):
            batches.append(rows)
            position = rows[-1]["notification_id"]
    return batches


def appends(rows: list[dict[str, Any]]) -> list[int]:
    return [row["append"] for row in rows]


@pytest.fixture
def log(house: House) -> House:
    """One long append, then some of one and of six facts."""
    grove = Grove(house.agency, house.clock)
    for tree in grove.plant(3):
        house.agency.rename(tree.anchor_id, tree.owner_id, "a name", because=house.because())
        grove.downgrade(tree)
    return house


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7, 8, 29, 30, 31, 1_000])
def test_all_rows_come_once_and_no_append_is_cut(log: House, limit: int) -> None:
    with log.database.connection() as db:
        everything = db.execute("SELECT * FROM agency_events ORDER BY notification_id").fetchall()

    batches = read_in_batches(log, limit)

    assert [row for batch in batches for row in batch] == everything
    assert all(appends(one)[-1] != appends(next_one)[0] for one, next_one in pairwise(batches))


@pytest.mark.parametrize("limit", [7, 8, 14])
def test_a_batch_is_no_longer_than_asked_for_where_appends_are_short(log: House, limit: int) -> None:
    everything = [row for batch in read_in_batches(log, 1_000) for row in batch]
    end_of_the_long_one = appends(everything).count(everything[0]["append"])

    batches = read_in_batches(log, limit, after=everything[end_of_the_long_one - 1]["notification_id"])

    assert max(len(batch) for batch in batches) <= limit
