"""Key traffic holds over processes: each request counts in one second, and none too many is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from adapters.key_traffic import AHEAD_SECONDS_MAX, KeyTraffic
from adapters.postgres.database import Database
from domain.api_keys import REQUESTS_PER_SECOND_MAX

AT = datetime(2026, 3, 1, 9, 0, 0, 250_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ALL = REQUESTS_PER_SECOND_MAX


@pytest.fixture
def processes(database: str) -> Iterator[list[KeyTraffic]]:
    """Two on one database, as two web processes are."""
    found = [KeyTraffic(Database(database)) for _ in range(2)]
    with found[0].database.writing() as db:
        found[0].create(db)
    yield found
    for one in found:
        one.database.close()


@pytest.fixture
def traffic(processes: list[KeyTraffic]) -> KeyTraffic:
    return processes[0]


def allowed(traffic: KeyTraffic, asked: int, at: datetime, key_id: str = "key00001") -> int:
    return traffic.take_now({key_id: asked}, at)[key_id].allowed


def test_of_three_hundred_at_once_over_two_processes_exactly_two_hundred_are_allowed(
    processes: list[KeyTraffic],
) -> None:
    with ThreadPoolExecutor(12) as threads:
        taken = list(threads.map(lambda number: allowed(processes[number % 2], 1, AT), range(300)))

    assert sum(taken) == ALL
    assert sum(taken[0::2]) > 0 < sum(taken[1::2])


def test_many_keys_of_many_transactions_at_once_never_wait_for_one_another_in_a_circle(
    processes: list[KeyTraffic],
) -> None:
    keys = [f"key{number:05}" for number in range(40)]

    def take(number: int) -> int:
        given = keys if number % 2 else keys[::-1]
        return sum(
            one.allowed for one in processes[number % 2].take_now(dict.fromkeys(given, 3), AT).values()
        )

    with ThreadPoolExecutor(8) as threads:
        taken = sum(threads.map(take, range(100)))

    assert taken == len(keys) * ALL


def test_a_lot_that_is_too_much_is_allowed_in_part_and_what_remains_is_told(traffic: KeyTraffic) -> None:
    first = traffic.take_now({"key00001": 150, "key00002": 1}, AT)
    second = traffic.take_now({"key00001": 70}, AT)["key00001"]
    third = traffic.take_now({"key00001": 1}, AT)["key00001"]

    assert {key_id: (one.allowed, one.remaining) for key_id, one in first.items()} == {
        "key00001": (150, ALL - 150),
        "key00002": (1, ALL - 1),
    }
    assert (second.allowed, second.remaining, second.reset_seconds) == (50, 0, 1)
    assert (third.allowed, third.remaining, third.reset_seconds) == (0, 0, 1)


def test_the_next_second_begins_with_the_clocks_second(traffic: KeyTraffic) -> None:
    full = allowed(traffic, 500, AT)

    late = allowed(traffic, 1, AT.replace(microsecond=999_999))
    after = allowed(traffic, 1, AT.replace(microsecond=0) + SECOND)

    assert (full, late, after) == (ALL, 0, 1)


def test_who_comes_late_with_an_earlier_second_frees_nothing(traffic: KeyTraffic) -> None:
    taken = [allowed(traffic, 150, AT + step * SECOND) for step in (1, 0, 1, 0)]

    assert taken == [150, 50, 0, 0]


def test_a_clock_that_was_set_back_locks_no_key_out(traffic: KeyTraffic) -> None:
    allowed(traffic, 500, AT)

    little = [traffic.take_now({"key00001": 1}, AT - s * SECOND)["key00001"] for s in (1, AHEAD_SECONDS_MAX)]
    much = allowed(traffic, 500, AT - (AHEAD_SECONDS_MAX + 1) * SECOND)
    a_year = allowed(traffic, 1, AT - timedelta(days=365))

    assert [(one.allowed, one.reset_seconds) for one in little] == [(0, 2), (0, AHEAD_SECONDS_MAX + 1)]
    assert (much, a_year) == (ALL, 1)


def test_it_tells_when_each_key_was_last_used(traffic: KeyTraffic) -> None:
    for at in (AT, AT + timedelta(days=3)):
        traffic.take_now({"key00001": 1}, at)

    with traffic.database.connection() as db:
        found = traffic.last_used(db, ["key00001", "never001"])

    assert found == {"key00001": AT + timedelta(days=3)}


def test_what_is_rolled_back_was_not_taken(traffic: KeyTraffic) -> None:
    with traffic.database.connection() as db, db.transaction(force_rollback=True):
        traffic.take(db, {"key00001": ALL}, AT)

    assert allowed(traffic, 300, AT) == ALL
