"""What Stripe says of the scene's agency, told straight to the one sync command."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.billing import DisputeSeen
from tests.web.pages.scene import Scene


def stripe_says(scene: Scene, **changes: Any) -> None:
    """The agency's subscription is as Stripe shows it, but for these fields."""
    house = scene.house
    subscription_id = house.agency.tree(scene.tree_id).subscription_id
    seen = house.wiring.gateway.subscription(subscription_id)
    assert seen is not None
    house.agency.sync_subscription(scene.tree_id, replace(seen, **changes), because=house.because("stripe"))
    house.run_followed()


def a_dispute_is(scene: Scene, status: str, dispute_id: str = "dp_1") -> None:
    house = scene.house
    seen = DisputeSeen(
        dispute_id=dispute_id,
        customer_id=house.agency.tree(scene.tree_id).customer_id,
        status=status,
        reason="fraudulent",
        amount_cents=24_900,
        currency="eur",
    )
    house.agency.note_dispute(scene.tree_id, seen, because=house.because("stripe"))
    house.run_followed()
