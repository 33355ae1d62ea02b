"""A voice agent in an agency's life: made, told what to say, set up, paused with its customer, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.agent import AgentStatus, Prompt
from domain.commands.agents import Wanted

if TYPE_CHECKING:
    from tests.histories.life import Life


def agents_come_and_go(life: Life) -> None:
    """Concierge stays, with an action that is not there any more; Night desk comes and goes."""
    from tests.histories.life import ACME, ANA, digest, named

    agency, concierge, night_desk = life.agency, named("Concierge"), named("Night desk")
    agency.make_agent(concierge, ACME, ANA, digest("Concierge"), because=life.by(ANA))
    agency.make_agent(night_desk, ACME, ANA, digest("Desk"), because=life.by(ANA))
    renamed = Wanted(name_digest=digest("Night desk"))
    agency.change_agent(night_desk, ACME, ANA, renamed, because=life.by(ANA))
    agency.delete_agent(night_desk, ACME, ANA, because=life.by(ANA))
    for number, words in enumerate(("Be brief.", "Be kind.")):
        prompt = Prompt(digest=digest(words), characters=len(words))
        agency.write_prompt(concierge, ACME, ANA, prompt, based_on=number, because=life.by(ANA))
    agency.restore_prompt(concierge, ACME, ANA, 1, because=life.by(ANA))
    settings = {"voice": "sage", "max_call_seconds": 900, "greeting_digest": digest("Good day")}
    wanted = Wanted(settings=settings, status=AgentStatus.ACTIVE)
    agency.change_agent(concierge, ACME, ANA, wanted, because=life.by(ANA))
    paused_with_its_customer(life)
    with_what_it_knows_and_does(life)


def paused_with_its_customer(life: Life) -> None:
    from tests.histories.life import ACME, ANA

    tree_id = life.agency.workspace(ACME).tree_id
    (agent,) = life.agency.agents_in(ACME)
    agent.pause(by_suspension=True, tree_id=tree_id, because=life.by(ANA))
    agent.activate(tree_id=tree_id, because=life.by(ANA))
    life.agency.save(agent)


def with_what_it_knows_and_does(life: Life) -> None:
    from tests.histories.life import ACME, ANA, named

    tree_id = life.agency.workspace(ACME).tree_id
    (agent,) = life.agency.agents_in(ACME)
    knowledge, action = named("Opening hours"), named("Book a table")
    agent.attach_knowledge(knowledge, tree_id=tree_id, because=life.by(ANA))
    agent.attach_action(action, tree_id=tree_id, because=life.by(ANA))
    agent.detach_knowledge(knowledge, tree_id=tree_id, because=life.by(ANA))
    agent.detach_action(action, tree_id=tree_id, because=life.by(ANA))
    life.agency.save(agent)
