"""Harbor Lane: an agency that is well, in the middle of its cycle."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.cycles import month_after
from domain.permissions import Role
from scripts.demo.stage import Stage, demo_id

ANCHOR = "Harbor Lane"
CHILDREN = ("Tidewater — Concierge", "Saltmarsh — Orders")
TREE_ID = demo_id("tree", ANCHOR)

# Events of a whole cycle, and how far into the present one we are.
USAGE = {ANCHOR: 2_500, CHILDREN[0]: 10_650, CHILDREN[1]: 5_100}
DAYS_SINCE = 12
PARTS_SINCE = 3


def tell(stage: Stage, today: datetime) -> None:
    """A month, and the first days of the next: counted back from today, so that all is always the same."""
    present = (today - timedelta(days=DAYS_SINCE)).replace(hour=9, minute=0, second=0, microsecond=0)
    begins = month_after(present, -1)
    stage.go_to(begins)
    _open(stage)
    stage.tracks_all_month(begins, USAGE)
    stage.tracks_all_month(present, USAGE, PARTS_SINCE)


def _open(stage: Stage) -> None:
    stage.signs_up("hana", ANCHOR)
    stage.subscribes("hana", ANCHOR, TREE_ID)
    stage.issues_key("hana", ANCHOR, "harbor_lane")
    for child, name in zip(CHILDREN, ("tidewater", "saltmarsh"), strict=True):
        stage.go_to(stage.clock.at + timedelta(hours=2))
        stage.creates_child("hana", TREE_ID, child)
        stage.issues_key("hana", child, name)
    stage.invites("hana", "ida", CHILDREN[0], Role.VIEWER)
