"""Is a projection that is made anew the same as the one that grew, while people go on working?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from adapters.postgres.rebuild import Rebuilt, rebuild
from projections.catalogue import ALL, FOLLOWED, INLINE
from projections.projection import Projection
from tests.house import House
from tests.proofs.random_life import RandomLife
from tests.proofs.rows import rows_of

STEPS = 200
every_projection = pytest.mark.parametrize("name", list(ALL))


def rebuilt(house: House, projection: Projection) -> Rebuilt:
    return rebuild(house.database, projection, lambda *_: None, inline=projection in INLINE)


@pytest.mark.parametrize("seed", range(3))
def test_a_rebuild_of_a_random_history_changes_no_row(house: House, seed: int) -> None:
    RandomLife(house, seed).go_on(STEPS)
    house.run_followed()
    before = rows_of(house.database, *ALL.values())

    made = [rebuilt(house, projection) for projection in ALL.values()]

    assert {one.name: one.differences for one in made} == dict.fromkeys(ALL, 0)
    assert rows_of(house.database, *ALL.values()) == before
    assert all(before.values())
