"""Gathering: many threads ask, few rounds act, and each hears of its own question and of no other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain

import pytest

from adapters.usage import gathering
from adapters.usage.gathering import Gathering
from domain.conflicts import Contended
from tests.waiting import until

SECONDS_MAX = 10


class Doubling:
    """Answers twice the number; what is odd is an exception, and a thirteen spoils the whole round."""

    def __init__(self, weight_max: int = 100) -> None:
        self.go_on = threading.Event()
        self.go_on.set()
        self.rounds: list[list[int]] = []
        self.gathering = Gathering[int, int](self._act, weight=lambda number: number, weight_max=weight_max)
        self.pool = ThreadPoolExecutor(32)

    def _act(self, numbers: Sequence[int]) -> Sequence[int | BaseException]:
        self.rounds.append(list(numbers))
        assert self.go_on.wait(SECONDS_MAX)
        if 13 in numbers:
            raise RuntimeError("thirteen")
        return [ValueError(number) if number % 2 else 2 * number for number in numbers]

    def ask(self, number: int) -> Future[int]:
        return self.pool.submit(self.gathering.ask, number)

    def held(self, number: int) -> Future[int]:
        """Its round is begun, and not over before somebody says so."""
        self.go_on.clear()
        asked = self.ask(number)
        until(lambda: self.rounds)
        return asked

    def wait_in_turn(self, *numbers: int) -> list[Future[int]]:
        """One after the other, so that their order is known."""
        waiting = []
        for number in numbers:
            waiting.append(self.ask(number))
            until(lambda: len(self.gathering._waiting) == len(waiting))
        return waiting


@pytest.fixture
def doubling() -> Doubling:
    return Doubling()


def heard(asked: Future[int]) -> int | str:
    try:
        return asked.result(SECONDS_MAX)
    except Exception as error:
        return f"{type(error).__name__} {error}"


def test_who_is_alone_is_answered_at_once(doubling):
    assert doubling.gathering.ask(4) == 8
    assert doubling.rounds == [[4]]


def test_who_comes_while_a_round_acts_is_in_the_next_one(doubling):
    first = doubling.held(2)
    others = doubling.wait_in_turn(4, 6, 8)

    doubling.go_on.set()

    assert [heard(one) for one in (first, *others)] == [4, 8, 12, 16]
    assert doubling.rounds == [[2], [4, 6, 8]]


def test_each_of_many_threads_hears_its_own_answer_and_is_asked_once(doubling):
    numbers = range(0, 1_000, 2)

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(doubling.gathering.ask, numbers))

    assert answers == [2 * number for number in numbers]
    assert sorted(chain.from_iterable(doubling.rounds)) == list(numbers)


def test_an_exception_for_one_touches_no_other(doubling):
    first = doubling.held(2)
    others = doubling.wait_in_turn(4, 5, 6)

    doubling.go_on.set()

    assert [heard(one) for one in (first, *others)] == [4, 8, "ValueError 5", 12]


def test_if_a_whole_round_fails_all_of_it_hear_so_and_the_next_one_acts(doubling):
    first = doubling.held(2)
    others = doubling.wait_in_turn(4, 13, 6)

    doubling.go_on.set()

    assert [heard(one) for one in (first, *others)] == [4] + 3 * ["RuntimeError thirteen"]
    assert doubling.gathering.ask(8) == 16


def test_a_round_is_no_heavier_than_it_may_be_and_all_get_their_turn_in_order():
    doubling = Doubling(weight_max=20)
    first = doubling.held(2)
    others = doubling.wait_in_turn(12, 8, 2, 30, 4)

    doubling.go_on.set()

    assert [heard(one) for one in (first, *others)] == [4, 24, 16, 4, 60, 8]
    assert doubling.rounds == [[2], [12, 8], [2], [30], [4]]


def test_when_too_many_wait_the_next_is_told_so_and_no_other(doubling, monkeypatch):
    monkeypatch.setattr(gathering, "WAITING_MAX", 2)
    first = doubling.held(2)
    others = doubling.wait_in_turn(4, 6)

    too_many = heard(doubling.ask(8))
    doubling.go_on.set()

    assert too_many == "Contended track"
    assert [heard(one) for one in (first, *others)] == [4, 8, 12]
    assert doubling.rounds == [[2], [4, 6]]


def test_who_has_waited_too_long_gives_up_and_is_not_acted_for(doubling, monkeypatch):
    monkeypatch.setattr(gathering, "WAIT_SECONDS", 0.05)
    first = doubling.held(2)

    with pytest.raises(Contended):
        doubling.gathering.ask(4)
    doubling.go_on.set()

    assert heard(first) == 4
    assert doubling.gathering.ask(6) == 12
    assert doubling.rounds == [[2], [6]]
