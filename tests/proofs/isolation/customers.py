"""The customers on the ground of the proofs: one of each agency, also of the one that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.house_customers import a_customer
from tests.proofs.isolation.canaries import Kind, canary

if TYPE_CHECKING:
    from tests.proofs.isolation.ground import Ground

IN = {"anchor": "child", "harbor": "haven", "dusk": "dawn"}


def customers(ground: Ground) -> dict[str, str]:
    """Their ids, by the anchor."""
    return {
        anchor: str(
            a_customer(
                ground.house,
                ground.places[child],
                ground.people[ground.owner_of(anchor)],
                canary(Kind.CUSTOMER, anchor),
            )
        )
        for anchor, child in IN.items()
    }


def lives_in(ground: Ground, anchor: str) -> str:
    """The workspace of an agency's customer; of who has none, any."""
    return str(ground.places[IN.get(anchor, "child")])
