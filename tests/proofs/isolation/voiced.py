"""What lives in each workspace of the ground: as many voice agents as its plan has room for, one of them with
two versions of its prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from domain.agent import Prompt
from domain.commands.agents import Wanted
from domain.plans import PLANS
from tests.proofs.isolation.canaries import Kind, canary

if TYPE_CHECKING:
    from tests.proofs.isolation.ground import Ground


def voiced(ground: Ground, place: str) -> None:
    house, workspace_id = ground.house, ground.places[place]
    owner_id = next(iter(house.agency.workspace(workspace_id).members))
    because = house.because(f"person:{owner_id}")
    word, keep_text = canary(Kind.PROMPT, place), house.wiring.vault.keep_text
    ground.things["agent"][place] = str(agent_id := uuid4())
    ground.things["version"][place] = "1"
    who = (agent_id, workspace_id, owner_id)
    house.agency.make_agent(*who, keep_text(workspace_id, f"Concierge {word}"), because=because)
    for number, text in enumerate((f"You say {word}.", f"You whisper {word}.\nBe brief.")):
        prompt = Prompt(digest=keep_text(workspace_id, text), characters=len(text))
        house.agency.write_prompt(*who, prompt, based_on=number, because=because)
    for number in range(1, PLANS[house.agency.workspace(workspace_id).plan].limits.agents_max):
        spare = keep_text(workspace_id, f"Spare {number} {word}")
        house.agency.make_agent(uuid4(), workspace_id, owner_id, spare, because=because)
    greeting = Wanted(settings={"greeting_digest": keep_text(workspace_id, f"Good day, {word}")})
    house.agency.change_agent(*who, greeting, because=because)
