"""Spending: what is recorded against credits fits, exactly, and is recorded once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from domain.refusals import Refusal, Refused
from projections.catalogue import CREDITS
from tests.house import House
from tests.voice import GRANT, SECOND, Voice


@pytest.fixture
def voice(house: House) -> Voice:
    return Voice(house)


def test_a_cycle_begins_with_its_grant(voice: Voice) -> None:
    assert voice.ledger().grant_micros == GRANT
    assert voice.lines() == [("grant", GRANT, GRANT)]


def test_a_call_costs_each_of_its_seconds(voice: Voice) -> None:
    assert voice.told("one", 61)

    assert voice.ledger().balance_micros == GRANT - 61 * SECOND
    assert voice.lines()[1:] == [("usage", -61 * SECOND, GRANT - 61 * SECOND)]


def test_the_same_call_costs_once(voice: Voice) -> None:
    voice.told("one", 60)

    assert not voice.told("one", 60)

    assert voice.ledger().balance_micros == GRANT - 60 * SECOND


def test_what_does_not_fit_is_refused_and_changes_nothing(voice: Voice) -> None:
    voice.told("most", GRANT // SECOND - 10)

    with pytest.raises(Refused) as refused:
        voice.told("eleven", 11)

    assert refused.value.refusal is Refusal.INSUFFICIENT_CREDITS
    assert voice.ledger().balance_micros == 10 * SECOND


def test_a_running_call_holds_credits_and_settles_also_for_more(voice: Voice) -> None:
    voice.told("most", GRANT // SECOND - 10)
    call_id = voice.begun("running", 10)
    held = voice.ledger().available_micros
    with pytest.raises(Refused):
        voice.told("another", 1)

    voice.ended(call_id, 25)

    ledger = voice.ledger()
    assert held == 0
    assert (ledger.debt_micros, ledger.held_micros, ledger.grant_micros) == (15 * SECOND, 0, 0)


def test_of_many_at_once_as_many_are_recorded_as_fit(voice: Voice) -> None:
    voice.told("most", GRANT // SECOND - 35)

    def attempt(number: int) -> bool:
        try:
            return voice.told(f"call {number}", 10)
        except Refused:
            return False

    with ThreadPoolExecutor(8) as at_once:
        recorded = sum(at_once.map(attempt, range(8)))

    assert recorded == 3
    assert voice.ledger().balance_micros == 5 * SECOND


def test_the_next_cycle_rolls_over_what_is_left_and_spends_its_own_grant_first(voice: Voice) -> None:
    voice.told("one", 1_000)

    voice.house.leap_to(voice.house.clock() + timedelta(days=32))
    voice.told("two", 500)

    ledger = voice.ledger()
    assert ledger.rollover_micros == GRANT - 1_000 * SECOND
    assert ledger.grant_micros == GRANT - 500 * SECOND


def test_an_end_freezes_and_a_return_thaws(voice: Voice) -> None:
    voice.told("one", 1_000)
    former = voice.tree_id
    voice.ends()
    frozen = voice.ledger()
    with pytest.raises(Refused) as refused:
        voice.told("two", 1)

    voice.returns()

    left = GRANT - 1_000 * SECOND
    thawed = voice.ledger()
    assert (frozen.tree_id, frozen.frozen, frozen.balance_micros) == (former, True, left)
    assert refused.value.refusal is Refusal.CALLS_NOT_IN_PLAN
    assert (thawed.rollover_micros, thawed.grant_micros, thawed.frozen) == (left, GRANT, False)
    with voice.house.database.connection() as db:
        emptied = CREDITS.ledger(db, former)
    assert emptied is not None
    assert emptied.balance_micros == 0
