"""Links are asked for and tried so often in an hour, and who did it cannot be read from the counters."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from adapters.attempts import (
    ASKED_BY_CLIENT,
    ASKED_FOR_ADDRESS,
    INVITED_ADDRESS,
    INVITED_BY_PERSON,
    PRUNED_MAX,
    TRIED_BY_CLIENT,
    Attempts,
)
from scripts.wiring import Wiring
from tests.house import House

HOUR = 3_600
HERE = "192.0.2.1"


@pytest.fixture
def attempts(house: House) -> Attempts:
    return house.wiring.attempts


def asks(house: House, times: int, *, email: str = "ana@example.com", client: str = HERE) -> list[int]:
    now = house.clock()
    return [house.wiring.attempts.ask(email=email, client=client, now=now) for _ in range(times)]


def rows(house: House) -> list[str]:
    with house.database.connection() as db:
        return [str(row["t"]) for row in db.execute("SELECT t::text FROM attempts t")]


def test_the_limits():
    hour = timedelta(hours=1)

    assert (ASKED_FOR_ADDRESS.most, ASKED_FOR_ADDRESS.within) == (5, hour)
    assert (ASKED_BY_CLIENT.most, ASKED_BY_CLIENT.within) == (30, hour)
    assert (TRIED_BY_CLIENT.most, TRIED_BY_CLIENT.within) == (120, hour)
    assert (INVITED_BY_PERSON.most, INVITED_BY_PERSON.within) == (100, hour)
    assert (INVITED_ADDRESS.most, INVITED_ADDRESS.within) == (10, timedelta(days=1))


def test_five_links_an_hour_are_sent_to_one_address_wherever_they_are_asked_for(house):
    waits = [asks(house, 1, client=f"192.0.2.{number}")[0] for number in range(7)]

    assert waits == [0] * 5 + [HOUR] * 2
    assert asks(house, 1, email="ben@example.com") == [0]


@pytest.mark.parametrize("email", [" ana@example.com ", "Ana@Example.COM"])
def test_an_address_is_the_same_however_it_is_written(house, email):
    asks(house, 5)

    assert asks(house, 1, email=email) == [HOUR]


def test_thirty_links_an_hour_are_asked_for_from_one_place(house):
    waits = [asks(house, 1, email=f"{number}@example.com")[0] for number in range(32)]

    assert waits == [0] * 30 + [HOUR] * 2
    assert asks(house, 1, email="40@example.com", client="192.0.2.2") == [0]


def test_who_asks_too_much_uses_up_nobodys_address(house):
    for number in range(30):
        asks(house, 1, email=f"{number}@example.com")

    refused = asks(house, 20)

    assert refused == [HOUR] * 20
    assert asks(house, 5, client="192.0.2.2") == [0] * 5


@pytest.mark.parametrize(("after", "wait"), [(1, HOUR - 1), (HOUR - 1, 1), (HOUR, 0), (HOUR + 1, 0)])
def test_a_window_begins_with_the_first_and_ends_after_an_hour(house, after, wait):
    asks(house, 9)  # what is refused makes it no longer

    house.clock.advance(seconds=after)

    assert asks(house, 1) == [wait]


def test_a_part_of_a_second_is_waited_for_as_a_whole_one(house):
    asks(house, 5)

    house.clock.advance(seconds=HOUR - 0.25)

    assert asks(house, 1) == [1]


def test_a_clock_that_was_set_back_locks_nobody_out(house):
    house.clock.advance(days=400)
    asks(house, 6)

    house.clock.advance(days=-400)

    assert asks(house, 6) == [0] * 5 + [HOUR]


def test_links_are_tried_so_often_from_one_place(house, attempts):
    now = house.clock()

    waits = [attempts.try_link(client=HERE, now=now) for _ in range(121)]

    assert waits == [0] * 120 + [HOUR]
    assert attempts.try_link(client="192.0.2.2", now=now) == 0
    assert asks(house, 1) == [0]


def test_all_processes_count_together_and_none_is_missed(house):
    second = Wiring(house.wiring.settings, clock=house.clock)
    both, now = (house.wiring.attempts, second.attempts), house.clock()

    with ThreadPoolExecutor(8) as pool:
        waits = list(
            pool.map(
                lambda number: both[number % 2].ask(email="ana@example.com", client=f"{number}", now=now),
                range(40),
            )
        )

    second.database.close()
    assert waits.count(0) == 5


def test_neither_an_address_nor_a_place_can_be_read_from_the_table(house):
    asks(house, 2)

    stored = "".join(rows(house))

    assert not any(word in stored for one in ("ana@", HERE) for word in (one, one.encode().hex()))


def test_the_counters_of_another_house_say_nothing_about_ours(house):
    other = Attempts(house.database, lambda: b"another key, of another house...")
    asks(house, 5)

    assert other.ask(email="ana@example.com", client=HERE, now=house.clock()) == 0


def test_what_has_ended_is_not_kept(house):
    for number in range(PRUNED_MAX + 10):
        asks(house, 1, email=f"{number}@example.com", client=str(number))
    house.clock.advance(hours=1)

    asks(house, 1)
    left = len(rows(house))
    asks(house, 3)

    assert left == 2 * (PRUNED_MAX + 10) - PRUNED_MAX + 2
    assert len(rows(house)) == 2


@pytest.mark.parametrize("text", ["", "\x00", "x" * 10_000, "é", "\udc80"])
def test_odd_texts_are_counted_like_others(house, text):
    assert asks(house, 6, email=text, client=text) == [0] * 5 + [HOUR]


def test_with_a_new_secret_everybody_may_try_anew_and_all_processes_count_together(house):
    keys = [b"the first key, of this house...."]
    both = [Attempts(house.database, lambda: keys[-1]) for _ in range(2)]
    ask = [lambda one=one: one.ask(email="ana@example.com", client=HERE, now=house.clock()) for one in both]
    before = [ask[number % 2]() for number in range(6)]

    keys.append(b"the second key, of this house...")

    assert before == [0] * 5 + [HOUR]
    assert [ask[number % 2]() for number in range(6)] == [0] * 5 + [HOUR]
