"""What is lost between Stripe and us, and what a night of the reconciler makes of it."""

from __future__ import annotations

from uuid import UUID

from projections.catalogue import RECONCILIATIONS
from projections.reconciliations import DriftRow, RunRow
from tests.house import House


def forgotten(house: House) -> list[str]:
    """Stripe makes its notices, and the network swallows every one."""
    house.stripe.turn_knobs(lose_every=1)
    lost = house.stripe.take_notices()
    house.stripe.turn_knobs(lose_every=0)
    with house.stripe.store.transaction():  # and Stripe has given up
        house.stripe.store.write("UPDATE deliveries SET state = 'given up' WHERE state = 'waiting'")
    return [notice.type for notice in lost]


def hear(house: House) -> None:
    house.wiring.reconciler.hear_undelivered()
    house.wiring.deliver_due()


def reconcile(house: House) -> None:
    """What a night does."""
    house.wiring.reconciler.reconcile_subscriptions()
    house.wiring.reconciler.reconcile_overage()
    house.wiring.deliver_due()
    house.run_followed()


def drifts(house: House) -> list[DriftRow]:
    with house.database.reading() as db:
        return RECONCILIATIONS.drifts(db)


def runs(house: House) -> list[RunRow]:
    with house.database.reading() as db:
        return RECONCILIATIONS.newest(db)


def facts_in_log(house: House) -> int:
    with house.database.reading() as db:
        row = db.execute("SELECT count(*) AS n FROM event_index WHERE log = 'agency'").fetchone()
    assert row is not None
    return int(row["n"])


def cancelled_unheard(house: House) -> UUID:
    """An agency that was cancelled in the portal, of which no notice came."""
    tree_id, _ = house.agency_of(house.person("Ana"))
    house.stripe.cancel_in_portal(str(house.agency.tree(tree_id).subscription_id))
    forgotten(house)
    return tree_id


def second_subscription(house: House, tree_id: UUID) -> str:
    """Somebody made another one in Stripe's dashboard, for the same customer and the same tree."""
    tree = house.agency.tree(tree_id)
    with house.stripe.store.transaction():
        kept = house.stripe.account.find("subscription", str(tree.subscription_id))
        house.stripe.account.save({**kept, "id": "sub_second"})
    return "sub_second"


def meter(house: House, events: int) -> None:
    """Stripe's meter shows so many of every report."""
    with house.stripe.store.transaction():
        house.stripe.store.write("UPDATE meter_events SET value = ?", events)
