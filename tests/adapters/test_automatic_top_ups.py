"""Are credits topped up by themselves where little is left: once, within the cap, until it keeps failing?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.adapters.topped_up import EURO, Account
from tests.house import House


@pytest.fixture
def account(house: House) -> Account:
    return Account(house)


def test_below_the_threshold_it_is_topped_up_by_itself_once(account: Account) -> None:
    account.set_automatic(threshold=100, amount=50)
    account.spend_down_to(100 * EURO)
    account.beat()
    assert account.told == []

    account.spend_down_to(99 * EURO)
    account.beat()
    account.beat()

    assert account.told == [("paid", None)]
    assert account.balance == "€ 149.00"


def test_it_goes_on_while_it_is_below_and_never_above_the_cap_of_a_cycle(account: Account) -> None:
    account.set_automatic(threshold=500, amount=50, cap=120)
    account.spend_down_to(10 * EURO)

    for _ in range(5):
        account.beat()

    assert account.told == [("paid", None)] * 2
    assert account.balance == "€ 110.00"


def test_the_next_cycle_has_a_cap_of_its_own(account: Account) -> None:
    account.set_automatic(threshold=5_000, amount=50, cap=50)
    account.beat()
    account.house.leap_to(account.house.clock() + timedelta(days=32))

    account.beat()
    account.beat()

    assert account.told == [("paid", None)] * 2


def test_two_workers_at_once_ask_once(account: Account) -> None:
    account.set_automatic()
    account.spend_down_to(10 * EURO)
    metering, because = account.house.wiring.metering, account.house.because()

    metering.ask_top_up_if_low(account.tree_id, 10 * EURO, because=because)
    metering.ask_top_up_if_low(account.tree_id, 10 * EURO, because=because)

    assert len(account.credit_ledger.asked) == 1


def test_three_failures_in_a_row_switch_it_off_and_tell_the_owner(account: Account) -> None:
    account.card("declining")
    account.set_automatic()
    account.spend_down_to(10 * EURO)

    for _ in range(5):
        account.beat()
        account.beat()
        account.house.clock.advance(hours=1, minutes=1)

    assert account.told == [("failed", "card_declined")] * 3
    assert account.credit_ledger.automatic is None
    (mail,) = [one for one in account.house.services.mail.read() if "top-up" in one.subject]
    assert (mail.to, "€ 10.00 of credits are left" in mail.text) == ("ana@example.com", True)


def test_a_success_between_failures_begins_the_count_anew(account: Account) -> None:
    account.set_automatic(threshold=500, cap=200)
    account.spend_down_to(10 * EURO)

    for card in ("declining", "declining", "good", "declining", "declining"):
        account.card(card)
        account.beat()
        account.house.clock.advance(hours=1, minutes=1)

    assert [state for state, _ in account.told] == ["failed", "failed", "paid", "failed", "failed"]
    assert account.credit_ledger.automatic is not None


def test_switched_off_by_hand_nothing_is_asked_and_nobody_is_told(account: Account) -> None:
    account.set_automatic()
    account.spend_down_to(10 * EURO)

    account.house.wiring.metering.end_automatic_top_up(
        account.tree_id, because=account.house.because(f"person:{account.ana}")
    )
    account.beat()

    assert account.told == []
    assert [one for one in account.house.services.mail.read() if "top-up" in one.subject] == []


def test_a_plan_without_calls_is_not_topped_up_by_itself(account: Account) -> None:
    house, because = account.house, account.house.because(f"person:{account.ana}")
    ends_at = house.agency.tree(account.tree_id).cycle_ends_at
    assert ends_at is not None
    account.set_automatic(threshold=100, amount=50, cap=120)
    house.agency.request_plan(account.tree_id, account.ana, "agency", because=because)
    house.wiring.deliver_due()
    house.deliver_notices()
    house.leap_to(ends_at + timedelta(hours=1))
    account.spend_down_to(5 * EURO)

    account.beat()

    assert house.agency.tree(account.tree_id).plan == "agency"
    assert (account.told, account.invoices()) == ([], [])
