"""Phone numbers are bought once over all workspaces, charged each cycle, answered by an agent, released."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.commands.customers import Into
from domain.customer import About
from domain.refusals import Refused
from domain.visibility import Area, Level
from tests.held import an_agent
from tests.house import House
from tests.web.pages.numbered import NUMBER, OTHER, RATE, Numbered
from tests.web.pages.scene import Browser, text_of


@pytest.fixture
def voice(house: House) -> Numbered:
    return Numbered(house)


def test_a_number_is_chosen_from_those_that_are_free_and_paid_at_once(voice: Numbered) -> None:
    olga = voice.browser(voice.olga)
    page = olga.get(voice.page("?country=FR")).get_data(as_text=True)
    offered = [part[:12] for part in page.split('value="')[1:] if part.startswith("+33")]
    before = voice.balance()

    answer = olga.post(voice.page(), number=offered[0], country="FR")

    assert len(offered) == 10
    assert answer.status_code == 303
    assert f"{offered[0]} is yours" in text_of(olga.follow(answer))
    assert f"{offered[0]} France none" in text_of(olga.get(voice.page()))
    assert voice.balance() == before - RATE
    free = text_of(olga.get(voice.page("?country=FR"))).partition("Free just now")[2]
    assert free
    assert offered[0] not in free


def test_to_buy_it_twice_charges_it_once(voice: Numbered) -> None:
    before = voice.balance()

    number_id = voice.buys()
    voice.buys()

    assert voice.balance() == before - RATE
    assert voice.facts_of(number_id) == ["Bought"]


def test_a_number_that_somebody_has_is_refused_and_nobody_pays_for_it(voice: Numbered) -> None:
    voice.buys()
    before = voice.balance()

    answer = voice.browser(voice.ana).post(f"/w/{voice.anchor_id}/numbers", number=NUMBER)

    assert answer.status_code == 409
    assert "Somebody else has bought this number." in text_of(answer)
    assert voice.balance() == before


def test_of_eight_who_buy_one_number_at_once_one_gets_it_and_pays(voice: Numbered) -> None:
    house, before = voice.house, voice.balance()
    children = [house.child(voice.tree_id, voice.ana, f"Client {number}") for number in range(3)]
    places = [voice.anchor_id, voice.child_id, *children] * 2
    offer = house.wiring.carrier.offer(NUMBER)

    def buy(workspace_id: UUID) -> str:
        digest = house.wiring.vault.keep_text(workspace_id, NUMBER)
        try:
            sold = house.wiring.numbers.buy(workspace_id, voice.ana, offer, digest, because=house.because())
        except Refused as refused:
            return refused.refusal.value
        return str(sold.workspace_id)

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(buy, places[:8]))

    owners = {one for one in told if one != "number_taken"}
    assert len(owners) == 1
    assert told.count("number_taken") >= 6
    assert voice.balance() == before - RATE
    assert voice.charges() == 1


def test_without_credits_nothing_is_bought_and_nothing_recorded(voice: Numbered) -> None:
    voice.spend_down_to(RATE - 1)
    offer = voice.house.wiring.carrier.offer(NUMBER)

    answer = voice.browser(voice.olga).post(voice.page(), number=NUMBER)

    assert answer.status_code == 402
    assert "There are not enough credits for this." in text_of(answer)
    assert offer is not None
    assert voice.facts_of(offer.number_id) == []


def test_a_suspended_customer_s_number_costs_its_cycle_and_no_other_is_bought(voice: Numbered) -> None:
    number_id, agency, because = voice.buys(), voice.house.agency, voice.house.because()
    named = About(name_digest="a name", contact_id=uuid4(), contact_digest=None, notes_digest=None)
    into = Into(workspace_id=voice.child_id)
    customer = agency.add_customer(voice.tree_id, voice.ana, into, named, because=because)
    agency.suspend_customer(voice.tree_id, voice.ana, customer.id, because=because)

    answer = voice.browser(voice.olga).post(voice.page(), number=OTHER)
    voice.ticks(days=32)

    assert answer.status_code == 403
    assert voice.charges() == 2
    assert voice.facts_of(number_id) == ["Bought"]


def test_a_plan_without_calls_has_no_numbers(house: House) -> None:
    ana = house.person("Ana")
    _, anchor_id = house.agency_of(ana)
    browser = Browser(house, ana)

    page = browser.get(f"/w/{anchor_id}/numbers?country=DE")
    answer = browser.post(f"/w/{anchor_id}/numbers", number=NUMBER)

    assert "The Agency plan has no calls" in text_of(page)
    assert answer.status_code == 403
    assert "The plan of this workspace has no calls." in text_of(answer)


def test_what_the_carrier_does_not_sell_cannot_be_bought(voice: Numbered) -> None:
    olga = voice.browser(voice.olga)

    answers = [
        olga.post(voice.page(), number=text) for text in ("", "+4930231259999", "030", "+49302312504²")
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert voice.charges() == 0


def test_a_released_number_is_anybody_s_and_costs_whoever_buys_it_next(voice: Numbered) -> None:
    number_id = voice.buys()
    olga, ana = voice.browser(voice.olga), voice.browser(voice.ana)

    released = olga.post(voice.page(f"/{number_id}/release"))
    again = ana.post(f"/w/{voice.anchor_id}/numbers", number=NUMBER)

    assert (released.status_code, again.status_code) == (303, 303)
    assert NUMBER not in text_of(olga.get(voice.page()))
    assert NUMBER in text_of(ana.get(f"/w/{voice.anchor_id}/numbers"))
    assert voice.facts_of(number_id) == ["Bought", "Released", "BoughtAgain"]
    assert voice.charges() == 2


def test_each_cycle_is_charged_once_however_often_the_clock_ticks(voice: Numbered) -> None:
    voice.buys()

    voice.ticks()
    voice.ticks(days=5)
    same_cycle = voice.charges()
    voice.ticks(days=27)
    voice.ticks()
    voice.ticks(hours=3)

    assert same_cycle == 1
    assert voice.charges() == 2


def test_without_room_a_number_is_kept_for_a_week_with_a_notice_and_then_released(voice: Numbered) -> None:
    number_id = voice.buys()
    voice.house.leap_to(voice.house.clock() + timedelta(days=32))
    voice.spend_down_to(0)

    voice.ticks()
    noticed = text_of(voice.browser(voice.olga).get(voice.page()))
    voice.ticks(days=6)
    kept = voice.facts_of(number_id)
    voice.ticks(days=1)

    assert f"{NUMBER} could not be charged for this cycle." in noticed
    assert kept == ["Bought", "GraceBegan"]
    assert voice.facts_of(number_id) == ["Bought", "GraceBegan", "Released"]
    assert voice.charges() == 1
    assert voice.balance() == 0
    assert "There is no number yet." in text_of(voice.browser(voice.olga).get(voice.page()))


def test_a_number_that_can_be_charged_within_its_week_stays(voice: Numbered) -> None:
    number_id = voice.buys()
    voice.house.leap_to(voice.house.clock() + timedelta(days=32))
    voice.spend_down_to(0)
    voice.ticks()

    voice.spend_down_to(RATE)
    voice.ticks(days=3)
    seen = text_of(voice.browser(voice.olga).get(voice.page()))
    voice.ticks(days=7)

    assert "could not be charged" not in seen
    assert voice.facts_of(number_id) == ["Bought", "GraceBegan"]
    assert voice.charges() == 2
    assert voice.balance() == 0


def test_the_numbers_of_a_workspace_that_is_deleted_are_free_again(voice: Numbered) -> None:
    number_id = voice.buys()
    voice.house.agency.delete_child(voice.child_id, voice.ana, because=voice.house.because())

    voice.ticks()

    assert voice.facts_of(number_id) == ["Bought", "Released"]
    answer = voice.browser(voice.ana).post(f"/w/{voice.anchor_id}/numbers", number=NUMBER)
    assert answer.status_code == 303


def test_a_number_is_answered_by_an_agent_of_the_same_workspace(voice: Numbered) -> None:
    number_id = voice.buys()
    agent_id = an_agent(voice.house, voice.child_id, voice.ana, "Concierge")
    foreign_id = an_agent(voice.house, voice.anchor_id, voice.ana, "Elsewhere")
    voice.house.run_followed()
    olga = voice.browser(voice.olga)

    foreign = olga.post(voice.page(f"/{number_id}/assign"), agent=str(foreign_id))
    assigned = olga.post(voice.page(f"/{number_id}/assign"), agent=str(agent_id))
    answered = text_of(olga.get(voice.page()))
    unassigned = olga.post(voice.page(f"/{number_id}/unassign"))

    assert [one.status_code for one in (foreign, assigned, unassigned)] == [422, 303, 303]
    assert f"{NUMBER} Germany Concierge" in answered
    assert f"{NUMBER} Germany none" in text_of(olga.get(voice.page()))
    assert voice.facts_of(number_id) == ["Bought", "Assigned", "Unassigned"]


def test_a_viewer_reads_a_stranger_finds_nothing(voice: Numbered) -> None:
    number_id = voice.buys()
    vera, eve = voice.browser(voice.vera), voice.browser(voice.eve)

    seen = text_of(vera.get(voice.page("?country=DE")))

    assert NUMBER in seen
    assert "Buy a number" not in seen
    assert vera.post(voice.page(), number=OTHER).status_code == 404
    assert vera.post(voice.page(f"/{number_id}/release")).status_code == 404
    assert eve.get(voice.page()).status_code == 404
    assert eve.post(voice.page(f"/{number_id}/release")).status_code == 404


@pytest.mark.parametrize(
    ("level", "sees", "changes"), [("none", 404, 404), ("view", 200, 404), ("edit", 200, 303)]
)
def test_a_client_sees_and_changes_what_the_agency_shows(
    voice: Numbered, level: str, sees: int, changes: int
) -> None:
    number_id = voice.buys()
    because = voice.house.because()
    wanted = {Area.DEPLOYMENT: Level(level)}
    voice.house.agency.set_visibility(voice.tree_id, voice.ana, [voice.child_id], wanted, because=because)
    voice.house.run_followed()
    olga = voice.browser(voice.olga)

    seen, changed = olga.get(voice.page()), olga.post(voice.page(f"/{number_id}/release"))

    assert (seen.status_code, changed.status_code) == (sees, changes)


def test_a_number_of_one_workspace_is_none_of_another(voice: Numbered) -> None:
    number_id = voice.buys()

    answer = voice.browser(voice.ana).post(f"/w/{voice.anchor_id}/numbers/{number_id}/release")

    assert answer.status_code == 404
    assert voice.facts_of(number_id) == ["Bought"]


def test_the_page_shows_what_there_was_at_a_moment_and_no_fact_holds_a_number(voice: Numbered) -> None:
    number_id = voice.buys()
    with voice.house.database.connection() as db:
        row = db.execute("SELECT position FROM event_index WHERE stream = %s", (number_id,)).fetchone()
        stored = str(db.execute("SELECT state FROM agency_events").fetchall())
    olga = voice.browser(voice.olga)
    olga.post(voice.page(f"/{number_id}/release"))

    assert row is not None
    assert NUMBER in text_of(olga.get(voice.page(f"?as_of={row['position']}")))
    assert NUMBER not in text_of(olga.get(voice.page()))
    assert NUMBER[1:] not in stored
