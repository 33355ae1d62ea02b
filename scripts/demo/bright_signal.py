"""Bright Signal: four clients, a month far over the pool, two cancellations, and the end of the tree."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.cycles import month_after
from domain.permissions import Role
from scripts.demo.stage import Stage, demo_id, person_id_of

ANCHOR = "Bright Signal"
NORDLICHT = "Nordlicht — Support desk"
LUMEN = "Café Lumen — Bookings"
OAK = "Oak & Partners — Intake"
PINE = "Pine Clinic — Reminders"
CHILDREN = (NORDLICHT, LUMEN, OAK, PINE)
TREE_ID = demo_id("tree", ANCHOR)

# Share of a month's events, in per cent.
SHARES = {ANCHOR: 10, NORDLICHT: 40, LUMEN: 25, OAK: 15, PINE: 10}


def tell(stage: Stage) -> None:
    begins = stage.clock.at + timedelta(days=2)
    stage.go_to(begins)
    _open(stage)
    _use(stage, begins, 18_400)
    _use(stage, month_after(begins), 85_000)
    stage.go_to(month_after(begins, 2) - timedelta(days=4))
    stage.leaves("max", NORDLICHT)
    _waver(stage, month_after(begins, 2))
    _end(stage, month_after(begins, 3))


def _open(stage: Stage) -> None:
    stage.signs_up("ana", ANCHOR)
    stage.subscribes("ana", ANCHOR, TREE_ID)
    stage.invites("ana", "adam", ANCHOR, Role.ADMIN)
    stage.issues_key("ana", ANCHOR, "bright_signal")
    for number, child in enumerate(CHILDREN):
        stage.go_to(stage.clock.at + timedelta(hours=3))
        stage.creates_child("ana" if number % 2 == 0 else "adam", TREE_ID, child)
    stage.issues_key("ana", NORDLICHT, "nordlicht")
    stage.issues_key("adam", LUMEN, "cafe_lumen")
    stage.issues_key("ana", OAK, "oak_and_partners")
    stage.issues_key("adam", PINE, "pine_clinic")
    stage.invites("ana", "ben", NORDLICHT, Role.MEMBER)
    stage.invites("adam", "vera", LUMEN, Role.VIEWER)
    stage.invites("ana", "max", NORDLICHT, Role.MEMBER)


def _use(stage: Stage, cycle: datetime, events: int) -> None:
    """A cycle's events, spread over workspaces."""
    stage.tracks_all_month(cycle, {workspace: events * share // 100 for workspace, share in SHARES.items()})


def _waver(stage: Stage, cycle: datetime) -> None:
    """Cancelled in the portal, taken back two days later on the billing page."""
    stage.go_to(cycle + timedelta(days=9))
    stage.stripe.cancel_in_portal(_subscription(stage))
    stage.hear()
    stage.tracks(NORDLICHT, 4_200)
    stage.go_to(cycle + timedelta(days=11, hours=2))
    stage.wiring.billing.reactivate(TREE_ID, person_id_of("ana"), because=stage.by("ana"))
    stage.hear()


def _end(stage: Stage, cycle: datetime) -> None:
    """Cancelled again, and nobody takes it back: the whole tree becomes Free at the end of the cycle."""
    stage.go_to(cycle + timedelta(days=7, hours=5))
    stage.tracks(LUMEN, 3_100)
    stage.stripe.cancel_in_portal(_subscription(stage))
    stage.hear()
    stage.go_to(month_after(cycle) + timedelta(hours=2))
    stage.tracks(NORDLICHT, 120)


def _subscription(stage: Stage) -> str:
    tree = stage.wiring.agency.tree(TREE_ID)
    assert tree.subscription_id is not None
    return tree.subscription_id
