"""From a line of an invoice to the facts behind it: every sum agrees with the line, to the event."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from domain.ids import stream_of_overage
from tests.tracked import tracked
from tests.web.pages.billed import CYCLE_ENDED, IN_APRIL, address, bill_march, newest_invoice
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_invoices import LINK
from tests.web.pages.test_plan import eve_pays_for_pro
from web.pages.invoice_usage import PAGE_FACTS

NEXT = re.compile(r'href="([^"]+)" rel="next"')


def really_track(scene: Scene, workspace_id: UUID, events: int) -> None:
    """As the API does it: rows with a digest."""
    items = [tracked() for _ in range(events)]
    scene.house.wiring.ingest.track(workspace_id, items, because=scene.house.because("key:abcdefgh"))


def test_a_line_leads_to_what_was_counted_claimed_and_drawn(scene: Scene) -> None:
    invoice_id = bill_march(scene)
    overage = scene.house.agency.overage(
        stream_of_overage(
            scene.tree_id, scene.house.agency.tree(scene.tree_id).cycle_started_at.replace(month=3)
        )
    )

    page = text_of(scene.browser("Ana").get(address(scene, invoice_id, "/usage?line=2")))

    assert (
        "Counted 85,000 events in 2 facts In the pool 25,000 Above it 60,000 Claimed 60,000"
        " Confirmed by Stripe 60,000" in page
    )
    assert "On the invoice 60,000 agrees The invoice holds every event above the pool, once." in page
    assert "the events 1 to 50,000 above the pool, 50,000 at € 0.005 each, € 250.00" in page
    assert f"ov:{scene.tree_id.hex}:20260301T090000:1 60,000 60,000 85,000" in page
    assert overage.events_claimed == 60_000
    assert "Larkfield — Support line 60,000 Bright Signal 25,000 Together 85,000" in page
    assert "On this page and before it: 85,000 of 85,000 events." in page


def test_the_second_tier_begins_where_the_first_one_ends(scene: Scene) -> None:
    for _ in range(17):
        scene.track(scene.child_id, 5_000)
    invoice_id = bill_march(scene, anchor=0, child=0)

    first, second = (
        scene.browser("Ana").get(address(scene, invoice_id, f"/usage?line={line}")) for line in (2, 3)
    )

    assert "the events 50,001 to 60,000 above the pool, 10,000 at € 0.004 each, € 40.00" in text_of(second)
    marked = [
        re.findall(r"([\d,]+) <span class=\"tag\">this line", one.get_data(as_text=True))
        for one in (first, second)
    ]
    assert marked == [[f"{thousands},000" for thousands in range(30, 80, 5)], ["80,000", "85,000"]]


def pro_becomes_agency(scene: Scene, *, before: int, after: int) -> str:
    """So many events of Eve's before and after; where the overage of the invoice that came is explained."""
    eve_pays_for_pro(scene)
    for _ in range(before // 1_000):
        scene.track(scene.eves_id, 1_000)
    eve = scene.browser("Eve")
    eve.post(scene.path("/w/{eves}/billing/plan/change"), plan="agency")
    scene.house.deliver_notices()
    scene.house.clock.advance(hours=1)
    for _ in range(after // 1_000):
        scene.track(scene.eves_id, 1_000)
    scene.house.leap_to(IN_APRIL)
    listed = scene.browser("Eve").get(scene.path("/w/{eves}/billing/invoices")).get_data(as_text=True)
    return scene.path("/w/{eves}/billing/invoices/") + f"{LINK.findall(listed)[0]}/usage?line=2"


def marked(page: str) -> list[str]:
    return re.findall(r'([\d,]+) <span class="tag">this line', page)


def test_what_was_above_the_pool_before_the_plan_changed_stays_billed_and_is_marked(scene: Scene) -> None:
    path = pro_becomes_agency(scene, before=12_000, after=3_000)

    page = scene.browser("Eve").get(path)

    assert marked(page.get_data(as_text=True)) == ["11,000", "12,000"]
    told = "2,000 events were above the pool of 10,000 until then, and stay billed."
    assert f"stays billed The plan changed within this cycle. {told}" in text_of(page)
    assert "agrees" not in text_of(page)
    assert "Above it then 2,000 Pool since then 25,000" in text_of(page)


def test_what_is_above_the_pool_of_either_plan_is_marked(scene: Scene) -> None:
    path = pro_becomes_agency(scene, before=12_000, after=18_000)

    page = scene.browser("Eve").get(path)

    assert marked(page.get_data(as_text=True)) == ["11,000", "12,000", "28,000", "29,000", "30,000"]
    assert "agrees The invoice holds every event above the pool, once." in text_of(page)


def test_a_fact_shows_its_workspace_quantity_instant_and_digest(scene: Scene) -> None:
    scene.house.clock.advance(minutes=5)
    really_track(scene, scene.sibling_id, 3)
    invoice_id = bill_march(scene)
    with scene.house.database.reading() as db:
        row = db.execute(
            "SELECT notification_id, convert_from(state, 'UTF8')::jsonb->>'rows_sha256' AS digest"
            " FROM metering_events ORDER BY notification_id LIMIT 1"
        ).fetchone()

    page = text_of(scene.browser("Ana").get(address(scene, invoice_id, "/usage")))

    assert len(row["digest"]) == 64
    assert f"{row['notification_id']} 1 Mar 2026, 09:05 UTC Osprey — Sales line 3 3 {row['digest']}" in page


def test_facts_come_page_by_page_and_all_of_them_are_the_cycle(scene: Scene) -> None:
    batches = 2 * PAGE_FACTS + 7
    for _ in range(batches):
        scene.track(scene.child_id, 300)
        scene.house.clock.advance(hours=3)  # so the pages end within days
    invoice_id = bill_march(scene, anchor=1, child=0)
    scene.track(scene.child_id, 999)  # of the next cycle

    path, quantities, untils = address(scene, invoice_id, "/usage?line=2"), [], []
    while path:
        answer = scene.browser("Ana").get(path)
        rows = re.findall(r'<tr id="fact-\d+">.*?</tr>', answer.get_data(as_text=True), re.DOTALL)
        quantities += [int(re.findall(r'class="num">([\d,]+)', row)[1].replace(",", "")) for row in rows]
        untils += re.findall(r"before it: ([\d,]+) of ([\d,]+) events", text_of(answer))
        found = NEXT.search(answer.get_data(as_text=True))
        path = found[1].replace("&amp;", "&") if found else ""

    assert len(quantities) == batches + 1
    assert sum(quantities) == 300 * batches + 1
    assert untils == [("30,000", "62,101"), ("60,000", "62,101"), ("62,101", "62,101")]


def test_facts_of_the_next_cycle_and_of_another_agency_are_not_among_them(scene: Scene) -> None:
    house = scene.house
    scene.track(scene.child_id, 26_000)
    _, eves_anchor_id = house.agency_of(scene.people["Eve"], "Eve and friends")
    scene.track(eves_anchor_id, 7)
    house.clock.at = CYCLE_ENDED
    scene.track(scene.child_id, 12_345)
    house.clock.at = CYCLE_ENDED - timedelta(seconds=1)  # another server's clock is behind
    scene.track(scene.child_id, 5)
    house.leap_to(IN_APRIL)

    answer = scene.browser("Ana").get(address(scene, newest_invoice(scene), "/usage"))

    assert "Counted 26,005 events in 2 facts " in text_of(answer)
    assert answer.get_data(as_text=True).count('<tr id="fact-') == 2
    assert "of 26,005 events" in text_of(answer)
    assert "Eve and friends" not in text_of(answer)


def test_an_invoice_without_overage_has_no_such_page(scene: Scene) -> None:
    invoice_id = newest_invoice(scene)
    missing = scene.browser("Ana").get(scene.path("/w/{nowhere}/")).data

    answer = scene.browser("Ana").get(address(scene, invoice_id, "/usage"))

    assert answer.status_code == 404
    assert answer.data == missing


def test_a_page_that_begins_among_facts_of_two_days_still_counts_them_all(scene: Scene) -> None:
    clock, sunday = scene.house.clock, scene.house.clock()
    for days, events in ((0, 100), (1, 200), (0, 400), (1, 800), (2, 30_000)):
        clock.at = sunday + timedelta(days=days)
        scene.track(scene.child_id, events)
    invoice_id = bill_march(scene, anchor=0, child=0)
    with scene.house.database.reading() as db:
        rows = db.execute("SELECT notification_id AS position FROM metering_events ORDER BY 1").fetchall()

    untils = [
        first_running(scene, address(scene, invoice_id, f"/usage?after={row['position']}"))
        for row in rows[:-1]
    ]

    assert untils == ["300", "700", "1,500", "31,500"]


def first_running(scene: Scene, path: str) -> str:
    """What there is with the first fact of a page and all before it."""
    page = scene.browser("Ana").get(path).get_data(as_text=True)
    row = page.partition('<tr id="fact-')[2].partition("</tr>")[0]
    return re.findall(r'class="num">([\d,]+)', row)[2]


@pytest.mark.parametrize(
    "query", ["line=1", "line=99", "line=x", "line=-1", "line=²", "after=x", "after=-1", f"after={'9' * 40}"]
)
def test_what_cannot_be_meant_is_said_so(scene: Scene, query: str) -> None:
    invoice_id = bill_march(scene)

    answer = scene.browser("Ana").get(address(scene, invoice_id, f"/usage?{query}"))

    assert answer.status_code == 400
    assert "Go back to the invoice" in text_of(answer)


def test_behind_the_last_fact_there_is_an_empty_page(scene: Scene) -> None:
    invoice_id = bill_march(scene)

    page = text_of(scene.browser("Ana").get(address(scene, invoice_id, "/usage?after=999999999999")))

    assert "On this page and before it: 85,000 of 85,000 events." in page
