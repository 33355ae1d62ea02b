"""Returning: whatever was still under way when a subscription ended comes to the ledger that took it up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from adapters.postgres.outbox import Entry
from domain.because import Because
from projections.catalogue import CREDITS
from projections.credits import LedgerRow
from scripts.cli.check_queries import LEDGERS
from tests.house import House
from tests.voice import GRANT, SECOND, Voice

EURO = 1_000_000


@pytest.fixture
def voice(house: House) -> Voice:
    return Voice(house)


def test_a_call_that_ends_after_a_return_is_paid_for_by_what_was_taken_up(voice: Voice) -> None:
    call_id, former = voice.begun("one", 1_000), voice.tree_id
    voice.ends()
    voice.returns()
    voice.ended(call_id, 5_000)
    owed = balance_of(voice, former)

    voice.house.wiring.ledgers.thaw_late()
    voice.house.wiring.ledgers.thaw_late()

    assert owed == -5_000 * SECOND
    assert balance_of(voice, former) == 0
    assert voice.ledger().balance_micros == 2 * GRANT - 5_000 * SECOND
    assert voice.lines()[-2:] == [
        ("thawed", -5_000 * SECOND, 2 * GRANT - 5_000 * SECOND),
        ("moved_out", 5_000 * SECOND, 0),
    ]
    assert wrong_ledgers(voice) == []


def test_a_call_that_ends_before_a_return_is_a_part_of_what_is_taken_up(voice: Voice) -> None:
    call_id, former = voice.begun("one", 1_000), voice.tree_id
    voice.ends()

    voice.ended(call_id, 500_000)
    voice.returns()

    assert balance_of(voice, former) == 0
    assert voice.ledger().balance_micros == 2 * GRANT - 500_000 * SECOND
    assert voice.ledger().debt_micros == 0


def test_a_debt_that_came_late_may_be_more_than_there_is(voice: Voice) -> None:
    call_id, former = voice.begun("one", 1_000), voice.tree_id
    voice.ends()
    voice.returns()
    voice.ended(call_id, 1_000_000)

    voice.house.wiring.ledgers.thaw_late()

    ledger = voice.ledger()
    assert ledger.debt_micros == 1_000_000 * SECOND - 2 * GRANT
    assert (ledger.grant_micros, ledger.rollover_micros, balance_of(voice, former)) == (0, 0, 0)
    assert wrong_ledgers(voice) == []


def test_a_top_up_that_is_paid_after_a_return_is_there_and_pays_a_debt_first(voice: Voice) -> None:
    top_up_id, former = uuid4(), voice.tree_id
    metering, because = voice.house.wiring.metering, voice.house.because()
    call_id = voice.begun("one", 1_000)
    metering.ask_top_up(former, top_up_id, 50 * EURO, because=because)
    freeze_with_the_top_up_under_way(voice, because)
    voice.ended(call_id, (2 * GRANT + 20 * EURO) // SECOND)
    voice.house.wiring.ledgers.thaw_late()
    owed = voice.ledger().debt_micros

    metering.note_topped_up(former, top_up_id, "in_1", because=because)
    voice.house.wiring.ledgers.thaw_late()

    assert owed == 20 * EURO
    assert (voice.ledger().debt_micros, voice.ledger().top_up_micros) == (0, 30 * EURO)
    assert balance_of(voice, former) == 0
    assert wrong_ledgers(voice) == []


def freeze_with_the_top_up_under_way(voice: Voice, because: Because) -> None:
    """Its errand waits: Stripe has not said yet what became of it."""
    with voice.house.database.writing() as db:
        db.execute("DELETE FROM outbox WHERE errand = 'top_up'")
    voice.ends()
    voice.returns()


def balance_of(voice: Voice, tree_id: UUID) -> int:
    with voice.house.database.connection() as db:
        found = CREDITS.ledger(db, tree_id)
    assert isinstance(found, LedgerRow)
    return found.balance_micros


def wrong_ledgers(voice: Voice) -> list[object]:
    """What the doctor finds."""
    with voice.house.database.connection() as db:
        return [*db.execute(LEDGERS).fetchall()]


def test_errands_that_come_in_another_order_leave_nothing_behind(voice: Voice) -> None:
    former = voice.tree_id
    voice.told("one", 1_000)
    later = hold_back(voice, "freeze_credits")
    voice.ends()
    voice.returns()
    there_before = voice.ledger().balance_micros

    for entry in later():
        voice.house.wiring.ledgers.freeze(entry)
    voice.house.wiring.ledgers.thaw_late()

    assert there_before == GRANT
    assert voice.ledger().balance_micros == 2 * GRANT - 1_000 * SECOND
    assert (balance_of(voice, former), wrong_ledgers(voice)) == (0, [])


def test_a_grant_after_the_end_is_frozen_with_it(voice: Voice) -> None:
    later = hold_back(voice, "grant_credits")
    voice.ends()
    voice.returns()
    voice.ends()
    entries = later()

    for entry in entries:
        voice.house.wiring.ledgers.grant(entry)

    assert len(entries) == 1
    assert (voice.ledger().grant_micros, voice.ledger().frozen) == (GRANT, True)


def test_a_grant_that_comes_late_is_no_way_back_to_its_cycle(voice: Voice) -> None:
    house = voice.house
    second = house.agency.tree(voice.tree_id).cycle_ends_at
    assert second is not None
    later = hold_back(voice, "grant_credits")
    house.leap_to(second + timedelta(days=40))
    third = house.agency.tree(voice.tree_id).cycle_started_at

    for entry in reversed(later()):
        house.wiring.ledgers.grant(entry)

    assert voice.ledger().cycle_started_at == third
    assert voice.ledger().balance_micros == 3 * GRANT
    assert wrong_ledgers(voice) == []


def hold_back(voice: Voice, errand: str) -> Callable[[], list[Entry]]:
    """Its errands wait for longer than the others, until they are asked for."""
    real, held = voice.house.wiring.errands, list[Entry]()
    voice.house.wiring.__dict__["errands"] = {**real, errand: held.append}

    def later() -> list[Entry]:
        voice.house.wiring.__dict__["errands"] = real
        return held

    return later


def test_a_cycle_that_begins_with_a_plan_without_calls_has_no_grant(voice: Voice) -> None:
    ends_at = voice.house.agency.tree(voice.tree_id).cycle_ends_at
    assert ends_at is not None
    change_plan(voice, "agency")

    voice.house.leap_to(ends_at + timedelta(hours=1))

    assert voice.house.agency.tree(voice.tree_id).plan == "agency"
    assert voice.ledger().balance_micros == GRANT


def test_whoever_comes_back_to_calls_in_a_later_cycle_gets_the_rest_of_it(voice: Voice) -> None:
    ends_at = voice.house.agency.tree(voice.tree_id).cycle_ends_at
    assert ends_at is not None
    change_plan(voice, "agency")
    voice.house.leap_to(ends_at + timedelta(days=15))  # of thirty

    change_plan(voice, "agency_voice")

    assert voice.ledger().rollover_micros == GRANT
    assert voice.ledger().grant_micros == GRANT // 2


def change_plan(voice: Voice, plan: str) -> None:
    """As its owner does: to a smaller one at the end of the cycle, to a larger one at once."""
    because = voice.house.because(f"person:{voice.ana}")
    voice.house.agency.request_plan(voice.tree_id, voice.ana, plan, because=because)
    voice.house.wiring.deliver_due()
    voice.house.deliver_notices()
