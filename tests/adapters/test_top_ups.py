"""Is a top-up paid for once and there once, whatever dies between Stripe and the ledger?"""

from __future__ import annotations

import pytest

from domain.refusals import Refusal, Refused
from tests.adapters.errands import PulledPlug
from tests.adapters.topped_up import Account
from tests.house import House


@pytest.fixture
def account(house: House) -> Account:
    return Account(house)


def test_a_top_up_is_paid_for_and_then_there(account: Account) -> None:
    account.ask(50)

    account.house.wiring.deliver_due()

    assert account.balance == "€ 850.00"
    assert account.told == [("paid", None)]
    assert account.invoices() == [("paid", 5_000, True)]


def test_its_notices_and_running_it_again_change_nothing_more(account: Account) -> None:
    account.ask(50)
    account.house.wiring.deliver_due()
    version = account.credit_ledger.version

    account.house.deliver_notices()
    again(account)

    assert account.credit_ledger.version == version
    assert account.balance == "€ 850.00"
    assert account.invoices() == [("paid", 5_000, True)]


def again(account: Account) -> None:
    """The errand once more, as after a worker that died before it could say that it was done."""
    with account.house.database.connection() as db:
        db.execute("UPDATE outbox SET done_at = NULL, due_at = asked_at WHERE errand = 'top_up'")
    account.house.wiring.deliver_due()


def test_a_declined_card_is_told_with_its_reason_and_the_subscription_stays_as_it_is(
    account: Account,
) -> None:
    account.card("declining")
    account.ask(50)

    account.house.wiring.deliver_due()
    account.house.deliver_notices()

    assert account.balance == "€ 800.00"
    assert account.told == [("failed", "card_declined")]
    assert account.invoices() == [("void", 5_000, True)]
    assert account.house.agency.tree(account.tree_id).standing == "current"


def test_one_at_a_time_waits_for_stripe_and_the_same_one_is_asked_once(account: Account) -> None:
    asked = account.ask(50)

    account.ask(50, asked)
    with pytest.raises(Refused, match=Refusal.TOP_UP_ASKED):
        account.ask(50)

    account.house.wiring.deliver_due()
    assert account.balance == "€ 850.00"


@pytest.mark.parametrize(
    ("step", "after", "card"),
    [
        ("charge_top_up", False, "good"),
        ("charge_top_up", True, "good"),
        ("charge_top_up", True, "declining"),
        ("note_invoice", True, "good"),
        ("note_topped_up", True, "good"),
        ("note_top_up_failed", False, "declining"),
        ("note_top_up_failed", True, "declining"),
    ],
)
def test_killed_before_or_after_any_step_it_is_charged_and_there_once(
    account: Account, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, card: str
) -> None:
    account.card(card)
    account.ask(50)
    killed(account, monkeypatch, step, after)

    account.house.clock.advance(hours=2)
    account.house.deliver_notices()
    account.house.wiring.top_ups.settle_waiting()

    paid = card == "good"
    assert account.told == [("paid", None) if paid else ("failed", "card_declined")]
    assert account.balance == ("€ 850.00" if paid else "€ 800.00")
    assert account.invoices() == [("paid" if paid else "void", 5_000, True)]


def killed(account: Account, monkeypatch: pytest.MonkeyPatch, step: str, after: bool) -> None:
    """The worker is gone before or after one step of the errand; its lease keeps others away for a while."""
    wiring = account.house.wiring
    part = next(one for one in (wiring.gateway, wiring.agency, wiring.metering) if hasattr(one, step))
    does = getattr(part, step)

    def dies(*args: object, **more: object) -> None:
        if after:
            does(*args, **more)
        raise PulledPlug

    with monkeypatch.context() as patched:
        patched.setattr(part, step, dies)
        try:
            wiring.deliver_due()
        except PulledPlug:
            pass


def test_an_answer_that_is_lost_or_a_stripe_that_is_away_is_asked_again(account: Account) -> None:
    account.house.stripe.break_calls("lost_answer", path="/v1/invoices", method="POST", calls=3)
    account.ask(50)
    account.house.wiring.deliver_due()
    assert account.told == [("asked", None)]

    account.house.stripe.mend_calls()
    account.house.clock.advance(minutes=1)
    account.house.wiring.deliver_due()

    assert account.told == [("paid", None)]
    assert account.invoices() == [("paid", 5_000, True)]


def test_a_deleted_customer_pays_for_nothing(account: Account) -> None:
    account.ask(50)
    account.house.stripe.do("delete_customer", account.customer_id)

    account.house.wiring.deliver_due()

    assert account.told == [("failed", "no_customer")]


def test_after_the_end_nothing_is_charged_any_more(account: Account) -> None:
    account.ask(50)
    account.house.wiring.metering.freeze_credits(account.tree_id, because=account.house.because())

    account.house.wiring.deliver_due()

    assert account.told == [("failed", "credits_frozen")]
    with pytest.raises(Refused, match=Refusal.CREDITS_FROZEN):
        account.ask(50)


def test_a_paid_invoice_of_nobodys_top_up_adds_nothing(account: Account) -> None:
    heard = account.house.wiring.top_ups.hear(account.tree_id, "in_000001", because=account.house.because())

    assert heard.tree_id is None
    assert account.balance == "€ 800.00"
