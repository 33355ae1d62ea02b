"""Is a projection that is made anew the same as the one that grew, while people go on working?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from adapters.postgres.rebuild import AlreadyRebuilding, Rebuilt, rebuild
from projections.catalogue import ALL, INLINE
from projections.projection import Projection
from tests.house import House
from tests.proofs.at_once import meanwhile
from tests.proofs.random_life import RandomLife
from tests.proofs.rows import Rows, rows_of, someone_waits_for
from tests.waiting import until

STEPS = 280
STEPS_OF_ONE = 80  # where one projection alone is looked at
MORE_MAX = 20  # as often it goes on a little, until no table is empty
SEEDS = range(3)
ROUNDS = 3  # of rebuilding everything while people work


def rebuilt(house: House, projection: Projection) -> Rebuilt:
    return rebuild(house.database, projection, lambda *_: None, inline=projection in INLINE)


def rebuild_all(house: House) -> dict[str, int]:
    """How many rows differed, by projection."""
    return {name: rebuilt(house, projection).differences for name, projection in ALL.items()}


def lived(house: House, seed: int, steps: int, *projections: Projection) -> Rows:
    """What these hold after a random life, something in each of their tables."""
    life = RandomLife(house, seed)
    for more in (steps, *[20] * MORE_MAX):
        life.go_on(more)
        house.run_followed()
        rows = rows_of(house.database, *projections)
        empty = [table for table, found in rows.items() if not found]
        if not empty:
            return rows
        life.use_everything()
    raise AssertionError(f"nothing is to be compared in {empty}")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rebuild_of_a_random_history_changes_no_row(house: House, seed: int) -> None:
    before = lived(house, seed, STEPS, *ALL.values())

    differences = rebuild_all(house)

    assert differences == dict.fromkeys(ALL, 0)
    assert rows_of(house.database, *ALL.values()) == before


@pytest.mark.parametrize("name", list(ALL))
def test_a_damaged_row_is_found_and_healed(house: House, name: str) -> None:
    projection, before = ALL[name], lived(house, 0, STEPS_OF_ONE, ALL[name])
    with house.database.writing() as db:
        for table in projection.tables:
            db.execute(f"DELETE FROM {table} WHERE ctid = (SELECT min(ctid) FROM {table})")

    found, healed = rebuilt(house, projection), rebuilt(house, projection)

    assert (found.differences, healed.differences) == (len(projection.tables), 0)
    assert rows_of(house.database, projection) == before


def test_a_row_too_many_and_a_wrong_one_are_found_too(house: House) -> None:
    RandomLife(house, 0).go_on(STEPS)
    house.run_followed()
    with house.database.writing() as db:
        db.execute(
            "UPDATE dashboard SET members = members + 1 WHERE ctid = (SELECT min(ctid) FROM dashboard)"
        )
        db.execute("INSERT INTO dashboard SELECT gen_random_uuid(), NULL, NULL, '', 'free', 1, '{}', now()")

    found = rebuilt(house, ALL["dashboard"])

    assert found.differences == 3  # the wrong one counts on both sides


def test_rebuilds_while_people_work_lose_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    lives = [RandomLife(house, seed) for seed in SEEDS]

    def live(life: RandomLife) -> Callable[[Event], None]:
        def work(stop: Event) -> None:
            while not stop.is_set():
                life.go_on(1)

        return work

    with meanwhile(*map(live, lives), house.wiring.runner.run):
        differences = [rebuild_all(house) for _ in range(ROUNDS)]

    house.run_followed()
    assert differences == [dict.fromkeys(ALL, 0)] * ROUNDS
    assert rebuild_all(house) == dict.fromkeys(ALL, 0)
    assert caplog.records == []  # nobody was in anybody's way


@pytest.mark.parametrize("name", ["access", "dashboard"])
def test_whoever_commands_while_reading_is_let_through_by_a_rebuild(house: House, name: str) -> None:
    ana = house.person("Ana")
    workspace_id = house.workspace(ana)
    house.run_followed()

    with ThreadPoolExecutor(1) as threads:
        with house.database.reading():
            made = threads.submit(rebuilt, house, ALL[name])
            until(lambda: someone_waits_for(house, "bookmarks"))
            house.agency.rename(workspace_id, ana, "another name", because=house.because())
            house.run_followed()
            assert not made.done()

    assert made.result().differences == 0
    assert rebuilt(house, ALL[name]).differences == 0


def test_while_a_vacuum_is_in_the_way_nobody_is_stopped(house: House) -> None:
    ana = house.person("Ana")
    workspace_id = house.workspace(ana)
    house.run_followed()

    with ThreadPoolExecutor(1) as threads:
        with house.database.writing() as vacuum:
            vacuum.execute("LOCK TABLE dashboard IN SHARE UPDATE EXCLUSIVE MODE")  # as a vacuum does
            made = threads.submit(rebuilt, house, ALL["dashboard"])
            until(lambda: someone_waits_for(house, "dashboard"))
            with house.database.writing() as db:
                db.execute("SET LOCAL lock_timeout = '1ms'")
                db.execute("LOCK TABLE bookmarks IN ACCESS SHARE MODE")
            house.agency.rename(workspace_id, ana, "another name", because=house.because())
            house.run_followed()
            assert not made.done()

    assert made.result().differences == 0


def test_what_was_made_anew_is_vacuumed_again_and_its_planner_knows_it(house: House) -> None:
    RandomLife(house, 0).go_on(STEPS_OF_ONE)
    house.run_followed()

    rebuilt(house, ALL["timeline"])

    with house.database.connection() as db:
        (found,) = db.execute(
            "SELECT reloptions, reltuples, (SELECT count(*) FROM timeline) AS rows"
            " FROM pg_class WHERE oid = 'public.timeline'::regclass"
        )
    assert found["reloptions"] is None
    assert found["reltuples"] == found["rows"] > 0


def test_only_one_rebuild_at_a_time(house: House) -> None:
    RandomLife(house, 0).go_on(STEPS)
    house.run_followed()
    refused = []

    def try_too(*_: int) -> None:
        with pytest.raises(AlreadyRebuilding):
            rebuilt(house, ALL["timeline"])
        refused.append(True)

    made = rebuild(house.database, ALL["dashboard"], try_too)

    assert refused
    assert made.differences == 0
