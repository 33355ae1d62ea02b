"""Widgets and actions in a remembered life: what is deployed, changed, switched off and on, and given up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.action import Asked, Phase
from domain.structure import ActionPart, Structure
from domain.template import FromTemplate

ORIGINS = ("https://www.acme.test", "https://shop.acme.test")
ASKED = Asked(
    name_digest="digest of a name",
    phase=Phase.LIVE,
    method="POST",
    url_digest="digest of an address",
    headers_digest="digest of headers",
    timeout_seconds=5,
)


def widgets_and_actions(life: Any, workspace_id: UUID, person_id: UUID, agent_id: UUID) -> None:
    """Two of each; in the end one of each is left. What the agency has made of them is kept as a template,
    started from and given up."""
    from tests.histories.life import named

    _widgets(life, workspace_id, person_id, agent_id, named("widget 1"), named("widget 2"))
    _actions(life, workspace_id, person_id, named("action 1"), named("action 2"))
    _template(life, workspace_id, person_id, named("template"))


def _widgets(life: Any, workspace_id: UUID, person_id: UUID, agent_id: UUID, *ids: UUID) -> None:
    agency, because = life.agency, life.by(person_id)
    first, second = ids
    for one in ids:
        made = {"agent_id": agent_id, "name_digest": f"digest of {one}", "allowed_origins": ORIGINS}
        agency.create_widget(workspace_id, person_id, one, **made, because=because)
    changes = {"name_digest": "digest of a new name", "allowed_origins": ORIGINS[:1]}
    agency.change_widget(workspace_id, person_id, first, **changes, because=because)
    workspace, found = agency.workspace(workspace_id), agency.deployments_in(workspace_id)
    found.suspend(workspace, because=because)
    agency.save(found)
    found = agency.deployments_in(workspace_id)
    found.resume(workspace, because=because)
    agency.save(found)
    agency.disable_widget(workspace_id, person_id, second, because=because)
    agency.remove_widget(workspace_id, person_id, second, because=because)


def _actions(life: Any, workspace_id: UUID, person_id: UUID, *ids: UUID) -> None:
    from dataclasses import replace

    agency, because = life.agency, life.by(person_id)
    first, second = ids
    for one in ids:
        agency.create_action(workspace_id, person_id, one, ASKED, because=because)
    changed = replace(ASKED, timeout_seconds=10, headers_digest=None)
    agency.change_action(workspace_id, person_id, first, changed, because=because)
    agency.move_action(workspace_id, person_id, second, up=True, because=because)
    agency.disable_action(workspace_id, person_id, first, because=because)
    agency.enable_action(workspace_id, person_id, first, because=because)
    agency.delete_action(workspace_id, person_id, second, because=because)


def _template(life: Any, workspace_id: UUID, person_id: UUID, template_id: UUID) -> None:
    agency, because = life.agency, life.by(person_id)
    tree_id = agency.workspace(workspace_id).tree_id
    part = ActionPart(key=workspace_id, asked=ASKED, enabled=False)
    structure = Structure(agents=(), knowledge=(), actions=(part,))
    said = {"name_digest": "digest of a template", "structure_digest": "digest of a structure"}
    agency.save_template(
        tree_id, person_id, template_id, source_id=workspace_id, structure=structure, **said, because=because
    )
    template = FromTemplate(template_id=template_id, structure=structure)
    agency.start_template(tree_id, person_id, workspace_id, template, because=because)
    agency.delete_template(tree_id, person_id, template_id, because=because)
