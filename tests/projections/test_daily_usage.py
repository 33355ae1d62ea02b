"""What was drawn from a pool, day by day of a cycle, also of facts that were followed all at once."""

from __future__ import annotations

from uuid import UUID, uuid4

from domain.usage import Usage
from projections.catalogue import DAILY_USAGE
from tests.house import BEGINNING, House


def test_each_day_of_a_cycle_has_its_sum_and_the_positions_of_its_facts(house: House) -> None:
    tree_id, anchor_id = house.agency_of(house.person("Ana"))
    for hours, events in ((0, 5), (23, 7), (1, 11), (47, 13)):
        house.clock.advance(hours=hours)
        count(house, tree_id, anchor_id, events)
    count(house, anchor_id, anchor_id, 17)  # of a pool of its own

    house.run_followed()

    with house.database.reading() as db:
        rows = DAILY_USAGE.of_tree(db, tree_id, BEGINNING)
        positions = [
            row["position"]
            for row in db.execute("SELECT position FROM event_index WHERE log = 'metering' ORDER BY 1")
        ]
    assert [(row.day, row.events, row.batches) for row in rows] == [(0, 12, 2), (1, 11, 1), (2, 13, 1)]
    assert [(row.first_position, row.last_position) for row in rows] == [
        (positions[0], positions[1]),
        (positions[2], positions[2]),
        (positions[3], positions[3]),
    ]


def test_a_day_that_is_followed_bit_by_bit_is_the_same(house: House) -> None:
    tree_id, anchor_id = house.agency_of(house.person("Ana"))
    for events in (5, 7, 11):
        count(house, tree_id, anchor_id, events)
        house.run_followed()

    with house.database.reading() as db:
        (row,) = DAILY_USAGE.of_tree(db, tree_id, BEGINNING)
    assert (row.events, row.batches) == (23, 3)
    assert row.last_position > row.first_position


def count(house: House, pool_id: UUID, workspace_id: UUID, events: int) -> None:
    usage = Usage.count(
        uuid4(),
        workspace_id=workspace_id,
        tree_id=pool_id if pool_id != workspace_id else None,
        pool_id=pool_id,
        meter="events",
        quantity=events,
        cycle_started_at=BEGINNING,
        rows_sha256="",
        because=house.because(),
    )
    house.wiring.metering.count(usage)
