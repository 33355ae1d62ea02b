"""The story of a life in memory, for the tests that ask about it."""

from __future__ import annotations

from projections.history.downgrade import explain
from projections.history.downgrade.story import DowngradeStory
from tests.histories.life import Life


def explained(life: Life) -> DowngradeStory:
    story = explain(life.facts)
    assert story is not None
    return story


def run_out(life: Life) -> Life:
    """Cancelled in the portal on the tenth day, and left so."""
    life.days_later(3).cancelled_in_portal("evt_cancel")
    life.now = life.cycle[1]
    life.ended()
    return life
