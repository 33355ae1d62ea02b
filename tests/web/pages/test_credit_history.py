"""The history of credits: filters, pages, the table for spreadsheets, and the fact behind each line."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from domain.calls.call import Kind
from tests.house import House
from tests.web.pages.credited import Credited
from tests.web.pages.scene import text_of

ROW = re.compile(r"<tr>\s*<td class=\"nowrap\"><a.*?</tr>", re.S)


@pytest.fixture
def credited(house: House) -> Credited:
    return Credited(house)


def rows(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, text_of(answer)
    return ROW.findall(answer.get_data(as_text=True))


def table(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def test_each_filter_shows_its_lines_and_the_balance_stays_that_of_the_ledger(credited: Credited) -> None:
    credited.call(credited.acme_id, 1_000)
    credited.house.clock.advance(days=2)
    credited.call(credited.birch_id, 100, Kind.WEB)
    browser, page = credited.browser("Adam"), f"{credited.page}/history"

    found = {
        query: [(one["entry"], one["category"], one["amount"], one["balance"]) for one in table(answer)]
        for query in (
            "",
            f"workspace={credited.acme_id}",
            "category=web_call",
            "entry=grant",
            "since=2026-03-03",
        )
        if (answer := browser.get(f"{page}.csv?{query}"))
    }

    phone = ("usage", "phone_call", "-2.00", "798.00")
    web = ("usage", "web_call", "-0.15", "797.85")
    grant = ("grant", "", "800.00", "800.00")
    assert found == {
        "": [web, phone, grant],
        f"workspace={credited.acme_id}": [phone],
        "category=web_call": [web],
        "entry=grant": [grant],
        "since=2026-03-03": [web],
    }
    assert len(rows(browser.get(f"{page}?until=2026-03-02"))) == 2


def test_a_long_history_has_pages_and_no_line_is_on_two_of_them(credited: Credited) -> None:
    for number in range(60):
        credited.house.wiring.metering.correct_credits(
            credited.tree_id,
            UUID(int=number + 1),
            1_000_000,
            "",
            because=credited.house.because(),
        )
    browser, page = credited.browser("Adam"), f"{credited.page}/history"

    first = browser.get(f"{page}?entry=correction")
    older = re.search(r'href="([^"]*before=[^"]*)" rel="next"', first.get_data(as_text=True))
    assert older is not None
    second = browser.get(older[1].replace("&amp;", "&"))

    assert (len(rows(first)), len(rows(second))) == (50, 10)
    assert not set(rows(first)) & set(rows(second))
    assert len(table(browser.get(f"{page}.csv"))) == 61


def test_what_no_filter_can_mean_is_an_error_and_not_ignored(credited: Credited) -> None:
    browser = credited.browser("Adam")

    answers = {
        query: browser.get(f"{credited.page}/history?{query}").status_code
        for query in (
            *(
                "workspace=x",
                "category=cheese",
                "entry=x",
                "since=yesterday",
                "before=x",
                "before=-1",
                "before=1.x",
            ),
            *("ledger=x", "ledger=00000000-0000-0000-0000-000000000001", "since=2026-13-01"),
        )
    }

    assert set(answers.values()) == {400}


def test_each_line_leads_to_the_fact_behind_it(credited: Credited) -> None:
    call_id = credited.call(credited.acme_id, 1_000)
    browser = credited.browser("Adam")
    browser.post(f"{credited.page}/top-up", amount="50")
    credited.errands()

    lines = {}
    for entry in ("usage", "grant", "top_up"):
        page = browser.get(f"{credited.page}/history?entry={entry}").get_data(as_text=True)
        found = re.search(rf'href="({credited.page}/lines/\d+)"', page)
        assert found is not None
        lines[entry] = browser.get(found[1])

    assert "Call.Told" in text_of(lines["usage"])
    assert str(call_id) in text_of(lines["usage"])
    assert "CreditLedger.Granted" in text_of(lines["grant"])
    assert "CreditLedger.ToppedUp" in text_of(lines["top_up"])
    for entry, words in (("top_up", "The invoice that was paid"), ("grant", "In the timeline")):
        link = re.search(rf'href="([^"]*)">{words}', lines[entry].get_data(as_text=True))
        assert link is not None
        assert browser.get(link[1]).status_code == 200


def test_a_line_that_is_none_is_nowhere(credited: Credited) -> None:
    browser = credited.browser("Adam")

    answers = {
        browser.get(f"{credited.page}/lines/{place}").status_code
        for place in ("0", "999999", "x", "-1", "1" * 30)
    }

    assert answers == {404}


def test_both_pages_are_shown_as_they_were(credited: Credited) -> None:
    credited.call(credited.acme_id, 1_000)
    then = credited.house.clock().isoformat().replace("+00:00", "Z")
    credited.house.clock.advance(days=1)
    credited.call(credited.acme_id, 1_000)
    browser = credited.browser("Ana")
    browser.post(f"{credited.page}/top-up", amount="50")
    credited.errands()

    page = browser.get(f"{credited.page}?as_of={then}")
    history = browser.get(f"{credited.page}/history?as_of={then}")

    assert "Balance € 798.00" in text_of(page)
    assert "Nothing was topped up yet." in text_of(page)
    assert f'method="post" action="{credited.page}' not in page.get_data(as_text=True)
    assert len(rows(history)) == 2


def test_after_the_end_what_is_frozen_can_still_be_read(credited: Credited) -> None:
    house, ana = credited.house, credited.people["Ana"]
    house.agency.request_end(credited.tree_id, ana, because=house.because(f"person:{ana}"))
    house.wiring.deliver_due()
    house.deliver_notices()
    house.clock.advance(days=1)

    page = credited.browser("Ana").get(credited.page)
    billing = credited.browser("Ana").get(f"/w/{credited.anchor_id}/billing").get_data(as_text=True)

    assert f'href="{credited.page}">What is left of its credits' in billing
    assert 'data-code="credits_frozen"' in page.get_data(as_text=True)
    assert "Balance € 800.00" in text_of(page)
    answer = credited.browser("Ana").post(f"{credited.page}/top-up", amount="50")
    assert answer.status_code == 402


def test_the_next_cycle_shows_what_rolled_over(credited: Credited) -> None:
    credited.call(credited.acme_id, 1_000)
    credited.house.leap_to(credited.house.clock() + timedelta(days=32))

    page = text_of(credited.browser("Ana").get(credited.page))
    history = text_of(credited.browser("Ana").get(f"{credited.page}/history?entry=rollover"))

    assert "Of this cycle’s grant € 800.00 Rolled over € 798.00" in page
    assert "Phone calls € 0.00" in page
    assert "Rolled over € 0.00 € 798.00" in history
