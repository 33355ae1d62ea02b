"""Budgets on the ground of the proofs: set for a child of each agency, and raised for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.proofs.isolation.canaries import Kind, canary

if TYPE_CHECKING:
    from tests.proofs.isolation.ground import Ground

BUDGETED = {"child": "anchor", "haven": "harbor"}
CREDIT = 1_000_000  # in micros


def give_budgets(ground: Ground) -> None:
    """Why one is raised is the agency's own: no client reads it."""
    agency, vault = ground.house.agency, ground.house.wiring.vault
    for child, anchor in BUDGETED.items():
        who = ground.owner_of(anchor)
        about = ground.places[child], ground.people[who]
        agency.set_budget(*about, 500 * CREDIT, True, because=ground.because(who))
        digest = vault.keep_text(ground.places[anchor], f"because {canary(Kind.REASON, anchor)}")
        agency.raise_budget(*about, 600 * CREDIT, digest, because=ground.because(who))
