"""Widgets, actions and templates of a workspace, for tests that need some to be there."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from domain.action import Asked, Phase
from domain.headers import sealed
from domain.structure import Structure
from tests.house import House

ORIGIN = "https://www.larkfield.example"


def a_widget(
    house: House,
    workspace_id: UUID,
    by: UUID,
    agent_id: UUID,
    name: str = "Website",
    origins: tuple[str, ...] = (ORIGIN,),
) -> UUID:
    deployment_id = uuid4()
    house.agency.create_widget(
        workspace_id,
        by,
        deployment_id,
        agent_id=agent_id,
        name_digest=house.wiring.vault.keep_text(workspace_id, name),
        allowed_origins=origins,
        because=house.because(f"person:{by}"),
    )
    return deployment_id


def an_action(house: House, workspace_id: UUID, by: UUID, name: str = "Look up", **other: Any) -> UUID:
    action_id, keep = uuid4(), house.wiring.vault.keep_text
    url = other.get("url", "https://api.larkfield.example/customers?key=4711")
    sent = other.get("headers", [("Authorization", "Bearer letmein")])
    asked = Asked(
        name_digest=keep(workspace_id, name),
        phase=other.get("phase", Phase.LIVE),
        method=other.get("method", "GET"),
        url_digest=keep(workspace_id, url),
        headers_digest=keep(workspace_id, sealed(sent)) if sent else None,
        timeout_seconds=other.get("timeout_seconds", 5),
    )
    because = house.because(f"person:{by}")
    house.agency.create_action(workspace_id, by, action_id, asked, because=because)
    return action_id


def a_template(house: House, tree_id: UUID, anchor_id: UUID, by: UUID, name: str = "Front desk") -> UUID:
    """Of an agency, with nothing in it."""
    template_id, keep = uuid4(), house.wiring.vault.keep_text
    house.agency.save_template(
        tree_id,
        by,
        template_id,
        name_digest=keep(anchor_id, name),
        source_id=anchor_id,
        structure_digest=keep(anchor_id, '{"agents":[],"knowledge":[],"actions":[]}'),
        structure=Structure(agents=(), knowledge=(), actions=()),
        because=house.because(f"person:{by}"),
    )
    return template_id
