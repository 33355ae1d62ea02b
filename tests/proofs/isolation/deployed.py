"""What else lives in each workspace of the ground: a widget, as many actions as its plan allows, and what an
agency keeps as a template."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.plans import PLANS
from domain.structure import Structure
from domain.template import FromTemplate
from tests.deployed import a_template, a_widget, an_action
from tests.proofs.isolation.canaries import Kind, canary

if TYPE_CHECKING:
    from tests.proofs.isolation.ground import Ground


def deployed(ground: Ground, place: str) -> None:
    """A widget and actions; nobody ever reads what a header says."""
    house, workspace_id = ground.house, ground.places[place]
    workspace = house.agency.workspace(workspace_id)
    owner_id, agent_id = next(iter(workspace.members)), UUID(ground.things["agent"][place])
    word, asked = canary(Kind.WIDGET, place), canary(Kind.ACTION, place)
    widget_id = a_widget(house, workspace_id, owner_id, agent_id, f"Front page {word}")
    ground.things["widget"][place] = str(widget_id)
    secret = [("Authorization", f"Bearer {canary(Kind.SECRET, place)}")]
    for _ in range(PLANS[workspace.plan].limits.actions_max):
        action_id = an_action(
            house,
            workspace_id,
            owner_id,
            f"Look up {asked}",
            url=f"https://api.example.com/{asked}",
            headers=secret,
        )
    ground.things["action"][place] = str(action_id)


def template(ground: Ground, anchor: str, child: str, who: str) -> None:
    """Kept by an agency and started from; a client never hears of it."""
    house, owner_id = ground.house, ground.people[who]
    anchor_id, tree_id = ground.places[anchor], ground.trees[anchor]
    because = house.because(f"person:{owner_id}")
    name = f"Front desk {canary(Kind.CUSTOMER, anchor)}"
    template_id = a_template(house, tree_id, anchor_id, owner_id, name)
    ground.things["template"][anchor] = str(template_id)
    empty = Structure(agents=(), knowledge=(), actions=())
    started = FromTemplate(template_id=template_id, structure=empty)
    house.agency.start_template(tree_id, owner_id, ground.places[child], started, because=because)
