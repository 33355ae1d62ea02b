"""The tables of usage: made ahead, dropped whole when they are old, and nobody waits or loses a count."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from adapters.usage import tables
from adapters.usage.tables import MONTHS_AHEAD, Partition, UsageTables
from domain.plans import PLANS
from tests.adapters.test_ingest import counted, facts, track
from tests.house import House
from tests.tracked import tracked
from tests.waiting import until

PROMISES = sorted({plan.kept_days for plan in PLANS.values()})
FAR = datetime(2031, 11, 15, 9, 0, tzinfo=UTC)  # whatever was made for today is long gone
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def usage_tables(house: House) -> UsageTables:
    """Those of a process that knows of no partition yet, none of which is there."""
    with house.database.connection() as db:
        for name in names(house):
            db.execute(f"DROP TABLE {name}")
    house.clock.at = FAR
    return UsageTables(house.database)


@pytest.fixture
def workspace(house: House) -> UUID:
    return house.workspace(house.person("Ana"))


def names(house: House, *, attached: bool = True) -> list[str]:
    with house.database.connection() as db:
        rows = db.execute(
            "SELECT relname FROM pg_class LEFT JOIN pg_inherits ON inhrelid = oid WHERE relkind = 'r'"
            " AND relname ~ '^usage_[0-9]' AND (inhrelid IS NOT NULL) >= %s ORDER BY 1",
            (attached,),
        )
        return [row["relname"] for row in rows]


def made(usage_tables: UsageTables, kept_days: int, month: datetime) -> Partition:
    partition = Partition.of(kept_days, month)
    usage_tables.have(partition)
    return partition


# Made ahead.


def test_the_months_to_come_are_made_for_each_promise(house, usage_tables):
    dropped = usage_tables.keep_up(FAR)

    months = ["2031_11", "2031_12", "2032_01", "2032_02"]
    assert (PROMISES, MONTHS_AHEAD, dropped) == ([30, 365, 730], 3, 0)
    assert names(house) == sorted(f"usage_{days}_{month}" for days in PROMISES for month in months)


def test_to_keep_up_again_changes_nothing(house, usage_tables):
    usage_tables.keep_up(FAR)
    before = names(house)

    assert UsageTables(house.database).keep_up(FAR) == 0
    assert names(house) == before


def test_an_event_of_a_month_that_nobody_prepared_is_stored_all_the_same(house, usage_tables, workspace):
    track(house, workspace, tracked())

    assert counted(house, workspace) == (1, 1, 1)
    with house.database.connection() as db:
        row = db.execute("SELECT tableoid::regclass::text AS name FROM usage").fetchone()
    assert row == {"name": "usage_30_2031_11"}


def test_two_processes_that_need_the_same_new_month_at_once_make_it_once(house, usage_tables):
    processes = [UsageTables(house.database) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: one.have(Partition.of(30, FAR)), processes))

    assert names(house) == ["usage_30_2031_11"]


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2031, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "2031_12"),
        (datetime(2032, 1, 1, tzinfo=UTC), "2032_01"),
    ],
)
def test_a_month_begins_in_utc(house, usage_tables, workspace, at, month):
    house.clock.at = at

    track(house, workspace, tracked())

    assert names(house) == [f"usage_30_{month}"]


# Dropped when they are old.


@pytest.mark.parametrize("kept_days", PROMISES)
def test_a_partition_lives_until_the_last_of_its_rows_has_been_kept_as_promised(
    house, usage_tables, kept_days
):
    partition = made(usage_tables, kept_days, FAR)
    last_row_at = datetime(2031, 11, 30, 23, 59, 59, 999_999, tzinfo=UTC)
    kept_until = last_row_at + timedelta(days=kept_days)

    dropped = usage_tables.keep_up(kept_until)
    lived = partition.name in names(house)
    dropped_then = usage_tables.keep_up(kept_until + MOMENT)

    assert (dropped, lived, dropped_then) == (0, True, 1)
    assert partition.name not in names(house, attached=False)


def test_only_what_has_expired_is_dropped(house, usage_tables):
    for kept_days in PROMISES:
        for months in (0, 31, 62):
            made(usage_tables, kept_days, FAR + timedelta(days=months))

    before = set(names(house))

    usage_tables.keep_up(datetime(2032, 1, 30, 23, 59, tzinfo=UTC))  # December has a day to live

    assert before - set(names(house)) == {"usage_30_2031_11"}


def test_after_the_drop_counts_facts_and_old_keys_are_as_they_were(house, usage_tables, workspace):
    first, _ = track(house, workspace, tracked("order-1"), tracked())
    recorded = facts(house)

    house.clock.at = FAR + timedelta(days=76)
    usage_tables.keep_up(house.clock())
    (again,) = track(house, workspace, tracked("order-1"))
    (other,) = track(house, workspace, tracked("order-1", digest=b"another body"))

    with house.database.connection() as db:
        used = db.execute("SELECT used FROM pool_counts").fetchall()
    assert "usage_30_2031_11" not in names(house)
    assert (again.kind, again.answer, other.kind) == ("replayed", first.answer, "conflict")
    assert facts(house) == recorded
    assert used == [{"used": 2}]


# Others at the same time.


class Busy:
    """Programs that track and pages that read, all the while; what went wrong with any of them."""

    def __init__(self, house: House, workspace: UUID) -> None:
        self.house, self.workspace = house, workspace
        self.stop = threading.Event()
        self.wrong: list[BaseException] = []
        self.done = 0

    def read(self) -> None:
        with self.house.database.reading() as db:
            self.house.services.usage_rows.latest_in_workspace(
                db, self.workspace, FAR, FAR + timedelta(days=1)
            )

    def write(self) -> None:
        track(self.house, self.house.workspace(uuid4()), tracked("order-1"), tracked())

    def go_on(self, act: Callable[[], None]) -> None:
        try:
            while not self.stop.is_set():
                act()
                self.done += 1
        except BaseException as error:
            self.wrong.append(error)

    def go_round(self) -> None:
        """Until each of them has done something again."""
        enough = self.done + 8
        until(lambda: self.wrong or self.done >= enough)


@pytest.fixture
def busy(house: House, usage_tables: UsageTables, workspace: UUID) -> Iterator[Busy]:
    found = Busy(house, workspace)
    acts = (found.read, found.read, found.write, found.write)
    threads = [threading.Thread(target=found.go_on, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    found.go_round()
    yield found
    found.stop.set()
    for thread in threads:
        thread.join()


def test_partitions_come_and_go_while_others_read_and_write(house, usage_tables, busy):
    dropped = 0
    for months in range(8):
        house.clock.at = FAR + timedelta(days=31 * months)
        dropped += usage_tables.keep_up(house.clock())
        busy.go_round()

    assert busy.wrong == []
    assert dropped == 6
    assert "usage_30_2031_11" not in names(house, attached=False)


def test_whoever_reads_keeps_what_it_reads_and_makes_no_writer_wait(house, usage_tables, workspace):
    track(house, workspace, tracked())
    later = FAR + timedelta(days=76)

    with house.database.reading() as db, ThreadPoolExecutor(1) as pool:
        before = len(db.execute("SELECT FROM usage").fetchall())
        dropping = pool.submit(usage_tables.keep_up, later)
        until(lambda: detaching(house))
        house.clock.at = later
        track(house, workspace, tracked())
        still = len(db.execute("SELECT FROM usage").fetchall())
        db.execute("ROLLBACK")
        dropped = dropping.result(timeout=20)

    assert (before, still, dropped) == (1, 1, 1)
    assert "usage_30_2031_11" not in names(house, attached=False)
    with house.database.connection() as db:
        assert len(db.execute("SELECT FROM usage").fetchall()) == 1


def detaching(house: House) -> list[str]:
    with house.database.connection() as db:
        rows = db.execute("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhdetachpending")
        return [row["name"] for row in rows]


# Stopped in the midst of it.


def left_halfway(house: House, name: str) -> None:
    """Somebody reads, and the one who detaches is told to stop waiting for that."""
    with house.database.reading() as db:
        db.execute("SELECT FROM usage").fetchall()
        with house.database.connect() as other:
            other.execute("SET statement_timeout = '300ms'")
            with pytest.raises(psycopg.errors.QueryCanceled):
                other.execute(f"ALTER TABLE usage DETACH PARTITION {name} CONCURRENTLY")
    assert detaching(house) == [name]


def test_what_was_left_halfway_is_finished_before_anything_else_is_dropped(house, usage_tables, workspace):
    for kept_days in PROMISES:
        made(usage_tables, kept_days, FAR - timedelta(days=900))
    left_halfway(house, "usage_730_2029_05")

    dropped = usage_tables.keep_up(FAR)

    assert dropped == 3
    assert [name for name in names(house, attached=False) if "2029" in name] == []


def test_events_are_stored_and_months_made_while_another_was_left_halfway(house, usage_tables, workspace):
    made(usage_tables, 30, FAR - timedelta(days=90))
    left_halfway(house, "usage_30_2031_08")
    track(house, workspace, tracked())

    assert counted(house, workspace) == (1, 1, 1)


def test_a_table_that_was_detached_and_not_dropped_is_dropped_when_it_has_expired(house, usage_tables):
    expired, living = (made(usage_tables, 30, FAR - timedelta(days=days)) for days in (90, 31))
    with house.database.connect() as db:
        for one in (expired, living):
            db.execute(f"ALTER TABLE usage DETACH PARTITION {one.name} CONCURRENTLY")

    dropped = usage_tables.keep_up(FAR)

    assert dropped == 1
    assert expired.name not in names(house, attached=False)
    assert living.name in names(house, attached=False)


def test_at_most_so_many_are_dropped_at_a_time(house, usage_tables, monkeypatch):
    monkeypatch.setattr(tables, "DROPPED_MAX", 2)
    for days in (90, 120, 150):
        made(usage_tables, 30, FAR - timedelta(days=days))

    assert [usage_tables.keep_up(FAR) for _ in range(3)] == [2, 1, 0]
