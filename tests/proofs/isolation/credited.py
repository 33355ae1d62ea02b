"""Credits of the two agencies that live: a ledger each, a charge of a client, a reason as a canary."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from domain.calls.charge import Charge
from domain.credits.category import Category
from tests.proofs.isolation.canaries import Kind, canary
from tests.proofs.isolation.cast import ANCHORS
from tests.proofs.isolation.ground import Ground

SPENT_IN = {"anchor": "child", "harbor": "haven"}
EURO = 1_000_000


def give_credits(ground: Ground) -> None:
    """The line of the charge is what an address names."""
    house = ground.house
    metering, vault = house.wiring.metering, house.wiring.vault
    for anchor, child in SPENT_IN.items():
        tree_id, anchor_id, because = (
            ground.trees[anchor],
            ground.places[anchor],
            ground.because(ANCHORS[anchor]),
        )
        begin = house.agency.tree(tree_id).cycle_started_at
        assert begin is not None
        metering.open_ledger(tree_id, anchor_id, thaw_from=None, because=because)
        cycle = {"cycle_started_at": begin, "cycle_ends_at": begin + timedelta(days=30)}
        metering.grant_credits(tree_id, **cycle, amount_micros=800 * EURO, because=because)
        digest = vault.keep_text(anchor_id, f"because {canary(Kind.REASON, anchor)}")
        metering.correct_credits(tree_id, uuid4(), -EURO, digest, because=because)
        metering.save(
            Charge.make(
                uuid4(),
                workspace_id=ground.places[child],
                tree_id=tree_id,
                cycle_started_at=begin,
                category=Category.SMS,
                quantity=2,
                rate_micros=80_000,
                because=because,
            )
        )
        with house.database.reading() as db:
            row = db.execute(
                "SELECT position FROM credit_lines WHERE tree_id = %s AND entry = 'usage'", (tree_id,)
            ).fetchone()
        assert row is not None
        ground.things.setdefault("line", {})[anchor] = str(row["position"])
