"""What is said on a call that ends very late goes in time, too, however the workspace changed its mind."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.web.api.voiced import SAID, Voiced


@pytest.fixture
def voiced(shared_house: House) -> Voiced:
    return Voiced(shared_house)


def keeps(voiced: Voiced, days: int) -> None:
    because = voiced.house.because(f"person:{voiced.ana}")
    voiced.house.agency.set_retention(voiced.child_id, voiced.ana, days, because=because)
    voiced.house.run_followed()


def passes(voiced: Voiced, days: int) -> None:
    """Time, with what the clock does then."""
    voiced.house.clock.advance(days=days)
    voiced.house.run_followed()
    voiced.house.wiring.retiring.retire_texts()
    voiced.house.run_followed()


def test_an_end_that_is_told_behind_what_was_destroyed_keeps_no_text(voiced):
    running = voiced.begin().get_json()["call_id"]
    voiced.tell(**SAID)
    keeps(voiced, 7)
    passes(voiced, 120)
    assert voiced.texts() == 0
    keeps(voiced, 365)

    ended = voiced.end(running, seconds=60, **SAID)
    passes(voiced, 300)

    assert ended.status_code == 200
    assert voiced.texts() == 0
