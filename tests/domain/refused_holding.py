"""How each "no" about knowledge bases and phone numbers is reached."""

from __future__ import annotations

from collections.abc import Callable

from domain.commands.agents import Attachments, Wanted
from domain.phone_number import Offer
from domain.refusals import Refusal
from tests.histories.life import ACME, ANA, ANCHOR, Life, digest, named

AGENT = named("agent")
OFFER = Offer(number_id=named("number"), number="+493023125042", country="DE")


def an_attached_knowledge_base(life: Life) -> Callable[[], object]:
    base = named("knowledge")
    life.agency.create_knowledge_base(ACME, ANA, base, digest("Prices"), because=life.by(ANA))
    life.agency.make_agent(AGENT, ACME, ANA, digest("Concierge"), because=life.by(ANA))
    wanted = Wanted(knowledge=Attachments(attach=(base,)))
    life.agency.change_agent(AGENT, ACME, ANA, wanted, because=life.by(ANA))
    return lambda: life.agency.delete_knowledge_base(ACME, ANA, base, because=life.by(ANA))


def a_sold_number(life: Life) -> Callable[[], object]:
    life.notice("evt_calls", "customer.subscription.updated", life.subscription(plan="enterprise"))
    life.agency.buy_number(ACME, ANA, OFFER, digest(OFFER.number), because=life.by(ANA))
    return lambda: life.agency.buy_number(ANCHOR, ANA, OFFER, digest("its own"), because=life.by(ANA))


REACHED: dict[Refusal, Callable[[Life], Callable[[], object]]] = {
    Refusal.KNOWLEDGE_IN_USE: an_attached_knowledge_base,
    Refusal.NUMBER_TAKEN: a_sold_number,
}
