"""The page of credits: what is left, what was used, and every form on it."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from domain.calls.call import Kind
from domain.permissions import Role
from tests.house import House
from tests.web.pages.credited import Credited
from tests.web.pages.scene import text_of


@pytest.fixture
def credited(house: House) -> Credited:
    return Credited(house)


def test_it_shows_each_bucket_and_what_was_used_by_category_and_workspace(credited: Credited) -> None:
    credited.call(credited.acme_id, 1_000)
    credited.call(credited.birch_id, 100, Kind.WEB)

    text = text_of(credited.browser("Adam").get(credited.page))

    assert "Balance € 797.85" in text
    assert "Of this cycle’s grant € 797.85 Rolled over € 0.00 Topped up € 0.00" in text
    assert "Phone calls € 2.00 Web calls € 0.15 SMS € 0.00 Forwarding € 0.00 Phone numbers € 0.00" in text
    assert "Acme — Front desk € 2.00 € 0.00 € 0.00 € 0.00 € 0.00 € 2.00" in text


def test_a_client_and_a_stranger_find_nothing(credited: Credited) -> None:
    credited.call(credited.acme_id, 1_000)
    line = line_of(credited).rpartition("/")[2]

    answers = {
        credited.browser(who).get(f"/w/{one}/credits{path}").status_code
        for who in ("Ben", "Eve")
        for one in (credited.anchor_id, credited.acme_id)
        for path in ("", "/history", "/history.csv", f"/lines/{line}")
    }

    assert answers == {404}


def test_who_reads_only_sees_it_and_finds_no_form(credited: Credited) -> None:
    page = credited.browser("Ada").get(credited.page)

    assert page.status_code == 200
    assert f'action="{credited.page}' not in page.get_data(as_text=True)


def test_an_agency_without_calls_is_told_so(house: House) -> None:
    ana = house.person("Ana")
    _, anchor_id = house.agency_of(ana)

    page = house.sign_in(ana).get(f"/w/{anchor_id}/credits")

    assert (page.status_code, "There are no credits here." in text_of(page)) == (200, True)


# By hand.


def test_a_top_up_is_pending_then_paid_and_has_an_invoice(credited: Credited) -> None:
    browser = credited.browser("Adam")

    answer = browser.post(f"{credited.page}/top-up", amount="50")
    pending = text_of(browser.follow(answer))
    credited.errands()
    paid = browser.get(credited.page)

    assert answer.status_code == 303
    assert "pending Stripe is charging the card." in pending
    assert "Balance € 850.00" in text_of(paid)
    found = re.search(r'href="(/w/[^"]*/billing/invoices/in_[^"]*)"', paid.get_data(as_text=True))
    assert found is not None
    invoice = text_of(credited.browser("Ana").get(found[1]))
    assert "paid credits € 50.00" in invoice
    assert "Credits 1 Mar 2026 1 € 50.00" in invoice


def test_a_double_click_is_one_payment(credited: Credited) -> None:
    browser = credited.browser("Adam")
    form = browser.form(credited.page, f"{credited.page}/top-up")

    answers = [browser.post(f"{credited.page}/top-up", **form | {"amount": "50"}) for _ in range(3)]
    credited.errands()

    assert [answer.status_code for answer in answers] == [303] * 3
    assert credited.balance == 85_000


def test_another_one_waits_until_the_first_is_settled(credited: Credited) -> None:
    browser = credited.browser("Adam")
    browser.post(f"{credited.page}/top-up", amount="50")

    answer = browser.post(f"{credited.page}/top-up", amount="60")

    assert answer.status_code == 409
    assert 'data-code="top_up_asked"' in answer.get_data(as_text=True)


def test_an_amount_that_is_none_records_nothing(credited: Credited) -> None:
    before, browser = credited.credit_ledger.version, credited.browser("Adam")

    answers = {
        browser.post(f"{credited.page}/top-up", amount=amount).status_code
        for amount in ("", "9.99", "5000.01", "-50", "fifty", "1e3", "50\x00")
    }

    assert answers == {422}
    assert credited.credit_ledger.version == before


def test_a_declined_card_is_told_with_what_to_do(credited: Credited) -> None:
    credited.card("declining")
    browser = credited.browser("Adam")

    browser.post(f"{credited.page}/top-up", amount="50")
    credited.errands()
    credited.house.deliver_notices()

    text = text_of(browser.get(credited.page))
    assert "was not paid. The card was declined." in text
    assert "Give Stripe another card in the customer portal" in text
    assert "Balance € 800.00" in text
    overview = browser.get(f"/w/{credited.anchor_id}/").get_data(as_text=True)
    assert 'data-code="past_due"' not in overview


# Automatic.

AUTOMATIC = {"threshold": "100", "each": "50", "cap": "120"}


def test_an_owner_sets_it_and_it_works_by_itself(credited: Credited) -> None:
    browser = credited.browser("Ana")

    answer = browser.post(f"{credited.page}/automatic", **AUTOMATIC)
    credited.call(credited.acme_id, 355_000)
    credited.house.wiring.top_ups.ask_where_low()
    credited.errands()

    assert answer.status_code == 303
    text = text_of(browser.get(credited.page))
    assert "on By € 50.00 whenever less than € 100.00 can be spent" in text
    assert "at most € 120.00 a cycle, of which € 50.00 are used" in text
    assert "automatic paid Invoice" in text


def test_an_admin_neither_sets_nor_ends_it(credited: Credited) -> None:
    credited.browser("Ana").post(f"{credited.page}/automatic", **AUTOMATIC)
    adam = credited.browser("Adam")

    answers = [
        adam.post(f"{credited.page}/automatic", **AUTOMATIC),
        adam.post(f"{credited.page}/automatic/end"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert credited.credit_ledger.automatic is not None


def test_after_three_failures_the_page_says_that_it_is_off(credited: Credited) -> None:
    credited.browser("Ana").post(f"{credited.page}/automatic", **AUTOMATIC)
    credited.card("declining")
    credited.call(credited.acme_id, 355_000)
    for _ in range(3):
        credited.house.wiring.top_ups.ask_where_low()
        credited.errands()
        credited.house.clock.advance(hours=1, minutes=1)

    page = text_of(credited.browser("Ana").get(credited.page))

    assert "Automatic top-ups were switched off on" in page
    assert "off Calls are refused when the credits are used up." in page


def test_what_cannot_be_meant_sets_nothing(credited: Credited) -> None:
    wrong, browser = (
        ({"threshold": "0"}, {"each": "9"}, {"cap": "49"}, {"cap": "60000"}),
        credited.browser("Ana"),
    )

    answers = {browser.post(f"{credited.page}/automatic", **AUTOMATIC | one).status_code for one in wrong}

    assert answers == {422}
    assert credited.credit_ledger.automatic is None


# Set right by people.


def test_a_correction_has_a_reason_and_stands_in_the_history(credited: Credited) -> None:
    browser = credited.browser("Adam")

    browser.post(f"{credited.page}/correct", way="add", correction="12.50", reason="a gift of ours")
    browser.post(f"{credited.page}/correct", way="take", correction="2.50", reason="too much of it")

    assert credited.balance == 81_000
    history = browser.get(f"{credited.page}/history")
    assert "Corrected −€ 2.50 € 810.00" in text_of(history)
    line = re.search(rf'href="({credited.page}/lines/\d+)"', history.get_data(as_text=True))
    assert line is not None
    assert "Reason too much of it" in text_of(browser.get(line[1]))


def test_no_more_is_taken_away_than_there_is(credited: Credited) -> None:
    answer = credited.browser("Adam").post(
        f"{credited.page}/correct", way="take", correction="800.01", reason="too much"
    )

    assert answer.status_code == 402
    assert credited.balance == 80_000


def line_of(credited: Credited, entry: str = "usage") -> str:
    page = credited.browser("Adam").get(f"{credited.page}/history?entry={entry}").get_data(as_text=True)
    found = re.search(rf'href="({credited.page}/lines/\d+)"', page)
    assert found is not None
    return found[1]


def test_a_call_is_given_back_in_parts_and_never_more_than_it_cost(credited: Credited) -> None:
    credited.call(credited.acme_id, 1_000)
    line, browser = line_of(credited), credited.browser("Adam")

    first = browser.post(f"{line}/refund", amount="0.50", reason="it broke off")
    too_much = browser.post(f"{line}/refund", amount="1.51", reason="it broke off")
    rest = browser.post(f"{line}/refund", amount="", reason="the rest of it")
    nothing = browser.post(f"{line}/refund", amount="", reason="once more")

    assert [one.status_code for one in (first, too_much, rest, nothing)] == [303, 409, 303, 409]
    assert credited.balance == 80_000
    assert "Phone calls € 0.00" in text_of(browser.get(credited.page))


def test_only_what_was_used_is_given_back(credited: Credited) -> None:
    answer = credited.browser("Adam").post(f"{line_of(credited, 'grant')}/refund", reason="all of it")

    assert answer.status_code == 404
    assert credited.balance == 80_000


# Transfer.


def another(credited: Credited, owner: str = "Ana") -> tuple[UUID, UUID]:
    found = credited.house.agency_of(credited.people[owner], "Second Signal", plan="agency_voice")
    credited.errands()
    return found


def test_an_owner_of_two_agencies_moves_credits_between_them(credited: Credited) -> None:
    other_tree, other_anchor = another(credited)
    browser = credited.browser("Ana")

    answer = browser.post(f"{credited.page}/transfer", to=str(other_tree), transfer="100")

    assert answer.status_code == 303
    assert credited.balance == 70_000
    assert "Balance € 900.00" in text_of(browser.get(f"/w/{other_anchor}/credits"))
    assert "Transferred from another agency € 100.00 € 900.00" in text_of(
        browser.get(f"/w/{other_anchor}/credits/history")
    )


def test_to_somebody_elses_agency_nothing_moves_and_nothing_is_told(credited: Credited) -> None:
    eves_tree, _ = another(credited, "Eve")
    browser = credited.browser("Ana")

    foreign = browser.post(f"{credited.page}/transfer", to=str(eves_tree), transfer="100")
    never = browser.post(f"{credited.page}/transfer", to=str(UUID(int=1)), transfer="100")

    assert (foreign.status_code, never.status_code) == (422, 422)
    assert credited.balance == 80_000


def test_an_admin_of_the_other_one_does_not_own_it(credited: Credited) -> None:
    eves_tree, eves_anchor = another(credited, "Eve")
    house = credited.house
    house.member(eves_anchor, credited.people["Eve"], credited.people["Ana"], Role.ADMIN)
    house.run_followed()

    answer = credited.browser("Ana").post(f"{credited.page}/transfer", to=str(eves_tree), transfer="100")

    assert answer.status_code == 422


def test_more_than_there_is_does_not_move(credited: Credited) -> None:
    other_tree, _ = another(credited)

    answer = credited.browser("Ana").post(f"{credited.page}/transfer", to=str(other_tree), transfer="800.01")

    assert answer.status_code == 402
    assert credited.balance == 80_000
