"""What each workspace of the ground holds: as many knowledge bases as its plan allows, and a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.plans import PLANS
from tests.held import a_base, a_document, a_number
from tests.proofs.isolation.canaries import Kind, canary

if TYPE_CHECKING:
    from tests.proofs.isolation.ground import Ground


def holding(ground: Ground, place: str, number: str) -> None:
    house, workspace_id = ground.house, ground.places[place]
    workspace = house.agency.workspace(workspace_id)
    owner_id, word = next(iter(workspace.members)), canary(Kind.KNOWLEDGE, place)
    base_id = a_base(house, workspace_id, owner_id, f"Prices {word}")
    for _ in range(1, PLANS[workspace.plan].limits.knowledge_bases_max):
        a_base(house, workspace_id, owner_id, f"More {word}")
    document_id = a_document(
        house, workspace_id, owner_id, base_id, title=f"Hours {word}", text=f"Nine to {word}"
    )
    number_id = a_number(house, workspace_id, owner_id, number, text=f"{number} {canary(Kind.NUMBER, place)}")
    ground.things["knowledge"][place] = str(base_id)
    ground.things["document"][place] = str(document_id)
    ground.things["number"][place] = str(number_id)
