"""When is an errand tried again, for how long, and what becomes of the others meanwhile?"""

from __future__ import annotations

from datetime import timedelta

from adapters.postgres import outbox
from adapters.postgres.outbox import (
    ATTEMPTS_MAX,
    AWAY_BACK_OFF_MAX,
    BACK_OFF_MAX,
    ERROR_LENGTH_MAX,
    KEPT,
    Entry,
)
from domain.permissions import Role
from tests.adapters.errands import (
    ERRAND,
    SECOND,
    deliver,
    entries,
    find_stripe_away,
    nothing,
    notice,
    stumble,
)


def test_an_errand_that_fails_waits_longer_each_time_and_at_most_an_hour(house):
    notice(house)
    waits = []

    for _ in range(ATTEMPTS_MAX - 1):
        assert deliver(house, stumble)
        due_at = entries(house)[0]["due_at"]
        waits.append(due_at - house.clock())
        assert not deliver(house, stumble, due_at - timedelta(microseconds=1))
        house.clock.at = due_at

    assert waits[:5] == [2 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND, 32 * SECOND]
    assert waits == sorted(waits)
    assert waits[-1] == BACK_OFF_MAX == timedelta(hours=1)


def test_after_the_last_attempt_it_gives_up_and_says_so(house):
    notice(house)

    for _ in range(ATTEMPTS_MAX):
        assert deliver(house, stumble)
        house.clock.advance(hours=2)

    (entry,) = entries(house)
    assert not deliver(house, nothing)
    assert (entry["attempts"], entry["done_at"]) == (ATTEMPTS_MAX, None)
    assert entry["gave_up_at"] is not None
    assert entry["last_error"].startswith("Stumble: the world x")
    assert len(entry["last_error"]) == ERROR_LENGTH_MAX
    with house.database.connection() as db:
        state = house.wiring.outbox.state(db)
    assert (state.waiting, state.given_up) == (0, 1)


def test_the_one_that_is_due_longest_goes_first(house):
    for number in (1, 2, 3):
        notice(house, number)
        house.clock.advance(seconds=1)
    ran: list[Entry] = []

    while deliver(house, ran.append):
        pass

    expected = [house.agency.notice(f"evt_{number}").id for number in (1, 2, 3)]
    assert [entry.stream for entry in ran] == expected


def test_the_wait_begins_when_the_attempt_has_ended(house):
    notice(house)

    def stumble_late(entry: Entry) -> None:
        house.clock.advance(seconds=40)
        stumble(entry)

    deliver(house, stumble_late)

    assert entries(house)[0]["due_at"] == house.clock() + 2 * SECOND


def test_while_stripe_is_away_an_errand_is_never_given_up_and_waits_at_most_a_quarter_of_an_hour(house):
    notice(house)
    waits = []

    for _ in range(100):
        assert deliver(house, find_stripe_away)
        waits.append(entries(house)[0]["due_at"] - house.clock())
        house.clock.at = entries(house)[0]["due_at"]

    (entry,) = entries(house)
    assert (entry["attempts"], entry["away"], entry["gave_up_at"]) == (0, 100, None)
    assert waits[:3] == [2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert set(waits[10:]) == {AWAY_BACK_OFF_MAX} == {timedelta(minutes=15)}
    assert deliver(house, nothing)
    assert entries(house)[0]["done_at"] == house.clock()


def test_a_refusal_after_stripe_was_away_is_a_first_attempt(house):
    notice(house)
    for _ in range(30):
        deliver(house, find_stripe_away)
        house.clock.at = entries(house)[0]["due_at"]

    deliver(house, stumble)

    (entry,) = entries(house)
    assert (entry["attempts"], entry["away"]) == (1, 0)
    assert entry["due_at"] == house.clock() + 2 * SECOND


def test_while_one_kind_finds_stripe_away_the_others_go_first(house):
    ana = house.person("Ana")
    workspace_id = house.workspace(ana)
    for number in range(3):
        notice(house, number)
    house.clock.advance(seconds=1)
    house.member(workspace_id, ana, house.person("Ben"), Role.MEMBER)
    ran: list[str] = []

    def away(entry: Entry) -> None:
        ran.append(entry.errand)
        find_stripe_away(entry)

    errands = {ERRAND: away, "mail_invitation": lambda entry: ran.append(entry.errand)}
    while house.wiring.outbox.deliver_one(house.database, errands, house.clock):
        pass

    assert ran == [ERRAND, "mail_invitation", ERRAND, ERRAND]


def test_an_errand_that_fails_holds_no_other_up(house):
    for number in range(3):
        notice(house, number)
    ran: list[int] = []

    def stumble_over_the_first(entry: Entry) -> None:
        ran.append(entry.entry_id)
        if entry.entry_id == ran[0]:
            stumble(entry)

    while deliver(house, stumble_over_the_first):
        pass

    assert ran == [entry["entry_id"] for entry in entries(house)]
    assert [entry["done_at"] is None for entry in entries(house)] == [True, False, False]


def test_what_was_done_is_forgotten_after_a_month_and_nothing_else_is(house):
    for number in range(3):
        notice(house, number)
    deliver(house, stumble)
    deliver(house, nothing)
    house.clock.advance(days=1)
    deliver(house, nothing)
    house.clock.at = entries(house)[1]["done_at"] + KEPT + SECOND

    forgotten = [house.wiring.outbox.prune(house.database, house.clock()) for _ in range(2)]

    assert forgotten == [1, 0]
    assert [entry["done_at"] is None for entry in entries(house)] == [True, False]


def test_so_many_are_forgotten_at_a_time(house, monkeypatch):
    monkeypatch.setattr(outbox, "PRUNED_MAX", 2)
    for number in range(3):
        notice(house, number)
        deliver(house, nothing)
    house.clock.at += KEPT + SECOND

    forgotten = [house.wiring.outbox.prune(house.database, house.clock()) for _ in range(3)]

    assert forgotten == [2, 1, 0]
