"""Harbor Lane: an agency that is well, in the middle of its cycle."""

from __future__ import annotations

from datetime import timedelta

from domain.permissions import Role
from scripts.demo.stage import Stage, demo_id

ANCHOR = "Harbor Lane"
CHILDREN = ("Tidewater — Concierge", "Saltmarsh — Orders")
TREE_ID = demo_id("tree", ANCHOR)

# Events of a cycle.
USAGE = {ANCHOR: 1_500, CHILDREN[0]: 6_400, CHILDREN[1]: 3_050}


def tell(stage: Stage) -> None:
    stage.go_to(stage.clock.at + timedelta(days=4))
    stage.signs_up("hana", ANCHOR)
    stage.subscribes("hana", ANCHOR, TREE_ID)
    stage.issues_key("hana", ANCHOR, "harbor_lane")
    for child, name in zip(CHILDREN, ("tidewater", "saltmarsh"), strict=True):
        stage.go_to(stage.clock.at + timedelta(hours=2))
        stage.creates_child("hana", TREE_ID, child)
        stage.issues_key("hana", child, name)
    stage.invites("hana", "ida", CHILDREN[0], Role.VIEWER)
    stage.go_to(stage.clock.at + timedelta(days=3))
    go_on(stage)


def go_on(stage: Stage) -> None:
    """A cycle's events."""
    for workspace, events in USAGE.items():
        stage.tracks(workspace, events)
