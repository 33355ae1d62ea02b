"""Every page of an agency with calls says as of a position what it said when that position was the head."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

from domain.agent import Prompt
from domain.commands.agents import Wanted
from domain.permissions import Role
from tests.deployed import a_widget, an_action
from tests.held import a_base, a_document, a_number, an_agent
from tests.house import House
from tests.house_customers import a_customer
from tests.proofs.lookers import Place, heads
from tests.proofs.pages_then import words
from tests.voice import Voice
from tests.web.pages.scene import Browser

OF_ANCHOR = ("customers", "budgets", "overview-of-calls", "credits", "invoicing")
OF_CHILD = ("agents", "knowledge", "numbers", "widgets", "actions", "calls", "credits-used")


def test_pages_of_calls_say_what_they_said(house: House) -> None:
    """To an auditor, who has no forms: word for word."""
    voice, ada = Voice(house), house.person("Ada")
    for workspace_id in (voice.anchor_id, voice.child_id):
        house.member(workspace_id, voice.ana, ada, Role.AUDITOR)
    pages = [f"/w/{voice.anchor_id}/{name}" for name in OF_ANCHOR]
    pages += [f"/w/{voice.child_id}/{name}" for name in OF_CHILD]
    said: dict[str, dict[str, Place]] = {page: {} for page in pages}

    for _ in lived(voice):
        house.run_followed()
        place, sees = heads(house), Browser(house, ada)
        for page in pages:
            answer = sees.get(page)
            assert answer.status_code == 200, page
            said[page][words(answer)] = place
        house.clock.advance(seconds=1)

    sees = Browser(house, ada)
    assert [page for page, texts in said.items() if len(texts) < 2] == []
    for page, texts in said.items():
        for text, (agency, metering) in texts.items():
            assert words(sees.get(f"{page}?as_of={agency}.{metering}")) == text, page


def lived(voice: Voice) -> Iterator[None]:
    """Something is made, changed and given up again on each page."""
    house, agency, child_id, ana = voice.house, voice.house.agency, voice.child_id, voice.ana
    who, by = (child_id, ana), {"because": house.because(f"person:{ana}")}
    keep = house.wiring.vault.keep_text
    yield
    base_id = a_base(house, *who)
    document_id = a_document(house, *who, base_id)
    agent_id, action_id = an_agent(house, *who), an_action(house, *who)
    widget_id, number_id = a_widget(house, *who, agent_id), a_number(house, *who, "+493023125042")
    yield
    customer_id = a_customer(house, child_id, ana)
    agency.set_budget(child_id, ana, 5_000_000, False, **by)
    voice.told("first", 600)
    call_id = voice.begun("second", 300)
    yield
    wanted = Wanted(name_digest=keep(child_id, "Night desk"), settings={"voice": "sage"})
    agency.change_agent(agent_id, *who, wanted, **by)
    prompt = Prompt(digest=keep(child_id, "Be brief."), characters=9)
    agency.write_prompt(agent_id, *who, prompt, based_on=0, **by)
    agency.assign_number(*who, number_id, agent_id, **by)
    agency.raise_budget(child_id, ana, 9_000_000, keep(child_id, "a busy week"), **by)
    agency.suspend_customer(voice.tree_id, ana, customer_id, **by)
    voice.ended(call_id, 200)
    yield
    agency.resume_customer(voice.tree_id, ana, customer_id, **by)
    agency.set_markup(voice.tree_id, ana, customer_id, 2_500, **by)
    house.wiring.metering.ask_top_up(voice.tree_id, uuid4(), 100_000_000, **by)
    agency.disable_widget(*who, widget_id, **by)
    agency.disable_action(*who, action_id, **by)
    agency.remove_document(*who, base_id, document_id, **by)
    agency.set_retention(child_id, ana, 30, **by)
    yield
    agency.release_number(*who, number_id, **by)
    agency.delete_agent(agent_id, *who, **by)
    agency.close_customer(voice.tree_id, ana, customer_id, **by)
    house.child(voice.tree_id, ana, "Birch")
    yield
    voice.ends()
    yield
