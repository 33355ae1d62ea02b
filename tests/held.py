"""Knowledge bases, documents, agents and phone numbers, for tests of something else."""

from __future__ import annotations

from uuid import UUID, uuid4

from domain.agent import AgentStatus
from domain.commands.agents import Attachments, Wanted
from domain.phone_number import PhoneNumber
from tests.house import House


def a_base(house: House, workspace_id: UUID, by: UUID, name: str = "What there is to know") -> UUID:
    base_id, digest = uuid4(), house.wiring.vault.keep_text(workspace_id, name)
    because = house.because(f"person:{by}")
    house.agency.create_knowledge_base(workspace_id, by, base_id, digest, because=because)
    return base_id


def a_document(
    house: House, workspace_id: UUID, by: UUID, base_id: UUID, *, title: str = "Hours", text: str = "9 to 6"
) -> UUID:
    vault, document_id = house.wiring.vault, uuid4()
    house.agency.add_document(
        workspace_id,
        by,
        base_id,
        document_id,
        title_digest=vault.keep_text(workspace_id, title),
        digest=vault.keep_text(workspace_id, text),
        bytes=len(text.encode()),
        because=house.because(f"person:{by}"),
    )
    return document_id


def an_agent(
    house: House,
    workspace_id: UUID,
    by: UUID,
    name: str = "Concierge",
    greeting: str = "",
    *,
    knows: tuple[UUID, ...] = (),
) -> UUID:
    """Active; with what it says first, if it says something."""
    agent_id, keep = uuid4(), house.wiring.vault.keep_text
    because, who = house.because(f"person:{by}"), (agent_id, workspace_id, by)
    house.agency.make_agent(*who, keep(workspace_id, name), because=because)
    wanted = Wanted(
        settings={"greeting_digest": keep(workspace_id, greeting)} if greeting else {},
        status=AgentStatus.ACTIVE,
        knowledge=Attachments(attach=knows),
    )
    house.agency.change_agent(*who, wanted, because=because)
    return agent_id


def a_number(house: House, workspace_id: UUID, by: UUID, number: str, text: str | None = None) -> UUID:
    """Whatever the plan of the workspace is, and without a charge; `text` is what is shown of it."""
    offer = house.wiring.carrier.offer(number)
    assert offer is not None
    bought = PhoneNumber.buy(
        offer,
        workspace_id=workspace_id,
        tree_id=house.agency.workspace(workspace_id).tree_id or workspace_id,
        number_digest=house.wiring.vault.keep_text(workspace_id, text or number),
        because=house.because(f"person:{by}"),
    )
    house.agency.save(bought)
    return offer.number_id
