"""Workspaces that stand alone: one at the limit of its quota, and a stranger's."""

from __future__ import annotations

from domain.plans import FREE
from scripts.demo.stage import Stage

AT_THE_LIMIT = "Lone Pine"
STRANGERS = "Attic"


def tell(stage: Stage) -> None:
    stage.signs_up("leo", AT_THE_LIMIT)
    stage.issues_key("leo", AT_THE_LIMIT, "lone_pine")
    stage.tracks(AT_THE_LIMIT, FREE.pool_events)
    stage.signs_up("eve", STRANGERS)
