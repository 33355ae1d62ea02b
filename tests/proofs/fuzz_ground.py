"""What there is for whoever asks the API for everything: an agency on the phone, and some of each thing."""

from __future__ import annotations

from uuid import UUID

from domain.api_keys import Scope
from domain.ids import stream_of_call
from tests.called import begin
from tests.deployed import a_widget, an_action
from tests.held import a_base, a_document, a_number, an_agent
from tests.house import House

EACH = 4  # so that some are still there after others were deleted
NUMBERS = [f"+49302312500{digit}" for digit in range(10)]
Known = dict[str, list[str]]  # what may stand in a request, by where it stands


def voiced(house: House, owner: UUID) -> tuple[str, Known]:
    """A key of an anchor's with every scope, and what it may ask for."""
    _, anchor_id = house.agency_of(owner, plan="agency_voice")
    house.wiring.deliver_due()  # its credits
    key = house.key(anchor_id, owner, scopes=tuple(Scope))
    return key, things(house, anchor_id, owner)


def things(house: House, workspace_id: UUID, owner: UUID) -> Known:
    who = (house, workspace_id, owner)
    bases = [a_base(*who, f"Base {number}") for number in range(EACH)]
    agents = [an_agent(*who, f"Agent {number}") for number in range(EACH)]
    calls = [stream_of_call(workspace_id, f"call {number}") for number in range(EACH)]
    for call_id in calls:
        begin(house.wiring.recording, workspace_id, call_id, 60, because=house.because())
    found = {
        "path.knowledge_base_id": bases,
        "path.document_id": [a_document(*who, one) for one in bases],
        "path.agent_id": agents,
        "body.agent_id": agents,
        "path.call_id": calls,
        "path.phone_number_id": [a_number(*who, number) for number in NUMBERS[:EACH]],
        "path.deployment_id": [a_widget(*who, agents[0], f"Widget {number}") for number in range(EACH)],
        "path.action_id": [an_action(*who, f"Action {number}") for number in range(EACH)],
    }
    offered = {"body.number": NUMBERS[EACH:], "query.country": ["DE", "FR"], "path.number": [1]}
    return {where: [str(one) for one in ids] for where, ids in found.items()} | offered
