"""Each number of the overview, of a budget and of what was used leads to the facts that it is made of."""

from __future__ import annotations

import re
from html import unescape

from domain.calls.call import Kind
from tests.web.pages.scene import text_of
from tests.web.pages.voice_scene import CREDIT_SECONDS, Voice

LINK = re.compile(r'<td[^>]*><a href="([^"]+)">([^<]+)</a>')
OVERVIEW = "/w/{anchor}/overview-of-calls"


def links(voice: Voice, who: str, path: str) -> list[tuple[str, str]]:
    voice.house.run_followed()
    page = voice.browser(who).get(voice.path(path)).get_data(as_text=True)
    return [(unescape(address), number) for address, number in LINK.findall(page)]


def test_every_number_leads_to_a_page_that_is_there(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 10)
    voice.called(voice.child_id, CREDIT_SECONDS)
    voice.messages(voice.child_id, 2)
    ana, ben = voice.browser("Ana"), voice.browser("Ben")

    pages = [links(voice, "Ana", f"{OVERVIEW}?period={period}") for period in ("cycle", "7")]
    found = [address for page in pages for address, _ in page]
    of_client = [address for address, _ in links(voice, "Ben", "/w/{child}/credits-used")]

    assert {ana.get(one).status_code for one in found} == {200}
    assert {ben.get(one).status_code for one in of_client} == {200}
    kinds = {one.partition("?")[0].rsplit("/", 1)[1] for one in found}
    assert {"calls", "history", "agents"} <= kinds
    assert of_client


def test_behind_a_number_there_is_what_it_counts_and_nothing_of_before(voice: Voice) -> None:
    voice.called(voice.child_id, CREDIT_SECONDS)
    voice.house.clock.advance(days=10)
    for _ in range(3):
        voice.called(voice.child_id, 100, kind=Kind.WEB)

    calls, ledger = (
        next(address for address, _ in links(voice, "Ana", f"{OVERVIEW}?period=7") if word in address)
        for word in (f"{voice.child_id}/calls", "category=web_call")
    )
    page, lines = (text_of(voice.browser("Ana").get(address)) for address in (calls, ledger))

    assert page.count("web") >= 3
    assert "1.00" not in lines
    assert lines.count("0.15") >= 3
