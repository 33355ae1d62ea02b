"""What leads up to each refusal of commands on voice agents."""

from __future__ import annotations

from collections.abc import Callable

from domain.agent import AgentStatus, Prompt
from domain.commands.agents import Wanted
from domain.plans import PLANS
from domain.refusals import Refusal
from tests.histories.life import ACME, ANA, Life, digest, named

AGENT = named("Concierge")


def an_agent(life: Life) -> None:
    life.agency.make_agent(AGENT, ACME, ANA, digest("Concierge"), because=life.by(ANA))


def write(life: Life, words: str, *, based_on: int) -> None:
    prompt = Prompt(digest=digest(words), characters=len(words))
    life.agency.write_prompt(AGENT, ACME, ANA, prompt, based_on=based_on, because=life.by(ANA))


def suspended(life: Life) -> Callable[[], object]:
    an_agent(life)
    answers = Wanted(status=AgentStatus.ACTIVE)
    life.agency.change_agent(AGENT, ACME, ANA, answers, because=life.by(ANA))
    (agent,) = life.agency.agents_in(ACME)
    agent.pause(by_suspension=True, tree_id=None, because=life.by(ANA))
    life.agency.save(agent)
    return lambda: life.agency.change_agent(AGENT, ACME, ANA, answers, because=life.by(ANA))


def _changed(life: Life) -> Callable[[], object]:
    an_agent(life)
    write(life, "Be brief.", based_on=0)
    return lambda: write(life, "Be kind.", based_on=0)


def full(life: Life) -> Callable[[], object]:
    for number in range(PLANS["agency"].limits.agents_max):
        agent_id = named(f"agent {number}")
        life.agency.make_agent(agent_id, ACME, ANA, digest("One of many"), because=life.by(ANA))
    return lambda: an_agent(life)


REACHED = {
    Refusal.CHANGED_MEANWHILE: _changed,
}
